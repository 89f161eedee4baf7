"""What a question asks for, and when it wants no answer: half of the rows are near misses."""

import pytest

from listener.intake.asked import FORMS, find_question
from listener.intake.phrases import tokenize
from listener.lexicon import FORMS as NAMEABLE
from tests.factories import facts


def _ask(text: str) -> tuple[str, str] | None:
    """The form of the question of a text, and its clause."""
    words = tokenize(text)
    question = find_question(text, words)
    return (question.form, " ".join(words[question.start : question.end])) if question else None


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("how do I refill the pen?", "how"),
        ("is there a way to refill it?", "how"),
        ("how many pens are in a box?", "fact"),
        ("when does the shop in Leeds open", "when"),
        ("how late is the desk staffed?", "when"),
        ("when booking a table, do I need a card?", "fact"),
        ("where do I return this?", "where"),
        ("who can I talk to about a loan?", "who"),
        ("do you have an email for invoices?", "who"),
        ("who wrote your slogan?", "fact"),
        ("how much is the big lamp?", "price"),
        ("what would the repair cost?", "price"),
        ("how much longer is the sale?", "when"),
        ("why is the lid black?", "why"),
        ("what's going on at the depot?", "events"),
        ("what colour is the lid?", "fact"),
        ("have you seen my form?", "done"),
        ("have a look at the lid, is it black?", "fact"),
        ("could you call the depot?", "deed"),
        ("what can I do about it?", "deed"),
        ("can I call the depot?", "fact"),
    ],
)
def test_the_asking_word_gives_the_form(text: str, form: str) -> None:
    """A wording of the form fits whatever is asked about."""
    asked = _ask(text)
    assert asked is not None and asked[0] == form


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("My lamp came with a shade. Is the bulb inside?", "is the bulb inside"),
        ("Any idea when the lamp is back, as I like it?", "when the lamp is back"),
        ("can you tell me if the lamp needs a bulb?", "if the lamp needs a bulb"),
        ("With the old lamp I had a bulb, will the new one need it?", "will the new one need it"),
        ("for the desk do I need a lamp?", "do i need a lamp"),
        ("It cost 1.67, is that right?", "is that right"),
        ("I don't know what happened to the lamp.", None),  # told, not asked
        ("I asked what I can do, fine?", None),
        ("Which is all I wanted.", None),
        ("Have enjoyed the lamp. Cheers", None),
        ("the lamp?", None),
    ],
)
def test_a_question_has_a_clause_of_its_own(text: str, clause: str | None) -> None:
    """What stands in another clause is not what is asked about."""
    asked = _ask(text)
    assert (asked and asked[1]) == clause


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("when does the new shop in Leeds open?", "the new shop"),
        ("do you have this in blue?", "the colours"),
        ("do you have this in Leeds?", None),
        ("are you open on Sunday?", "the opening times"),
        ("can I open it with a knife?", None),
        ("can I return the kettle?", "returns"),
        ("is the kettle made of steel?", "the kettle"),
        ("any news about my kettle?", "your kettle"),
        ("I have your kettle. What shall I cook?", None),  # another clause
        ("the kettle is here, when do you deliver the rest?", "delivery"),
        ("is there a kettle on the sofa?", "the kettle"),  # the other is a place
        ("do you sell a kettle, a toaster and a lamp?", "our range"),
        ("is it a kettle, a toaster or a lamp?", None),
        ("when is my order due?", "your order"),
        ("My kettle came with a screenshot. What happened?", None),
        ("is it a feature?", None),  # says nothing
        ("so sorry that the kettle leaks", None),
        ("it is nice, coming out of a small shop", None),
    ],
)
def test_a_reply_names_what_the_own_clause_names(text: str, asked: str | None) -> None:
    """A wrong noun is worse than none."""
    assert facts(text).cues.get("asked", (None,))[0] == asked


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("do you even read these?", "a reproach"),
        ("do you read these even if they are late?", None),
        ("could it take any longer?", "a reproach"),
        ("could I get any other colour?", None),
        ("how lovely would that be?", "a reproach"),
        ("how big is the lamp?", None),
        ("why do you people close at noon?", "a reproach"),
        ("why do you close at noon?", None),
        ("Accordingly? You never wrote.", "an echo"),
        ("The blue lamp?", None),
        ("the lamp isn't on?!", "an echo"),
        ("I got mine early, did you?", "a tag"),
        ("did you get mine?", None),
        ("do you want a picture of it?", "asked back"),
        ("do you take a picture of it?", None),
        ("how about a free lamp?", "a suggestion"),
        ("can I have a free lamp? lol", "in jest"),
        ("can I have a lamp? Thanks", None),
    ],
)
def test_an_idle_question_wants_no_answer(text: str, reason: str | None) -> None:
    """It is seen by how it is asked, never by what it is about."""
    assert facts(text).cues.get("idle_question", (None,))[0] == reason


def test_a_wording_may_name_every_form() -> None:
    """The lexicon lists the cues that have no phrases of their own."""
    assert {*FORMS} <= {*NAMEABLE}
