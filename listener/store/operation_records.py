"""What the store hands out of the operation: how platforms, feeds and stages stand, notices, and people's wishes."""

from dataclasses import dataclass
from datetime import datetime

from listener.errors import HoldName
from listener.model import Json, Mention


@dataclass(frozen=True, slots=True)
class Notice:
    """What an operator must know."""

    id: int
    kind: str
    platform: str
    subject: str
    since: datetime
    what: str
    do: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An item set aside."""

    id: int
    platform: str
    mention_id: str
    stage: str
    error: str
    raw: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PlatformState:
    """How one platform stands."""

    name: str
    enabled: bool
    cursor: Json | None
    began_at: datetime
    poll_seconds: float
    attempt_at: datetime | None
    ok_at: datetime | None
    failures: int
    error: str | None
    error_do: str | None
    cause: str | None
    read_after: datetime | None
    send_after: datetime | None
    send_stopped_at: datetime | None
    send_hold: HoldName | None
    send_error: str | None
    send_failures: int  # calls in a row that failed for the whole platform, or whose answer was lost
    own_posts_read_at: datetime | None  # up to then our own posts were read


@dataclass(frozen=True, slots=True)
class Pause:
    """Sending is stopped in this scope (a platform's name, or `*`)."""

    scope: str
    since: datetime
    until: datetime | None
    reason: str | None
    by: str


@dataclass(frozen=True, slots=True)
class Autonomy:
    """A kind that has earned to go out by itself; ended_at: until a person resumes it, it does not any more."""

    kind: str
    began_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    why: str | None


@dataclass(frozen=True, slots=True)
class SentimentBucket:
    """Ten minutes from `at` on: how many mentions were decided, and how many of them were negative."""

    at: datetime
    heard: int
    negative: int


@dataclass(frozen=True, slots=True)
class OptOut:
    """An author who is never answered."""

    platform: str
    author_id: str
    at: datetime
    by: str
    why: str | None


@dataclass(frozen=True, slots=True)
class NamedOptOut:
    """An opt-out with the author's latest handle (None: not known); the words of the author are left out."""

    platform: str
    author_id: str
    at: datetime
    by: str
    handle: str | None


@dataclass(frozen=True, slots=True)
class Note:
    """What staff wrote about a person."""

    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class FeedState:
    """How reading one feed of a platform stands: last read at ok_at; `since` when it works, fails or waits."""

    platform: str
    name: str
    ok_at: datetime | None
    since: datetime | None
    failures: int
    error: str | None
    error_do: str | None
    retry_at: datetime | None


@dataclass(frozen=True, slots=True)
class StageState:
    """How a stage stands; progress_at: when it last ended or moved on (noted every ten seconds at most)."""

    name: str
    interval_seconds: float | None  # between two runs
    ok_at: datetime | None
    since: datetime | None
    failures: int
    error: str | None
    error_do: str | None
    retry_at: datetime | None
    progress_at: datetime | None


@dataclass(frozen=True, slots=True)
class LearningAttempt:
    """What an attempt to learn from staff came to. state: adopted | replaced | reverted | refused."""

    id: int
    at: datetime
    by: str
    base: str
    state: str
    revision: int
    decisions: int
    measures: Json


@dataclass(frozen=True, slots=True)
class LearnedWeights(LearningAttempt):
    """Learned weights: changes to the shipped ones of which `base` is the digest."""

    bias: list[float]
    features: Json


@dataclass(frozen=True, slots=True)
class StaffDecision:
    """What a member of staff did last with a reply, and the decision of Earshot that it was an answer to.

    what: approved | rejected | escalated | handled; kind: of the reply as it stands; drafted: the kind that Earshot
    drafted, None where it escalated or ignored the mention.
    """

    event_id: int
    at: datetime
    by: str
    what: str
    kind: str | None
    drafted: str | None
    action: str
    rule: str
    platform: str
    author_id: str
    signals: Json
    mention: Mention
