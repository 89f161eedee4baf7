"""Which praise may be applauded or shown: clear, public, meant, not bought, and blind to the order of its cues."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from listener.club.consent import find_doubt
from listener.club.praise import DOUBTS, Praise, describe, discloses, find_refusal, list_acts

CUES = {"praise": ("love",), "thanks": ("thank you",)}
KIND = Praise("I love the smooth paper of your notebooks, thank you so much for making them!", 0.8, CUES)
LABELS = ("#gifted", "got a coupon")


def test_clear_praise_may_be_applauded() -> None:
    """With a reason that names its words."""
    assert find_refusal(KIND, ()) is None
    assert describe(KIND) == "clear praise (+0.80): love, thank you"
    assert list_acts(KIND) == ("like", "repost", "quote")


@pytest.mark.parametrize("cue", DOUBTS)
def test_a_doubt_is_enough_however_high_the_score(cue: str) -> None:
    """Irony above all: "another wonderful late parcel" scores like love."""
    doubtful = replace(KIND, compound=0.99, cues={**CUES, cue: ("word",)})
    assert find_refusal(doubtful, LABELS) == f"praise, but also {cue.replace('_', ' ')}"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"compound": 0.49}, "the score"),
        ({"cues": {}}, "no word of praise"),
        ({"guards": ("minors",)}, "the guard minors matched"),
        ({"is_minor": True}, "may be a minor"),
        ({"cues": {**CUES, "young_age": ("daughter is 12",)}}, "it gives the age of a child"),
        ({"opted_out": True}, "opted out"),
        ({"is_private": True}, "only its author and we"),
        ({"is_gone": True}, "gone from its platform"),
        ({"is_settled": False}, "not decided yet"),
        ({"is_rewarded": True}, "got a coupon within 365 days"),
    ],
)
def test_each_reason_forbids_it_alone(changes: dict[str, Any], why: str) -> None:
    """And a disclosure helps against none but the last."""
    refused = replace(KIND, **changes)
    assert why in str(find_refusal(refused, LABELS))
    labelled = replace(refused, text=KIND.text + " #gifted")
    assert (find_refusal(labelled, LABELS) is None) is ("is_rewarded" in changes)


@pytest.mark.parametrize(
    ("text", "is_disclosed"),
    [
        ("Love it! #gifted", True),
        ("I GOT A COUPON for this, love it", True),
        ("Love it #giftedartist", False),
        ("love the gifted team", False),
        ("", False),
    ],
)
def test_a_disclosure_is_a_phrase_of_whole_words(text: str, is_disclosed: bool) -> None:
    """A hashtag that only begins so is another one."""
    assert discloses(text, LABELS) is is_disclosed


def test_what_asks_or_answers_is_liked_and_not_passed_on() -> None:
    """A repost would show a question that nobody answered, or half a conversation."""
    assert list_acts(replace(KIND, cues={**CUES, "question": ("where",)})) == ("like",)
    assert list_acts(replace(KIND, starts_thread=False)) == ("like",)
    assert list_acts(replace(KIND, text="love it, thank you")) == ("like",)
    assert list_acts(replace(KIND, text="love it so much, thank you")) == ("like", "repost")


def test_the_order_of_cues_and_guards_decides_nothing() -> None:
    """C6: permuted, what may be applauded is the same."""
    names = ("praise", "thanks", "warm", "sarcasm", "question")
    refusals = set()
    for order in permutations(names):
        praise = replace(KIND, cues=dict.fromkeys(order, ("word",)), guards=())
        refusals.add((find_refusal(praise, ()), list_acts(praise)))
    assert refusals == {("praise, but also sarcasm", ("like",))}


@pytest.mark.parametrize(
    ("text", "cues", "is_plain"),
    [
        ("Yes, you may quote me!", (), True),
        ("YES YOU MAY QUOTE ME", ("praise",), True),
        ("you may not quote me", ("negation",), False),
        ("never, you may quote me when pigs fly", ("negation",), False),
        ("you may quote me if you send me a pen", ("condition",), False),
        ("you may quote me?", ("question",), False),
        ("sure, go ahead", (), False),
    ],
)
def test_consent_is_a_plain_yes_in_the_words_that_were_agreed(text: str, cues: tuple[str, ...], is_plain: bool) -> None:
    """Whoever has to argue that it was one has none."""
    assert (find_doubt(text, cues, ("you may quote me",)) is None) is is_plain
