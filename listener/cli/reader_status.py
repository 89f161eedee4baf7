"""What `earshot status` shows of the second reader: which weights are in use, and what became of the last attempt."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from listener.cli import output
from listener.cli.lines import clock

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from listener.settings import Settings
    from listener.store.operation_records import LearningAttempt


@dataclass(frozen=True, slots=True)
class ReaderStatus:
    """What the second reader has learned. weights: the learned ones in use; None: the shipped ones; learn: weekly.

    last: the last attempt to learn, and what came of it.
    """

    learn: bool
    weights: int | None
    last: "LearningAttempt | None"


def read_status(connection: "Connection", config: "Settings") -> ReaderStatus:
    """Read which weights are in use, and the last attempt to learn."""
    from listener.reader.score import shipped_digest
    from listener.store import reader_weights

    current = reader_weights.find_current(connection, shipped_digest())
    attempts = reader_weights.list_attempts(connection)
    return ReaderStatus(config.policy.reader.learn, current and current[0], attempts[0] if attempts else None)


def lines(reader: ReaderStatus) -> Iterator[str]:
    """Yield the line about what was learned, if anything was tried."""
    from listener.cli.report_words import describe_changes
    from listener.reader.score import shipped_digest

    if (last := reader.last) is None:
        return
    weights = "the shipped weights" if reader.weights is None else f"learned weights {reader.weights}"
    outcome = last.measures.get("message") or describe_changes(last.measures.get("changes", {}))
    if last.base != shipped_digest():
        outcome = "learned for another version of Earshot; run `earshot learn` to learn again"
    learned = f"{last.state} on {clock(last.at)} after {last.decisions} decisions: {outcome}"
    yield output.safe(f"reader     {weights} in use; weights {last.id} {learned}")
