"""What the second reader learned from staff in the period, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from listener.store import reader_weights
from listener.store.operation_records import LearningAttempt


@dataclass(frozen=True, slots=True)
class Learning:
    """An attempt to learn. loss_before, loss_after: how badly the newest decisions were read; changes: as `learn` has.

    faults: why it was refused.
    """

    at: datetime
    weights: int
    state: str
    decisions: int
    loss_before: float | None
    loss_after: float | None
    changes: dict[str, int]
    faults: list[str]


def list_learning(connection: Connection, since: datetime, until: datetime) -> list[Learning]:
    """List the attempts of the period that are still kept, the oldest first."""
    attempts = reader_weights.list_attempts(connection)
    return [_make(attempt) for attempt in reversed(attempts) if since <= attempt.at < until]


def _make(attempt: LearningAttempt) -> Learning:
    measures: Mapping[str, dict[str, float] | None] = attempt.measures
    before, after = (measures.get(name) or {} for name in ("before", "after"))
    return Learning(
        at=attempt.at,
        weights=attempt.id,
        state=attempt.state,
        decisions=attempt.decisions,
        loss_before=before.get("loss"),
        loss_after=after.get("loss"),
        changes=attempt.measures.get("changes", {}),
        faults=attempt.measures.get("faults", []),
    )
