"""Holding replies: they name what is asked, fit how it is asked, differ, and are written only where somebody asks."""

import pytest

from listener.model import History
from listener.policy import PART
from responders import holding
from tests.factories import decided, facts, policy

SAME_DAY = 12  # holding replies to the same form of question, each another text


def _draft(text: str, history: History | None = None) -> tuple[str, str]:
    """The text of a holding reply and its variant."""
    decision = decided(f"@fernhill {text}", history)
    assert decision.kind == "holding" and decision.draft is not None, decision
    return decision.draft.texts[0].text, decision.draft.texts[0].variant


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("is the kettle made of steel?", "about the kettle"),
        ("do you have it in green?", "about the colours"),
        ("how do I fold it?", "how|help"),
        ("when will it be dry?", "when|timing"),
        ("where can I try it?", "where|place|look that up"),
        ("who can I write to?", "reach us|find us"),
        ("who should I see?", "right people|right contact"),
        ("how much is the kettle?", "price|costs"),
        ("why is it so thin?", "why|reason|look into"),
        ("what's going on in there?", "going on|behind this"),
        ("did you see the form?", "check|look that up"),
        ("could you ask them?", "see what we can do|like to help"),
        ("is it as heavy as it looks?", "check that|proper answer|answer this properly"),
    ],
)
def test_it_says_what_is_asked(text: str, fits: str) -> None:
    """As if somebody had read it; without a noun that is sure it fits the form of the question."""
    opening = _draft(text)[0]
    assert any(part in opening for part in fits.split("|")), opening


def test_none_is_used_twice_a_day() -> None:
    """Platforms hunt for repetition, and so do readers."""
    used: list[str] = []
    for _ in range(SAME_DAY):
        used.append(f"holding/{_draft('how do I fold it?', History(variants_today=tuple(used)))[1]}")
    assert len(set(used)) == SAME_DAY and all(PART in name for name in used)


@pytest.mark.parametrize("text", ["how can you be so rude", "WHY is it closed?", "why can't you just answer?"])
def test_no_reproach_is_called_a_good_question(text: str) -> None:
    """Nor does anything else say that we see why they ask."""
    draft = decided(f"@fernhill {text}").draft
    texts = [candidate.text for candidate in draft.texts[:12]] if draft else []
    assert not any("ood question" in text or "see why you ask" in text for text in texts)


@pytest.mark.parametrize(
    ("text", "is_held"),
    [
        ("the green ink is lovely, is it back soon?", True),
        ("the green ink is lovely, isn't it? lol", False),
        ("do you even own a shop?", False),
        ("do you own a shop in Leeds?", True),
        ("got my ink early, did you?", False),
        ("thanks so much! How long does the ink last?", True),
        ("your staff were so kind, can you follow me?", False),  # a deed beside praise goes to a person
        ("Really? Nobody wrote to me.", False),
        ("the ink, and when does it dry?", True),
        ("any idea if I may use it on glass. Need it tomorrow", True),
        ("I don't know what happened but it works again", False),
    ],
)
def test_it_is_written_only_where_somebody_asks(text: str, is_held: bool) -> None:
    """What is idle, told or meant for others goes to a person, or to nobody."""
    assert (decided(f"@fernhill {text}").kind == "holding") is is_held


def test_the_trail_names_why_a_question_gets_none() -> None:
    """Staff see it beside the rules that did not match."""
    answer = holding.respond(facts("do you even own a shop?"), policy(), holding.Options())
    assert answer.message == "a question that wants no answer: a reproach"


def test_news_of_what_is_not_ordered_asks_for_no_order() -> None:
    """ "Any word on when you open" waits for no parcel."""
    for text in ("any word on when the new shop will be there?", "any update on the colours?"):
        assert "order number" not in _draft(text)[0]
