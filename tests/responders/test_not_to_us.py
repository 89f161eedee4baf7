"""What is not said to us, or of nothing that we could answer, gets no draft: headlines, jokes, credit to others."""

import pytest

from listener.intake.audience import credits_others, is_spoken_to, speaks_of_handle
from tests.factories import decided

LINK = "https://pictures.example/1"


@pytest.mark.parametrize(
    "text",
    [
        f"Why @fernhill shops lose money {LINK}",
        f"Can @fernhill survive the winter? Experts doubt it. {LINK}",
        f"#paper news: leaked pictures of the broken mill of @fernhill {LINK}",
        f"@fernhill has lost a third of its shops {LINK}",
    ],
)
def test_a_headline_is_not_answered(text: str) -> None:
    """Nobody in it speaks of themselves or to us."""
    assert decided(text).draft is None


@pytest.mark.parametrize(
    "text",
    [
        f"My lamp from @fernhill arrived broken {LINK}",
        f"@fernhill arrived broken {LINK}",
        f"oh @fernhill, the worst packaging ever {LINK}",
        f"@fernhill is the worst {LINK}",
        f"@fernhill is this lamp meant to be broken? {LINK}",
        f"updated the app and it crashes, please fix it @fernhill {LINK}",
        f"Very disappointed @fernhill {LINK}",
        f"Still no refund @fernhill {LINK}",
        f"Website down @fernhill {LINK}",
        f"Terrible packaging @fernhill. Box crushed, lamp smashed. {LINK}",
        f"Once again @fernhill no refund for a broken lamp {LINK}",
        f"Shame on you @fernhill {LINK}",
        f"Do you sell this lamp @fernhill? {LINK}",
        f"@fernhill has lost another parcel {LINK}",
        f"@fernhill is charging twice for the same order {LINK}",
        "this @fernhill box has been stuck at the depot for days pic.x.com/AbC1",
    ],
)
def test_trouble_with_a_picture_is_answered(text: str) -> None:
    """It is somebody's own, or said to us."""
    assert decided(text).kind in ("support", "holding")


@pytest.mark.parametrize(
    ("text", "is_ours"),
    [
        ("@fernhill hello", True),
        ("oh hey @fernhill, hello", True),
        ("Dear @fernhill. Hello", True),
        ("Still no refund @fernhill", True),
        (f"Website down @fernhill {LINK}", True),
        ("Seriously @fernhill? Again?", True),
        ("How many @fernhill pens do you need", False),
        (f"Why @fernhill's shops close {LINK}", False),
        ("hello", False),
    ],
)
def test_to_whom_a_post_is_said(text: str, is_ours: bool) -> None:
    """Our handle begins it, or ends a clause."""
    assert is_spoken_to(text) is is_ours


@pytest.mark.parametrize(
    ("text", "is_name"),
    [
        ("@fernhill is opening a shop", True),
        ("@fernhill has sold its mill", True),
        ("@fernhill's new lamp", True),
        ("@fernhill is this right?", False),
        ("@fernhill are you open?", False),
        ("@fernhill my lamp is broken", False),
    ],
)
def test_a_handle_may_stand_for_a_name(text: str, is_name: bool) -> None:
    """Then its verb follows, and no question."""
    assert speaks_of_handle(text) is is_name


@pytest.mark.parametrize(
    ("text", "is_others"),
    [
        ("shout out to all the mothers on #fernhill", True),
        ("S/O to two of my favourite people at #fernhill", True),
        ("shoutout to #fernhill for the lovely paper", False),
        ("props to you, #fernhill", False),
        ("kudos to the #fernhill team", False),
        ("I love #fernhill", False),
    ],
)
def test_credit_may_be_for_others(text: str, is_others: bool) -> None:
    """Nobody says "you're welcome" to thanks that somebody else got."""
    assert credits_others(text, ["fernhill"]) is is_others


@pytest.mark.parametrize(
    "text",
    [
        "I hate my old pen, wanna send me a free one",
        "the record quarter is a disappointment to analysts",
        "your replies are all canned, impersonal responses",
        "this is a bot, what a disgrace",
        "the same bogus reply again, shame on you",
    ],
)
def test_no_ready_text_fits_these(text: str) -> None:
    """An apology to a joke, to investors or to who is tired of ready texts would be one more."""
    decision = decided(f"@fernhill {text}")
    assert decision.draft is None and decision.action == "escalate"


@pytest.mark.parametrize(
    "text",
    [
        "send me a free replacement, the lamp arrived broken",
        "please send us a free return label, the lamp is broken",
        "no wonder the stock price drops, my order is three weeks late",
        "same answer from the shop: no refund for a broken lamp",
        "still no answer to my complaint",
        "we hung up after an hour of your music",
        "I received an invoice of 400 pounds for a cancelled order",
        "please check my message, sent it two days ago, no reply",
        "my site is back up. Lost my whole basket though",
        "works fine again! For two minutes. Then it crashes",
        "your agent says the issue is resolved. Lamp still flickers",
        "site fixed now, card declined",
    ],
)
def test_trouble_in_the_same_words_is_answered(text: str) -> None:
    """What silences a joke must not silence a customer."""
    assert decided(f"@fernhill {text}").kind == "support"


@pytest.mark.parametrize(
    ("text", "is_thanked"),
    [
        ("@anna @fernhill love it! Great dance", False),
        ("@anna @fernhill thanks so much!", False),
        ("@papermill is the best maker, far ahead of @fernhill", False),
        ("@anna got a new pen, so impressed with @fernhill", True),
        ("@fernhill love it!", True),
    ],
)
def test_praise_in_talk_with_others_is_theirs(text: str, is_thanked: bool) -> None:
    """Unless it stands at our handle."""
    assert (decided(text).kind == "thank_you") is is_thanked
