"""What the store hands out: frozen dataclasses whose fields are columns; loading.py makes them of rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import NotRequired, TypedDict

from listener.model import Json, Mention

OLD_READING = 5  # values of a reading, before it had a subject


@dataclass(frozen=True, slots=True)
class Outbound:
    """What the outbox moves from approved to sent: the columns that a reply and a posting share."""

    id: int
    state: str
    revision: int
    approved_by: str | None
    approved_at: datetime | None
    created_at: datetime
    changed_at: datetime
    not_before: datetime | None
    hold: str | None
    sending_at: datetime | None
    sending_by: str | None  # the process that made the last call, HOST:PID
    sending_epoch: int | None  # of its lease on a server
    sent_at: datetime | None
    remote_id: str | None
    remote_url: str | None
    error: str | None
    closed_as: str | None
    reason: str | None
    prepared_key: str | None
    request: Json | None
    attempts: int
    check_count: int
    checked_at: datetime | None
    trouble_count: int  # calls in a row that failed for it alone


@dataclass(frozen=True, slots=True)
class Reply(Outbound):
    """A reply and where it stands; `text` is without the platform's prefix."""

    mention_key: int
    kind: str | None
    rule: str
    text: str | None
    variant: str | None
    auto: bool
    urgency: int
    claimed_by: str | None
    claimed_until: datetime | None
    assigned_to: str | None
    snoozed_until: datetime | None
    due_at: datetime | None
    undo_seconds: float | None  # the wait before it is sent, until the sender has begun to count it


@dataclass(frozen=True, slots=True)
class Posting(Outbound):
    """An announcement on one platform, and where it stands. at: when it is to be posted."""

    announcement_id: int
    platform: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Act(Outbound):
    """An act of applause, and where it stands. what: like, repost or quote."""

    mention_key: int
    what: str
    undo_seconds: float | None  # as of a reply


class ReplyChanges(TypedDict, total=False):
    """Columns of a reply that a move or a mark changes; what a reply is made with stays."""

    state: str
    revision: int
    kind: str | None
    rule: str
    text: str | None
    variant: str | None
    auto: bool
    urgency: int
    claimed_by: str | None
    claimed_until: datetime | None
    assigned_to: str | None
    snoozed_until: datetime | None
    approved_by: str | None
    approved_at: datetime | None
    changed_at: datetime
    due_at: datetime | None
    not_before: datetime | None
    hold: str | None
    undo_seconds: float | None
    sending_at: datetime
    sending_by: str | None
    sending_epoch: int | None
    sent_at: datetime
    remote_id: str | None
    remote_url: str | None
    error: str | None
    closed_as: str | None
    reason: str | None
    prepared_key: str
    request: Json
    attempts: int
    check_count: int
    checked_at: datetime | None
    trouble_count: int


CLEAR_HOLD: ReplyChanges = {"not_before": None, "hold": None, "error": None}  # the hold before is over
CLEAR_LEASE: ReplyChanges = {"claimed_by": None, "claimed_until": None, "snoozed_until": None}


class StoredHit(TypedDict):
    """A line of the trail, as it is stored with a decision."""

    rule: str
    hit: bool
    words: list[str]
    message: str
    needs: NotRequired[list[str]]  # of the last one: the kinds of need that its draft answers


class NewReply(TypedDict):
    """The row of a reply that a decision makes. state None: it needs no reply."""

    mention_key: int
    state: str | None
    kind: str | None
    rule: str
    text: str | None
    variant: str | None
    auto: bool
    urgency: int
    assigned_to: str | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A stored decision."""

    mention_key: int
    at: datetime
    action: str
    kind: str | None
    rule: str
    compound: float
    lang: str
    auto: bool
    urgency: int
    signals: Json
    hits: list[StoredHit]
    policy_hash: str
    version: str
    weights_id: int | None = None  # of the second reader; None: the shipped ones


@dataclass(frozen=True, slots=True)
class Exchange:
    """A line of the queue: the mention, the latest decision on it, and its live or latest reply."""

    key: int
    mention: Mention
    seen_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    missing_at: datetime | None  # a check did not find it; believed after a second one
    answered_remotely: str | None  # the post by which a person answered on the platform itself
    decided: StoredDecision | None
    reply: Reply | None


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved which words."""

    revision: int
    by: str
    at: datetime
    text: str
    automatic: bool
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a mention or a reply: when, what, and by whom."""

    at: datetime
    what: str
    by: str
    detail: Json | None
    reply_id: int | None


@dataclass(frozen=True, slots=True)
class RecentDraft:
    """A draft as floods are counted: of which kind, when it was made, and to whom."""

    kind: str
    created_at: datetime
    platform: str
    author_id: str
    conversation_id: str


def find_subject(signals: Json) -> str | None:
    """Return from stored signals what the second reader suggests a complaint is about."""
    reading: list[str | None] = signals.get("reading") or []
    return None if len(reading) <= OLD_READING else reading[-1]
