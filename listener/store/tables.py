"""The tables, declared and nothing else. Columns bear the names of the dataclasses they load into.

One row of `mention` is one interaction (a post with all its edits); `reply` holds what we say to it and its state;
`event` is append-only: who did what, when and why. Ids of platforms are text, times are UTC.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, Dialect, Index, Text, TypeDecorator, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from listener.store.states import WAITING

DUE = "coalesce(due_at, '9999-12-31T23:59:59.999999Z')"  # of a reply: without a due time it comes last
WAITS = f"NOT (state NOT IN {WAITING})"  # said twice over, or SQLite takes the index by state and sorts all of them


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time, kept as ISO 8601 text with Z so that text order is time order. Refuses naive values."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write it as 2026-11-22T09:00:00.000000Z."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive time cannot be stored: {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Read it as an aware time in UTC."""
        return None if value is None else datetime.fromisoformat(value)


def _json(default: str | None = None) -> Any:
    return Column(JSON(none_as_null=True), nullable=default is None)


def _text() -> Any:
    return Field(default=None, sa_type=Text)


def _time(*, required: bool = False) -> Any:
    return Field(sa_type=UtcTime) if required else Field(default=None, sa_type=UtcTime)


class Row(SQLModel):
    """What the tables share: validators are built when first used, which is never, as no row is made through them."""

    model_config = {"defer_build": True}


class MentionRow(Row, table=True):
    """What was said. stage: new (to be decided) | routed | quarantined | forgotten (the words are erased)."""

    __tablename__ = "mention"
    __table_args__ = (
        UniqueConstraint("platform", "id", name="uq_mention_id"),
        UniqueConstraint("platform", "interaction_id", name="uq_mention_interaction"),
        Index("ix_mention_new", "key", sqlite_where=text("stage = 'new'")),
        Index("ix_mention_author", "platform", "author_id"),
        Index("ix_mention_handle", "platform", text("lower(author_handle)")),
        Index("ix_mention_version", "platform", "version_id"),
        Index("ix_mention_conversation", "platform", "conversation_id"),
        Index("ix_mention_seen", "seen_at"),
        Index("ix_mention_kept", "seen_at", sqlite_where=text("stage <> 'forgotten'")),
        Index("ix_mention_deleted", "deleted_at", sqlite_where=text("deleted_at IS NOT NULL")),
    )
    key: int | None = Field(default=None, primary_key=True)
    platform: str = Field(sa_type=Text)
    id: str = Field(sa_type=Text)
    interaction_id: str = Field(sa_type=Text)
    conversation_id: str = Field(sa_type=Text)
    in_reply_to: str | None = _text()
    text: str = Field(sa_type=Text)
    is_html: bool
    author_id: str = Field(sa_type=Text)
    author_handle: str | None = _text()
    author_name: str | None = _text()
    author_followers: int | None = None
    lang: str | None = _text()
    url: str | None = _text()
    extra_brand_term: str | None = _text()
    is_addressed: bool
    can_reply: bool
    ineligible_reason: str | None = _text()
    created_at: datetime = _time(required=True)
    age_start_at: datetime = _time(required=True)
    seen_at: datetime = _time(required=True)
    version_id: str = Field(sa_type=Text)
    version_at: datetime = _time(required=True)
    edited_at: datetime | None = _time()
    deleted_at: datetime | None = _time()
    answered_remotely: str | None = _text()
    stage: str = Field(sa_type=Text)
    crash_count: int


class DecisionRow(Row, table=True):
    """What was decided and from which facts; a mention that changed may have several, the last one counts."""

    __tablename__ = "decision"
    __table_args__ = (Index("ix_decision_mention", "mention_key"),)
    id: int | None = Field(default=None, primary_key=True)
    mention_key: int = Field(foreign_key="mention.key")
    at: datetime = _time(required=True)
    action: str = Field(sa_type=Text)
    kind: str | None = _text()
    rule: str = Field(sa_type=Text)
    compound: float
    lang: str = Field(sa_type=Text)
    auto: bool
    urgency: int
    signals: dict[str, Any] = Field(sa_column=_json("{}"))
    hits: list[Any] = Field(sa_column=_json("[]"))
    policy_hash: str = Field(sa_type=Text)
    version: str = Field(sa_type=Text)


class PolicyRow(Row, table=True):
    """The policy's files as they read when first used, once per hash."""

    __tablename__ = "policy"
    hash: str = Field(primary_key=True, sa_type=Text)
    texts: dict[str, str] = Field(sa_column=_json("{}"))
    first_used_at: datetime = _time(required=True)


class ReplyRow(Row, table=True):
    """What we say. Claim, snooze, assignee and due time are columns, not states; every change raises revision."""

    __tablename__ = "reply"
    __table_args__ = (
        Index("uq_reply_live", "mention_key", unique=True, sqlite_where=text("state <> 'closed'")),
        Index("ix_reply_mention", "mention_key"),
        Index("ix_reply_queue", "state", text(DUE), text("urgency DESC"), "id", "created_at"),
        Index("ix_reply_waiting", text(DUE), text("urgency DESC"), "id", "kind", sqlite_where=text(WAITS)),
        Index("ix_reply_sent", "sent_at"),
        Index("ix_reply_remote", "remote_id"),
        Index("ix_reply_automatic", "approved_at", sqlite_where=text("approved_by = 'policy'")),
        Index("ix_reply_claimed", "claimed_until", sqlite_where=text("claimed_until IS NOT NULL")),
        Index("ix_reply_created", "created_at"),
        Index("ix_reply_snoozed", "snoozed_until", sqlite_where=text("snoozed_until IS NOT NULL")),
    )
    id: int | None = Field(default=None, primary_key=True)
    mention_key: int = Field(foreign_key="mention.key")
    state: str = Field(sa_type=Text)
    revision: int
    kind: str | None = _text()
    rule: str = Field(sa_type=Text)
    text: str | None = _text()
    variant: str | None = _text()
    auto: bool
    urgency: int
    claimed_by: str | None = _text()
    claimed_until: datetime | None = _time()
    assigned_to: str | None = _text()
    snoozed_until: datetime | None = _time()
    approved_by: str | None = _text()
    approved_at: datetime | None = _time()
    created_at: datetime = _time(required=True)
    changed_at: datetime = _time(required=True)
    due_at: datetime | None = _time()
    not_before: datetime | None = _time()
    hold: str | None = _text()
    sending_at: datetime | None = _time()
    sent_at: datetime | None = _time()
    remote_id: str | None = _text()
    remote_url: str | None = _text()
    error: str | None = _text()
    closed_as: str | None = _text()
    reason: str | None = _text()
    prepared_key: str | None = _text()
    request: dict[str, Any] | None = Field(default=None, sa_column=_json())
    attempts: int
    check_count: int
    checked_at: datetime | None = _time()


class ApprovalRow(Row, table=True):
    """Who approved which words: text is the preview's, to the byte, so that every post can be held against it.

    revoked_at: undone, or the reply went back into the queue.
    """

    __tablename__ = "approval"
    __table_args__ = (Index("ix_approval_reply", "reply_id"),)
    id: int | None = Field(default=None, primary_key=True)
    reply_id: int = Field(foreign_key="reply.id")
    revision: int
    by: str = Field(sa_type=Text)
    at: datetime = _time(required=True)
    text: str = Field(sa_type=Text)
    automatic: bool
    revoked_at: datetime | None = _time()


class DraftReviewRow(Row, table=True):
    """What staff decided on a draft of ours. auto: it was inside its band, so it counts in its kind's record."""

    __tablename__ = "draft_review"
    __table_args__ = (
        Index("uq_draft_review_reply", "reply_id", unique=True),
        Index("ix_draft_review_kind", "kind", "auto", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    reply_id: int = Field(foreign_key="reply.id")
    kind: str = Field(sa_type=Text)
    at: datetime = _time(required=True)
    by: str = Field(sa_type=Text)
    what: str = Field(sa_type=Text)
    changed: bool
    auto: bool = Field(default=True, sa_column_kwargs={"server_default": "1"})


class AutonomyRow(Row, table=True):
    """A kind that goes out by itself since began_at; with ended_at it does not until a person resumes it."""

    __tablename__ = "autonomy"
    kind: str = Field(primary_key=True, sa_type=Text)
    began_at: datetime = _time(required=True)
    ended_at: datetime | None = _time()
    ended_by: str | None = _text()
    why: str | None = _text()


class SentimentBucketRow(Row, table=True):
    """Ten minutes of one platform: how many mentions were decided, and how many of them are negative."""

    __tablename__ = "sentiment_bucket"
    platform: str = Field(primary_key=True, sa_type=Text)
    at: datetime = Field(primary_key=True, sa_type=UtcTime)
    heard: int
    negative: int


class EventRow(Row, table=True):
    """One arrow of the straight line."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_mention", "mention_key"),)
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = _time(required=True)
    mention_key: int | None = Field(default=None, foreign_key="mention.key")
    reply_id: int | None = Field(default=None, foreign_key="reply.id")
    what: str = Field(sa_type=Text)
    by: str = Field(sa_type=Text)
    detail: dict[str, Any] | None = Field(default=None, sa_column=_json())


class PlatformRow(Row, table=True):
    """How listening and sending stand on one platform. began_at: when a first run began, whatever came of it."""

    __tablename__ = "platform"
    name: str = Field(primary_key=True, sa_type=Text)
    enabled: bool
    cursor: dict[str, Any] | None = Field(default=None, sa_column=_json())
    began_at: datetime = _time(required=True)
    poll_seconds: float
    attempt_at: datetime | None = _time()
    ok_at: datetime | None = _time()
    failures: int
    error: str | None = _text()
    error_do: str | None = _text()
    cause: str | None = _text()
    read_after: datetime | None = _time()
    send_after: datetime | None = _time()
    send_stopped_at: datetime | None = _time()
    send_hold: str | None = _text()
    send_error: str | None = _text()
    send_lost: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    own_posts_read_at: datetime | None = _time()


class PauseRow(Row, table=True):
    """Sending is stopped: on one platform, or on all (scope `*`)."""

    __tablename__ = "pause"
    scope: str = Field(primary_key=True, sa_type=Text)
    since: datetime = _time(required=True)
    until: datetime | None = _time()
    reason: str | None = _text()
    by: str = Field(sa_type=Text)


class NoticeRow(Row, table=True):
    """What an operator must know, open until it clears. subject keeps one open notice per cause."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("uq_notice_open", "kind", "platform", "subject", unique=True, sqlite_where=text("cleared_at IS NULL")),
    )
    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(sa_type=Text)
    platform: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    since: datetime = _time(required=True)
    cleared_at: datetime | None = _time()
    cleared_by: str | None = _text()
    what: str = Field(sa_type=Text)
    do: str = Field(sa_type=Text)


class GapRow(Row, table=True):
    """A stretch of a feed that could not be read."""

    __tablename__ = "gap"
    id: int | None = Field(default=None, primary_key=True)
    platform: str = Field(sa_type=Text)
    feed: str = Field(sa_type=Text)
    from_id: str = Field(sa_type=Text)
    to_id: str = Field(sa_type=Text)
    description: str = Field(sa_type=Text)
    at: datetime = _time(required=True)
    notice_id: int | None = Field(default=None, foreign_key="notice.id")


class QuarantineRow(Row, table=True):
    """An item that could not be read or decided, set aside with its raw text. stage: poll | route."""

    __tablename__ = "quarantine"
    __table_args__ = (UniqueConstraint("platform", "mention_id", "stage", name="uq_quarantine"),)
    id: int | None = Field(default=None, primary_key=True)
    platform: str = Field(sa_type=Text)
    mention_id: str = Field(sa_type=Text)
    stage: str = Field(sa_type=Text)
    error: str = Field(sa_type=Text)
    raw: str = Field(sa_type=Text)
    at: datetime = _time(required=True)
    resolved_at: datetime | None = _time()


class OptOutRow(Row, table=True):
    """An author who is never answered."""

    __tablename__ = "optout"
    platform: str = Field(primary_key=True, sa_type=Text)
    author_id: str = Field(primary_key=True, sa_type=Text)
    at: datetime = _time(required=True)
    by: str = Field(sa_type=Text)
    why: str | None = _text()


class NoteRow(Row, table=True):
    """What staff wrote about a person."""

    __tablename__ = "note"
    __table_args__ = (Index("ix_note_author", "platform", "author_id"),)
    id: int | None = Field(default=None, primary_key=True)
    platform: str = Field(sa_type=Text)
    author_id: str = Field(sa_type=Text)
    at: datetime = _time(required=True)
    by: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)


class ForgottenRow(Row, table=True):
    """A person whose words were erased, known by a digest alone: what they wrote before that is not kept again."""

    __tablename__ = "forgotten"
    digest: str = Field(primary_key=True, sa_type=Text)
    at: datetime = _time(required=True)


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
    at: datetime = _time(required=True)
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


metadata = SQLModel.metadata
