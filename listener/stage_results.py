"""What a stage leaves: what follows its run, and the counts of one `once`."""

from dataclasses import dataclass, field
from datetime import datetime

from listener.intake.poll import PollCounts
from listener.outbox.round import SendCounts
from listener.triage.route import TriageCounts


@dataclass(slots=True)
class RunSummary:
    """What one `once` did, counted as `once --json` shows it.

    troubles: platform -> why it could not be read; failures: stage -> why its last run failed.
    """

    polled: PollCounts = field(default_factory=PollCounts)
    routed: TriageCounts = field(default_factory=TriageCounts)
    sent: SendCounts = field(default_factory=SendCounts)
    troubles: dict[str, str] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What follows the run of a stage. has_more: a later run may do what this one left, without anything new.

    wakes: the stage (`route`, or `send` of every platform) that has something to do now. next_at: when this stage has,
    if that is before its interval has passed.
    """

    has_more: bool
    wakes: str | None = None
    next_at: datetime | None = None
