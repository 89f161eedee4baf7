"""Withdraw what waits to be said about trouble that its author says is over: "found it, thanks".

An apology after that would show that nobody reads. The reply is closed with the reason, and staff can open it again.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from listener.store import replies
from listener.store.draft_reviews import MACHINE
from listener.store.settled import SETTLED, list_unsent
from listener.triage.over import find_settled
from listener.triage.result import TriageResult

KINDS = ("support", "holding")


def withdraw(connection: Connection, results: Mapping[int, TriageResult], now: datetime) -> None:
    """Close the replies that these mentions, by key, make superfluous; none that asks for help itself."""
    for key, result in results.items():
        signals = result.signals
        if result.decision.kind not in KINDS and find_settled(signals):
            reason = f"{SETTLED} ({signals.mention.platform}:{signals.mention.id})"  # no words: they may be erased
            for waiting in list_unsent(connection, signals.mention, key, KINDS):
                replies.close(connection, waiting, "withdrawn", reason, by=MACHINE, now=now)
