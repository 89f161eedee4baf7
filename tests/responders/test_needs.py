"""Support answers the kind of need; a question that nothing else answers gets a calm way to a person."""

from dataclasses import replace

import pytest

from listener.lexicon import cues
from listener.model import Draft, Pass, Reading
from listener.particulars import find_used
from listener.triage.decide import decide
from listener.triage.needs import CALM, NEEDS, need_cue
from responders import holding, support
from tests.factories import apologizes, decided, facts, policy, responders


def _texts(text: str) -> list[str]:
    draft = decided(f"@fernhill {text}").draft
    assert draft is not None, text
    return [candidate.text for candidate in draft.texts]


def test_every_need_has_phrases_and_a_wording_of_its_own() -> None:
    """A need without a cue is never found, one without a wording is answered like any other trouble."""
    named = {cue for variant in policy().wording["support"] for cue in variant.when}
    for need in NEEDS:
        assert cues()[need_cue(need)]
        assert need_cue(need) in named


def test_who_has_written_is_not_asked_to_write() -> None:
    """Not even by the first of the general texts."""
    first = _texts("I emailed you twice about my parcel and still no answer")[:6]
    assert not any("Send us" in text or "Could you send" in text for text in first)


def test_who_leaves_is_not_asked_for_an_order_number() -> None:
    """Nothing is left to look up."""
    first = _texts("your pens are nice but PaperBarn is cheaper and faster, I am switching")[:6]
    assert not any("order number" in text for text in first)


@pytest.mark.parametrize("text", ["please cancel my order", "please bring back the green ink", "please call me"])
def test_a_request_gets_no_apology(text: str) -> None:
    """Nothing went wrong, whichever of the texts is taken."""
    assert not any(apologizes(candidate) for candidate in _texts(text))


def test_the_policy_orders_the_needs() -> None:
    """The same text, the other need; one that is left out is not recognized."""
    text, chosen = "on hold for an hour, my train was cancelled", []
    for order in ((), ("late", "unreachable"), ("late",), ("idea",)):
        answer = support.respond(facts(text), policy(), support.Options(needs=order))
        assert isinstance(answer, Draft)
        chosen.append(answer.needs)
    assert chosen == [("unreachable", "late"), ("late", "unreachable"), ("late",), ()]


def test_staff_see_the_need_and_its_words() -> None:
    """In the trail, which queue and show draw."""
    draft = decided("@fernhill nobody answers the phone, useless").draft
    assert draft is not None and draft.needs == ("unreachable",)
    assert draft.message.startswith("problem or complaint: unreachable (")
    assert draft.words[0] == "nobody answers"


def test_a_complaint_word_that_is_weak_too_is_no_sign() -> None:
    """The issue's own example, and a happy customer who came to us."""
    for text in ("cheap and cheerful, that's me and my pen", "I switched from Moleskine to you and never looked back"):
        assert decided(f"@fernhill {text}").kind != "support"


def test_calm_needs_are_known_needs() -> None:
    """A request must find a wording that does not apologize."""
    calm = {cue for variant in policy().wording["support"] if "problem" not in variant.when for cue in variant.when}
    assert {need_cue(need) for need in CALM} <= calm


@pytest.mark.parametrize(
    "text", ["do you have a branch in Oslo?", "when does the sale start?", "please tell me who makes the blue one"]
)
def test_a_question_that_nothing_answers_leads_to_a_person(text: str) -> None:
    """As a draft, never by itself, and without an apology."""
    draft = decided(f"@fernhill {text}").draft
    assert draft is not None and draft.auto is False
    assert not any(apologizes(candidate.text) for candidate in draft.texts)


@pytest.mark.parametrize(
    "text",
    [
        "so helpful of the porter to tell me that it does that?",
        "who ruined this, you useless lot?",
        "three weeks, do you even ship?",
        "seriously, is anybody alive there?",
        "Big Data, more hype or a real workload? https://news.example/x",
        "you are great, aren't you?",
    ],
)
def test_what_is_more_or_less_than_a_question_gets_no_calm_reply(text: str) -> None:
    """Irony, anger, a headline: a person, or an apology."""
    assert decided(f"@fernhill {text}").kind != "holding"


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("switching to @fernhill with the whole class", "leaving"),  # they come to us
        ("@fernhill drop that part of the page, I left my account name in there and it's ugly", "left_behind"),
        ("@fernhill my parents, in their late 70's, miss me terribly and the line is dead", "late"),
    ],
)
def test_words_of_a_need_in_another_sense_show_none(text: str, need: str) -> None:
    """The right text for the wrong need is worse than none."""
    draft = decided(text).draft
    assert draft is None or need not in draft.needs


def test_who_leaves_for_another_is_still_heard() -> None:
    """Only our own handle behind it makes it a welcome."""
    draft = decided("@fernhill I'm switching to @mightypens, you are hopeless").draft
    assert draft is not None and "leaving" in draft.needs


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("no wifi, no power, filthy seats, you have it all", "sorry"),  # an outage, or what is dirty?
        ("the app keeps crashing and I have been on hold for an hour", "unreachable"),
        ("the app keeps crashing", "outage"),
        ("you are so rude about my idea, it made me angry", "sorry"),  # nobody was rude to anybody
        ("your agent was so rude to me", "rudeness"),
        ("what a joke", "sorry-brief"),  # nothing is told, so it may be asked
        ("why would you board a plane without a pilot and let us wait", "sorry"),
        ("why would you board a plane without a pilot and let us wait? useless", "sorry-question"),
    ],
)
def test_a_wording_names_a_matter_only_where_it_is_certain(text: str, first: str) -> None:
    """Else the general apology, in the form that fits a statement, a question, or a cry."""
    draft = decided(f"@fernhill {text}").draft
    assert draft is not None and draft.texts[0].variant.split(":")[0] == first


def test_no_need_has_only_texts_that_ask_for_a_number() -> None:
    """The author may have given it."""
    asking: dict[tuple[str, ...], set[bool]] = {}
    for variant in policy().wording["support"]:
        asking.setdefault(variant.when, set()).add("reference" in find_used(variant.text))
    assert all(False in asks for asks in asking.values())


@pytest.mark.parametrize(
    "text",
    [
        "@ada @fernhill the whole app is broken again",  # a talk of others, in which we are named
        "the new #fernhill app is broken again",
        "@fernhill spare me the canned response, nothing works",
        "@fernhill yes I did, and nothing works",
        '@fernhill "@ada: We are sorry to hear that" is the worst I have read, nothing works',
    ],
)
def test_no_text_is_drafted_where_none_can_fit(text: str) -> None:
    """Talk with others, blame for our last reply, the middle of a talk that is not known: a person."""
    assert decided(text).kind is None


@pytest.mark.parametrize(
    "text",
    ["@fernhill the app is broken again", "@fernhill yes, my parcel never arrived", "my app is broken again #fail"],
)
def test_what_is_said_to_us_is_answered(text: str) -> None:
    """Who answers us and tells what is missing is understood; a comment on our page needs no handle."""
    assert decided(text).kind == "support"


def test_thanks_that_are_not_meant_are_a_complaint() -> None:
    """Kind words often meant wryly, and a clear complaint to the second reader: two signs."""
    text = "@fernhill thanks for delaying my parcel for a week, I love to wait"
    wry = replace(facts(text), reading=Reading(0.02, 0.95, 0.03))
    decision = decide(wry, policy(), responders())
    assert decision.draft is not None and decision.draft.texts[0].variant.startswith("late")
    assert decide(replace(wry, reading=Reading(0.6, 0.4, 0.5)), policy(), responders()).kind != "support"


@pytest.mark.parametrize("text", ["is my order delayed?", "will you be open if the train is cancelled?"])
def test_a_question_about_a_delay_is_no_complaint_of_it(text: str) -> None:
    """Nobody has waited yet."""
    asked = replace(facts(f"@fernhill {text}"), reading=Reading(0.01, 0.6, 0.1))
    assert decide(asked, policy(), responders()).kind == "holding"


@pytest.mark.parametrize("text", ["how do you sleep at night?", "are you kidding me?", "how dare you ask for that?"])
def test_a_question_that_only_reproaches_gets_no_calm_reply(text: str) -> None:
    """To "answer this properly" would mock its author."""
    assert decided(f"@fernhill {text}").kind != "holding"


@pytest.mark.parametrize("text", ["you should have told me before I came", "you should have been ashamed of that"])
def test_a_reproach_is_no_idea(text: str) -> None:
    """Nobody is thanked for it."""
    draft = decided(f"@fernhill {text}").draft
    assert draft is not None and draft.needs == () and "sorry" in draft.texts[0].text


@pytest.mark.parametrize("text", ["Gm??", "Kaisan ba?"])
def test_a_question_in_no_known_language_gets_no_english_reply(text: str) -> None:
    """Of its words only the mark is understood."""
    assert decided(f"@fernhill {text}", lang=None).action == "escalate"


def test_a_question_that_may_be_about_a_fact_is_not_put_off() -> None:
    """Staff get the fact instead, as beside a claim."""
    decision = decided("@fernhill my nib is bent, do you mend those?")
    assert decision.action == "escalate" and any(line.rule == "suspected_fact" for line in decision.trail)


def test_who_is_stuck_in_our_lift_gets_a_person_at_once() -> None:
    """Not the words for a late order."""
    assert decided("@fernhill please help me, I am stuck in your lift").rule == "safety"


def test_holding_comes_last_wherever_the_policy_names_it() -> None:
    """Or it would take the questions of every kind named after it."""
    assert policy().responders[-1].kind == "holding"
    without = policy(responders=tuple(config for config in policy().responders if config.kind != "holding"))
    read = facts("when does the sale start?")
    assert decide(read, without, responders()).rule == "unanswered_question"
    assert isinstance(holding.respond(facts("hello there"), policy(), holding.Options()), Pass)


@pytest.mark.parametrize(
    ("text", "is_accusation"),
    [
        ("you lied to me about the refund, I am leaving", True),  # before the wish to leave
        ("your courier stole my parcel", True),
        ("thank you for helping me with my stolen card", False),  # nobody is accused
        ("the seats lie flat", False),
    ],
)
def test_who_is_accused_of_a_crime_is_answered_by_a_person(text: str, is_accusation: bool) -> None:
    """An apology would admit it, a word of goodbye would ignore it."""
    assert (decided(f"@fernhill {text}").rule == "accusation") == is_accusation


@pytest.mark.parametrize("place", ["security", "the gate", "checkout"])
def test_a_place_that_nobody_gets_through_is_no_phone(place: str) -> None:
    """It is trouble, but not with reaching us."""
    read = facts(f"I can't get through {place}, this is a disgrace")
    assert "need_unreachable" not in read.cues and "problem" in read.cues
    assert "need_unreachable" in facts("I can't get through on the phone").cues


@pytest.mark.parametrize("text", ["you should offer refills in green", "can you add a page for lists, that's missing"])
def test_an_idea_is_noted_without_an_apology(text: str) -> None:
    """There is nothing to be sorry for, and nothing to look up."""
    draft = decided(f"@fernhill {text}").draft
    assert draft is not None and draft.needs == ("idea",)
    assert not apologizes(draft.texts[0].text) and "order number" not in draft.texts[0].text.lower()


@pytest.mark.parametrize(
    "text",
    [
        "@fernhill cancels its winter sale https://news.example/x via @paperweekly",  # a share
        "it did not work",  # an answer to what we asked
        "oh well, so it goes with pens these days I suppose",  # names and asks nothing
    ],
)
def test_what_is_not_said_to_us_for_an_answer_gets_no_text(text: str) -> None:
    """A person sees it, or nobody."""
    assert decided(text if "@" in text else f"@fernhill {text}").draft is None
