"""What a draft must not say: where it is of what has arrived, hours that are over, a number that nobody has yet."""

import pytest

from listener.triage.needs import need_cue
from tests.factories import apologizes, decided, facts


def _texts(text: str) -> list[str]:
    draft = decided(f"@fernhill {text}").draft
    assert draft is not None, text
    return [candidate.text for candidate in draft.texts]


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("my parcel is three days late", ("late",)),
        ("my parcel has arrived, three days late", ()),
        ("one parcel has arrived and the other did not, it is late", ("late",)),
    ],
)
def test_what_has_arrived_is_not_looked_for(text: str, needs: tuple[str, ...]) -> None:
    """Who holds it in their hands is not told that we look up where it is."""
    draft = decided(f"@fernhill {text}").draft
    assert draft is not None
    assert draft.needs == needs


@pytest.mark.parametrize("text", ["I can't order, the site isn't working", "I tried to order and the app is broken"])
def test_who_cannot_order_is_not_asked_for_the_number(text: str) -> None:
    """There is no order yet."""
    assert "order number" not in _texts(text)[0]


@pytest.mark.parametrize(
    "text",
    [
        "what time do you stop serving",
        "what time do you guys stop delivering pens.",
        "what day do you stop delivering?",
    ],
)
def test_who_asks_for_a_time_gets_no_apology(text: str) -> None:
    """ "Stop" scores low, and complains of nothing."""
    draft = decided(f"@fernhill {text}").draft
    assert draft is None or not apologizes(draft.texts[0].text)


@pytest.mark.parametrize("text", ["can you dm me?", "please dm me about my order"])
def test_who_asks_for_a_message_can_be_written_to(text: str) -> None:
    """Only who cannot write to us is sent to the form."""
    assert need_cue("cannot_message") not in facts(text).cues


@pytest.mark.parametrize("text", ["please make this stop", "how do I get it to stop suggesting songs"])
def test_a_wish_for_an_end_is_no_idea(text: str) -> None:
    """Nobody passes it on to the people who plan what comes next."""
    assert need_cue("idea") not in facts(text).cues


@pytest.mark.parametrize("text", ["where can I go right now?", "whom do I ask tonight about the kettle?"])
def test_hours_are_not_stated_where_the_matter_is_now(text: str) -> None:
    """They may be over."""
    assert "21:00" not in _texts(text)[0]


def test_a_reproach_is_not_called_a_fair_question() -> None:
    """Nor do we see why they ask."""
    texts = _texts("this is useless. WHY do you sell this?")
    assert not any("fair" in text or "why you ask" in text for text in texts)
