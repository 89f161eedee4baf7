"""What staff see of a kind that is on its way to be approved automatically."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AutonomyEnd:
    """When and why staff's reviews ended a kind's automatic approval, until a person resumes it."""

    at: datetime
    by: str | None
    why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a kind is on its way to be approved automatically.

    reviewed: the latest reviews of drafts in its auto band, at most `needs`; earned: they are enough and good enough,
    and nothing has ended it.
    """

    auto: str
    reviewed: int
    approved_unchanged: int
    earned: bool
    needs: int
    ended: AutonomyEnd | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumedKind(Progress):
    """A kind that a person has resumed, and how far it is."""

    kind: str
    resumed: bool = True
