"""The tables of what is said and answered. Columns bear the names of the dataclasses they load into.

One row of `mention` is one interaction (a post with all its edits); `reply` holds our answer and its state; `event` is
append-only: who did what, when and why. Ids of platforms are text.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field

from listener.store.columns import OutboundRow, Row, json_column, optional_text, optional_time, required_time
from listener.store.dialect import DUE, TextTuple, match_any, partial_index
from listener.store.states import WAITING

DUE_ORDER = DUE.format(column="due_at")
MACHINES = ("author", "outbox", "poll", "policy", "upkeep")  # names in events that are no member of staff
ACT_OF_STAFF = f"by NOT IN {MACHINES}"
WAITING_CONDITION = match_any("state", WAITING)


class MentionRow(Row, table=True):
    """What was said. stage: new (to be decided) | routed | quarantined | forgotten (the words are erased)."""

    __tablename__ = "mention"
    __table_args__ = (
        UniqueConstraint("platform", "id", name="uq_mention_id"),
        UniqueConstraint("platform", "interaction_id", name="uq_mention_interaction"),
        partial_index("ix_mention_new", "key", where="stage = 'new'"),
        Index("ix_mention_author", "platform", "author_id"),
        Index("ix_mention_handle", "platform", "handle_key"),
        Index("ix_mention_version", "platform", "version_id"),
        Index("ix_mention_conversation", "platform", "conversation_id"),
        Index("ix_mention_seen", "seen_at"),
        partial_index("ix_mention_kept", "seen_at", where="stage <> 'forgotten'"),
        partial_index("ix_mention_deleted", "deleted_at", where="deleted_at IS NOT NULL"),
    )
    key: int | None = Field(default=None, primary_key=True)
    platform: str = Field(sa_type=Text)
    id: str = Field(sa_type=Text)
    interaction_id: str = Field(sa_type=Text)
    conversation_id: str = Field(sa_type=Text)
    in_reply_to: str | None = optional_text()
    text: str = Field(sa_type=Text)
    is_html: bool
    author_id: str = Field(sa_type=Text)
    author_handle: str | None = optional_text()
    author_name: str | None = optional_text()
    author_followers: int | None = None
    handle_key: str | None = optional_text()  # author_handle by str.casefold(): people are found in any case
    lang: str | None = optional_text()
    url: str | None = optional_text()
    extra_brand_term: str | None = optional_text()
    is_addressed: bool
    can_reply: bool
    ineligible_reason: str | None = optional_text()
    is_private: bool = Field(sa_column_kwargs={"server_default": "0"})
    attachments: tuple[str, ...] = Field(sa_column=Column(TextTuple, nullable=False, server_default="[]"))
    labels: tuple[str, ...] = Field(sa_column=Column(TextTuple, nullable=False, server_default="[]"))
    created_at: datetime = required_time()
    age_start_at: datetime = required_time()
    seen_at: datetime = required_time()
    version_id: str = Field(sa_type=Text)
    version_at: datetime = required_time()
    edited_at: datetime | None = optional_time()
    missing_at: datetime | None = optional_time()  # a first check did not find it; a second one must agree
    deleted_at: datetime | None = optional_time()
    answered_remotely: str | None = optional_text()
    stage: str = Field(sa_type=Text)
    crash_count: int


class DecisionRow(Row, table=True):
    """What was decided on a mention; one that changed may have several decisions, of which the last counts."""

    __tablename__ = "decision"
    __table_args__ = (Index("ix_decision_mention", "mention_key"),)
    id: int | None = Field(default=None, primary_key=True)
    mention_key: int = Field(foreign_key="mention.key")
    at: datetime = required_time()
    action: str = Field(sa_type=Text)
    kind: str | None = optional_text()
    rule: str = Field(sa_type=Text)
    compound: float
    lang: str = Field(sa_type=Text)
    auto: bool
    urgency: int
    policy_hash: str = Field(sa_type=Text)
    version: str = Field(sa_type=Text)
    weights_id: int | None = None  # the learned weights that it was made with; None: the shipped ones


class BasisRow(Row, table=True):
    """What a decision rests on: the signals, and the hits with their words. Its row goes when the words are erased."""

    __tablename__ = "basis"
    decision_id: int = Field(primary_key=True, foreign_key="decision.id")
    signals: dict[str, Any] = Field(sa_column=json_column("{}"))
    hits: list[Any] = Field(sa_column=json_column("[]"))


class PolicyRow(Row, table=True):
    """The policy's files as they read when first used, once per hash."""

    __tablename__ = "policy"
    hash: str = Field(primary_key=True, sa_type=Text)
    texts: dict[str, str] = Field(sa_column=json_column("{}"))
    first_used_at: datetime = required_time()


class ReplyRow(OutboundRow, table=True):
    """What we say. Claim, snooze, assignee and due time are columns, not states; every change raises revision."""

    __tablename__ = "reply"
    __table_args__ = (
        partial_index("uq_reply_live", "mention_key", where="state <> 'closed'", unique=True),
        Index("ix_reply_mention", "mention_key"),
        Index("ix_reply_queue", "state", text(DUE_ORDER), text("urgency DESC"), "id", "created_at"),
        partial_index("ix_reply_waiting", text(DUE_ORDER), text("urgency DESC"), "id", "kind", where=WAITING_CONDITION),
        Index("ix_reply_sent", "sent_at"),
        Index("ix_reply_remote", "remote_id"),
        partial_index("ix_reply_automatic", "approved_at", where="approved_by = 'policy'"),
        partial_index("ix_reply_claimed", "claimed_until", where="claimed_until IS NOT NULL"),
        Index("ix_reply_created", "created_at"),
        partial_index("ix_reply_snoozed", "snoozed_until", where="snoozed_until IS NOT NULL"),
    )
    id: int | None = Field(default=None, primary_key=True)
    mention_key: int = Field(foreign_key="mention.key")
    kind: str | None = optional_text()
    rule: str = Field(sa_type=Text)
    text: str | None = optional_text()
    variant: str | None = optional_text()
    auto: bool
    urgency: int
    claimed_by: str | None = optional_text()
    claimed_until: datetime | None = optional_time()
    assigned_to: str | None = optional_text()
    snoozed_until: datetime | None = optional_time()
    due_at: datetime | None = optional_time()
    undo_seconds: float | None = None
    trouble_count: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # checks that failed in a row


class ApprovalRow(Row, table=True):
    """Who approved which words: text is the preview's, to the byte, so that every post can be held against it.

    It belongs to a reply or to a posting. revoked_at: undone, or the reply went back into the queue.
    """

    __tablename__ = "approval"
    __table_args__ = (
        Index("ix_approval_reply", "reply_id"),
        partial_index("ix_approval_posting", "posting_id", where="posting_id IS NOT NULL"),
    )
    id: int | None = Field(default=None, primary_key=True)
    reply_id: int | None = Field(default=None, foreign_key="reply.id")
    posting_id: int | None = Field(default=None, foreign_key="posting.id")
    revision: int
    by: str = Field(sa_type=Text)
    at: datetime = required_time()
    text: str = Field(sa_type=Text)
    automatic: bool
    revoked_at: datetime | None = optional_time()


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
    at: datetime = required_time()
    by: str = Field(sa_type=Text)
    what: str = Field(sa_type=Text)
    changed: bool
    auto: bool = Field(default=True, sa_column_kwargs={"server_default": "1"})


class EventRow(Row, table=True):
    """Something that happened to a mention, a reply or a posting: when, what, and by whom. Append-only."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_mention", "mention_key"),
        partial_index("ix_event_posting", "posting_id", where="posting_id IS NOT NULL"),
        partial_index("ix_event_staff", "id", where=ACT_OF_STAFF),
    )
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = required_time()
    mention_key: int | None = Field(default=None, foreign_key="mention.key")
    reply_id: int | None = Field(default=None, foreign_key="reply.id")
    posting_id: int | None = Field(default=None, foreign_key="posting.id")
    what: str = Field(sa_type=Text)
    by: str = Field(sa_type=Text)
    detail: dict[str, Any] | None = Field(default=None, sa_column=json_column())
