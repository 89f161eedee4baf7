"""Kinds of need that somebody shows who writes to support, and which wording answers which. Pure.

The words that show them are data (lexicon/needs.toml): each need has a cue need_NAME; its wordings name it in `when`.
"""

from collections.abc import Callable
from typing import Literal, get_args

from listener.model import MentionSignals

APOLOGY = frozenset(("complaint", "problem"))  # named in the `when` of a wording that apologizes
Need = Literal[
    "message_sent", "cannot_message", "rudeness", "account", "billing", "outage", "unreachable", "refund", "request",
    "status", "leaving", "change", "quality", "broken", "late", "idea",
]  # fmt: skip
Needs = tuple[Need, ...]
NEEDS: Needs = get_args(Need)  # in the order in which they are answered, unless the policy has another
# needs that a request without trouble may show; the others would bring an apology
CALM: Needs = ("message_sent", "cannot_message", "change", "status", "idea", "request")
# the words that address us
US = frozenset(("you", "your", "yours", "you're", "youre", "u", "ur", "yall", "y'all", "guys"))
# without one of these nobody asks for anything: "what to consider before you buy", read in the news
PERSONAL = US | {"i", "i'm", "im", "i'd", "i've", "my", "me", "we", "we're", "our", "us", "please", "pls", "plz"}


def find_needs(signals: MentionSignals, order: Needs, is_trouble: bool) -> Needs:
    """Return the kinds of need that a text shows, in the policy's order: the first is answered.

    Without trouble, whatever asks us for something and shows no other need is a request.
    """
    needs = tuple(need for need in order if (is_trouble or need in CALM) and need_cue(need) in signals.cues)
    is_request = not needs and not is_trouble and "request" in signals.cues and "request" in order
    return ("request",) if is_request else needs


def need_cue(need: str) -> str:
    """Return the cue that shows a need, which its wordings name in `when`."""
    return f"need_{need}"


def readable(needs: Needs) -> str:
    """Return such as "late and leaving": the need that is answered, and the next."""
    return " and ".join(need.replace("_", " ") for need in needs[:2])


def rank_sorry(signals: MentionSignals, needs: Needs) -> Callable[[frozenset[str]], int | None]:
    """Rank wordings for trouble: those of its need, apologies first, then general apologies, then what else fits."""
    cue = need_cue(needs[0]) if needs else ""

    def rank(when: frozenset[str]) -> int | None:
        if cue in when:
            return int(when.isdisjoint(APOLOGY))
        if when and when <= APOLOGY:
            return 2
        return 4 if not when else None if when.isdisjoint(signals.cues) else 3

    return rank


def rank_calm(signals: MentionSignals, needs: Needs) -> Callable[[frozenset[str]], int | None]:
    """Rank wordings for a request: none that apologizes; those of its need first."""
    cue = need_cue(needs[0]) if needs else ""
    allowed = {need_cue(need) for need in CALM}

    def rank(when: frozenset[str]) -> int | None:
        if not when:
            return 2
        if not when <= allowed:
            return None
        return 0 if cue in when else None if when.isdisjoint(signals.cues) else 1

    return rank
