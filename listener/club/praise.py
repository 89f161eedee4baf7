"""Which praise may be applauded or shown, and how: clear, public, meant, and not paid for. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from listener.club_rules import ACTS, ActKind

MIN_SCORE = 0.5  # compound: less is praise in passing
REWARDED_FOR = timedelta(days=365)  # so long after a coupon, praise looks bought
PRAISING = ("praise", "thanks", "warm")  # cues
DOUBTS = (
    *("sarcasm", "ironic_praise", "turned_praise", "negation", "contrast", "condition", "complaint", "problem"),
    *("threat_to_leave", "swearing", "profanity", "duration", "competitor_praise", "others_praised", "linked_praise"),
    *("automated", "opt_out", "hedge", "bad_news", "resolved_trouble", "quotes_us", "part"),
)  # cues that make praise doubtful, irony above all
NEEDS = ("question", "request", "wish")  # cues: what waits for an answer is not passed on
MIN_WORDS = {"like": 0, "repost": 5, "quote": 12}  # words below which an act is not worth it


@dataclass(frozen=True, slots=True)
class Praise:
    """All that decides whether a mention may be applauded. guards: those that hit it.

    is_settled: its words were decided as they are now; starts_thread: it answers nobody; is_rewarded: its author got a
    coupon lately.
    """

    text: str
    compound: float
    cues: Mapping[str, Collection[str]]
    guards: tuple[str, ...] = ()
    is_settled: bool = True
    is_private: bool = False
    is_gone: bool = False
    starts_thread: bool = True
    is_minor: bool = False
    opted_out: bool = False
    is_rewarded: bool = False


def find_refusal(praise: Praise, disclosures: Collection[str]) -> str | None:
    """Return why a mention must not be applauded or shown; None where it may."""
    return _find_barrier(praise) or _find_weakness(praise) or _find_reward(praise, disclosures)


def _find_barrier(praise: Praise) -> str | None:
    """Return what forbids it, however kind the words are."""
    barriers = {
        "only its author and we can read it": praise.is_private,
        "it is gone from its platform": praise.is_gone,
        "its author opted out of replies": praise.opted_out,
        "its author may be a minor": praise.is_minor,
        "it gives the age of a child": "young_age" in praise.cues,
        "its words are not decided yet": not praise.is_settled,
    }
    return next((why for why, holds in barriers.items() if holds), None)


def _find_weakness(praise: Praise) -> str | None:
    """Return why the words are no clear praise."""
    if praise.guards:
        return f"the guard {praise.guards[0]} matched"
    if praise.compound < MIN_SCORE:
        return f"the score {praise.compound:+.2f} is below {MIN_SCORE:+.2f}"
    if doubt := next((cue for cue in DOUBTS if cue in praise.cues), None):
        return f"praise, but also {doubt.replace('_', ' ')}"
    return None if _list_words(praise) else "it has no word of praise"


def _find_reward(praise: Praise, disclosures: Collection[str]) -> str | None:
    if praise.is_rewarded and not discloses(praise.text, disclosures):
        return f"its author got a coupon within {REWARDED_FOR.days} days and does not say so"
    return None


def discloses(text: str, disclosures: Collection[str]) -> bool:
    """Return whether a text says with one of these phrases, as whole words, that its author got something from us."""
    folded = text.casefold()
    return any(re.search(rf"(?<!\w){re.escape(phrase.casefold())}(?!\w)", folded) for phrase in disclosures)


def _list_words(praise: Praise) -> list[str]:
    return list(dict.fromkeys(word for cue in PRAISING for word in praise.cues.get(cue, ())))


def list_acts(praise: Praise) -> tuple[ActKind, ...]:
    """Return the acts that are worth it: a like always; the others for words that stand alone and ask nothing."""
    stands_alone = praise.starts_thread and not any(need in praise.cues for need in NEEDS)
    number = len(praise.text.split())
    return tuple(act for act in ACTS if act == "like" or (stands_alone and number >= MIN_WORDS[act]))


def describe(praise: Praise) -> str:
    """Return why a mention is praise, in words."""
    return f"clear praise ({praise.compound:+.2f}): {', '.join(_list_words(praise)[:4])}"
