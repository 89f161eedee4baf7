"""Withdraw what waits to be said about trouble that its author says is over: "found it, thanks".

An apology after that would show that nobody reads. The reply is closed with the reason, and staff can open it again.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from listener.model import MentionSignals
from listener.store import replies
from listener.store.draft_reviews import MACHINE
from listener.store.settled import SETTLED, list_unsent

KINDS = ("support", "holding")
# beside one of these the trouble may be another, or not over
OPEN = (
    "question", "problem", "resolved_trouble", "contrast", "complaint", "threat_to_leave", "sarcasm", "ironic_praise",
    "swearing", "profanity",
)  # fmt: skip


def find_settled(signals: MentionSignals) -> tuple[str, ...]:
    """Return the words by which a text says that the trouble is over; none where it says more than that."""
    cues = signals.cues
    words = cues.get("settled", ())
    if not words or any(name in cues for name in OPEN):
        return ()
    is_negated = any(not any(word in phrase for phrase in words) for word in cues.get("negation", ()))
    return () if is_negated else words


def withdraw(connection: Connection, results: Mapping[int, MentionSignals], now: datetime) -> None:
    """Close the replies that these mentions, by key, make superfluous."""
    for key, signals in results.items():
        if find_settled(signals):
            reason = f"{SETTLED} ({signals.mention.platform}:{signals.mention.id})"  # no words: they may be erased
            for waiting in list_unsent(connection, signals.mention, key, KINDS):
                replies.close(connection, waiting, "withdrawn", reason, by=MACHINE, now=now)
