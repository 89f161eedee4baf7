"""The tables of the operation: platforms, notices, what is quarantined, people's wishes, autonomy and costs."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field

from listener.store.columns import (
    Row,
    json_column,
    optional_message,
    optional_text,
    optional_time,
    required_message,
    required_time,
)
from listener.store.dialect import RawText, UtcTime, partial_index


class AutonomyRow(Row, table=True):
    """A kind that goes out by itself since began_at; with ended_at it does not until a person resumes it."""

    __tablename__ = "autonomy"
    kind: str = Field(primary_key=True, sa_type=Text)
    began_at: datetime = required_time()
    ended_at: datetime | None = optional_time()
    ended_by: str | None = optional_text()
    why: str | None = optional_text()


class SentimentBucketRow(Row, table=True):
    """Ten minutes of one platform: how many mentions were decided, and how many of them are negative."""

    __tablename__ = "sentiment_bucket"
    platform: str = Field(primary_key=True, sa_type=Text)
    at: datetime = Field(primary_key=True, sa_type=UtcTime)
    heard: int
    negative: int


class PlatformRow(Row, table=True):
    """How listening and sending stand on one platform. began_at: when a first run began, whatever came of it."""

    __tablename__ = "platform"
    name: str = Field(primary_key=True, sa_type=Text)
    enabled: bool
    cursor: dict[str, Any] | None = Field(default=None, sa_column=json_column())
    began_at: datetime = required_time()
    poll_seconds: float
    attempt_at: datetime | None = optional_time()
    ok_at: datetime | None = optional_time()
    failures: int
    error: str | None = optional_message()
    error_do: str | None = optional_message()
    cause: str | None = optional_text()
    read_after: datetime | None = optional_time()
    send_after: datetime | None = optional_time()
    send_stopped_at: datetime | None = optional_time()
    send_hold: str | None = optional_text()
    send_error: str | None = optional_message()
    send_failures: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    own_posts_read_at: datetime | None = optional_time()


class FeedRow(Row, table=True):
    """How reading one feed of a platform stands. ok_at: last read; since: when the present state began."""

    __tablename__ = "feed"
    platform: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(primary_key=True, sa_type=Text)
    ok_at: datetime | None = optional_time()
    since: datetime | None = optional_time()
    failures: int
    error: str | None = optional_message()
    error_do: str | None = optional_message()
    retry_at: datetime | None = optional_time()


class StageRow(Row, table=True):
    """How a stage stands. name: "route", "poll x" ...; progress_at: when it last ended or moved on."""

    __tablename__ = "stage"
    name: str = Field(primary_key=True, sa_type=Text)
    ok_at: datetime | None = optional_time()
    since: datetime | None = optional_time()
    failures: int
    error: str | None = optional_message()
    error_do: str | None = optional_message()
    retry_at: datetime | None = optional_time()
    progress_at: datetime | None = optional_time()
    interval_seconds: float | None = Field(default=None)


class PauseRow(Row, table=True):
    """Sending is stopped: on one platform, or on all (scope `*`)."""

    __tablename__ = "pause"
    scope: str = Field(primary_key=True, sa_type=Text)
    since: datetime = required_time()
    until: datetime | None = optional_time()
    reason: str | None = optional_text()
    by: str = Field(sa_type=Text)


class NoticeRow(Row, table=True):
    """What an operator must know, open until it clears. subject keeps one open notice per cause."""

    __tablename__ = "notice"
    __table_args__ = (
        partial_index("uq_notice_open", "kind", "platform", "subject", where="cleared_at IS NULL", unique=True),
    )
    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(sa_type=Text)
    platform: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    since: datetime = required_time()
    cleared_at: datetime | None = optional_time()
    cleared_by: str | None = optional_text()
    what: str = required_message()
    do: str = required_message()


class GapRow(Row, table=True):
    """A stretch of a feed that could not be read."""

    __tablename__ = "gap"
    id: int | None = Field(default=None, primary_key=True)
    platform: str = Field(sa_type=Text)
    feed: str = Field(sa_type=Text)
    from_id: str = Field(sa_type=Text)
    to_id: str = Field(sa_type=Text)
    description: str = required_message()
    at: datetime = required_time()
    notice_id: int | None = Field(default=None, foreign_key="notice.id")


class QuarantineRow(Row, table=True):
    """An item that could not be read or decided, set aside with its raw text. stage: poll | route."""

    __tablename__ = "quarantine"
    __table_args__ = (UniqueConstraint("platform", "mention_id", "stage", name="uq_quarantine"),)
    id: int | None = Field(default=None, primary_key=True)
    platform: str = Field(sa_type=Text)
    mention_id: str = Field(sa_type=Text)
    stage: str = Field(sa_type=Text)
    error: str = required_message()
    raw: str = Field(sa_type=RawText)
    at: datetime = required_time()
    resolved_at: datetime | None = optional_time()


class OptOutRow(Row, table=True):
    """An author who is never answered."""

    __tablename__ = "optout"
    platform: str = Field(primary_key=True, sa_type=Text)
    author_id: str = Field(primary_key=True, sa_type=Text)
    at: datetime = required_time()
    by: str = Field(sa_type=Text)
    why: str | None = optional_text()


class NoteRow(Row, table=True):
    """What staff wrote about a person."""

    __tablename__ = "note"
    __table_args__ = (Index("ix_note_author", "platform", "author_id"),)
    id: int | None = Field(default=None, primary_key=True)
    platform: str = Field(sa_type=Text)
    author_id: str = Field(sa_type=Text)
    at: datetime = required_time()
    by: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)


class ForgottenRow(Row, table=True):
    """A person whose words were erased, known by a digest alone: what they wrote before that is not kept again."""

    __tablename__ = "forgotten"
    digest: str = Field(primary_key=True, sa_type=Text)
    at: datetime = required_time()


class LedgerRow(Row, table=True):
    """One billed call of a platform's API, in US dollars."""

    __tablename__ = "ledger"
    __table_args__ = (
        Index("ix_ledger_at", "platform", "at"),
        Index("ix_ledger_reply", "reply_id"),
        Index("ix_ledger_key", "platform", "key", unique=True),
    )
    id: int | None = Field(default=None, primary_key=True)
    platform: str = Field(sa_type=Text)
    at: datetime = required_time()
    call: str = Field(sa_type=Text)
    resources: int
    usd: float
    reply_id: int | None = Field(default=None, foreign_key="reply.id")
    key: str | None = Field(default=None, sa_type=Text)


class BilledRow(Row, table=True):
    """A unit (a post, a user) that a platform has billed this UTC day: read again, it costs nothing."""

    __tablename__ = "billed"
    platform: str = Field(sa_type=Text, primary_key=True)
    day: str = Field(sa_type=Text, primary_key=True)
    unit: str = Field(sa_type=Text, primary_key=True)
