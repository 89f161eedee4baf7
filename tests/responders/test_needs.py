"""Support answers the kind of need; a question that nothing else answers gets a calm way to a person."""

import pytest

from listener.lexicon import cues
from listener.model import Draft, Pass
from listener.triage.decide import decide
from listener.triage.needs import CALM, NEEDS, need_cue
from responders import holding, support
from tests.factories import decided, facts, policy, responders

SORRY = ("sorry", "apolog")


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
    assert not any(word in candidate.lower() for candidate in _texts(text) for word in SORRY)


def test_the_policy_orders_the_needs() -> None:
    """The same text, the other need; one that is left out is not recognized."""
    text, chosen = "on hold for an hour, and the app keeps crashing", []
    for order in ((), ("unreachable", "outage"), ("outage",), ("idea",)):
        answer = support.respond(facts(text), policy(), support.Options(needs=order))
        assert isinstance(answer, Draft)
        chosen.append(answer.needs)
    assert chosen == [("outage", "unreachable"), ("unreachable", "outage"), ("outage",), ()]


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
    assert not any(word in candidate.text.lower() for candidate in draft.texts for word in SORRY)


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


def test_holding_comes_last_wherever_the_policy_names_it() -> None:
    """Or it would take the questions of every kind named after it."""
    assert policy().responders[-1].kind == "holding"
    without = policy(responders=tuple(config for config in policy().responders if config.kind != "holding"))
    read = facts("when does the sale start?")
    assert decide(read, without, responders()).rule == "unanswered_question"
    assert isinstance(holding.respond(facts("hello there"), policy(), holding.Options()), Pass)
