"""The first schema."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

from listener.store.dialect import partial_index
from listener.store.migrations.types import text_or_time

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TYPES = {"int": sa.Integer, "bool": sa.Boolean, "float": sa.Float, "json": sa.JSON}
DUE = sa.text("coalesce(due_at, '9999-12-31T23:59:59.999999Z')")
WAITING = "NOT (state NOT IN ('drafted', 'escalated', 'by_hand', 'unconfirmed'))"


def _columns(names: str) -> Iterator[sa.Column[Any]]:
    """Yield columns in this order: `name`, or `name:type=default` unless it is a text; `?`: it may be null."""
    for column in names.split():
        name, _, kind = column.removesuffix("?").partition(":")
        kind, _, default = kind.partition("=")
        type_ = TYPES[kind]() if kind else text_or_time(name)
        yield sa.Column(name, type_, nullable=column.endswith("?"), server_default=default or None)


def _create(name: str, key: str, columns: str, *parts: SchemaItem) -> None:
    """Create a table with its columns, constraints and indexes. key: the names of its primary key."""
    op.create_table(name, *_columns(columns), *parts, sa.PrimaryKeyConstraint(*key.split()))


def upgrade() -> None:
    """Create every table and its indexes; what refers to a table comes after it."""
    _create_mentions()
    _create_people()
    _create_decisions()
    _create_replies()
    _create_reviews()
    _create_events()
    _create_platforms()
    _create_notices()


def _create_mentions() -> None:
    """Create the table of what is said."""
    _create(
        "mention",
        "key",
        "key:int platform id interaction_id conversation_id in_reply_to? text is_html:bool author_id "
        "author_handle? author_name? author_followers:int? lang? url? extra_brand_term? is_addressed:bool "
        "can_reply:bool ineligible_reason? created_at age_start_at seen_at version_id version_at edited_at? "
        "deleted_at? answered_remotely? stage crash_count:int",
        sa.UniqueConstraint("platform", "id", name="uq_mention_id"),
        sa.UniqueConstraint("platform", "interaction_id", name="uq_mention_interaction"),
        sa.Index("ix_mention_author", "platform", "author_id"),
        sa.Index("ix_mention_conversation", "platform", "conversation_id"),
        partial_index("ix_mention_deleted", "deleted_at", where="deleted_at IS NOT NULL"),
        sa.Index("ix_mention_handle", "platform", sa.text("lower(author_handle)")),
        partial_index("ix_mention_kept", "seen_at", where="stage <> 'forgotten'"),
        partial_index("ix_mention_new", "key", where="stage = 'new'"),
        sa.Index("ix_mention_seen", "seen_at"),
        sa.Index("ix_mention_version", "platform", "version_id"),
    )


def _create_people() -> None:
    """Create the tables of what is known and wished of persons."""
    _create(
        "note",
        "id",
        "id:int platform author_id at by text",
        sa.Index("ix_note_author", "platform", "author_id"),
    )
    _create("optout", "platform author_id", "platform author_id at by why?")
    _create("forgotten", "digest", "digest at")


def _create_decisions() -> None:
    """Create the tables of what is decided, and by which policy."""
    _create(
        "policy",
        "hash",
        "hash texts:json first_used_at",
    )
    _create(
        "decision",
        "id",
        "id:int mention_key:int at action kind? rule compound:float lang auto:bool urgency:int signals:json "
        "hits:json policy_hash version",
        sa.ForeignKeyConstraint(["mention_key"], ["mention.key"]),
        sa.Index("ix_decision_mention", "mention_key"),
    )
    _create(
        "sentiment_bucket",
        "platform at",
        "platform at heard:int negative:int",
    )


def _create_replies() -> None:
    """Create the tables of what is answered."""
    _create(
        "reply",
        "id",
        "id:int mention_key:int state revision:int kind? rule text? variant? auto:bool urgency:int claimed_by? "
        "claimed_until? assigned_to? snoozed_until? approved_by? approved_at? created_at changed_at due_at? "
        "not_before? hold? sending_at? sent_at? remote_id? remote_url? error? closed_as? reason? prepared_key? "
        "request:json? attempts:int check_count:int checked_at?",
        sa.ForeignKeyConstraint(["mention_key"], ["mention.key"]),
        *_index_replies(),
    )


def _index_replies() -> Iterator[sa.Index]:
    """Yield the indexes of the table of replies."""
    yield partial_index("ix_reply_automatic", "approved_at", where="approved_by = 'policy'")
    yield partial_index("ix_reply_claimed", "claimed_until", where="claimed_until IS NOT NULL")
    yield sa.Index("ix_reply_created", "created_at")
    yield sa.Index("ix_reply_mention", "mention_key")
    yield sa.Index("ix_reply_queue", "state", DUE, sa.text("urgency DESC"), "id", "created_at")
    yield sa.Index("ix_reply_remote", "remote_id")
    yield sa.Index("ix_reply_sent", "sent_at")
    yield partial_index("ix_reply_snoozed", "snoozed_until", where="snoozed_until IS NOT NULL")
    yield partial_index("ix_reply_waiting", DUE, sa.text("urgency DESC"), "id", "kind", where=WAITING)
    yield partial_index("uq_reply_live", "mention_key", where="state <> 'closed'", unique=True)


def _create_reviews() -> None:
    """Create the tables of what staff decide on replies."""
    _create(
        "approval",
        "id",
        "id:int reply_id:int revision:int by at text automatic:bool revoked_at?",
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"]),
        sa.Index("ix_approval_reply", "reply_id"),
    )
    _create(
        "draft_review",
        "id",
        "id:int reply_id:int kind at by what changed:bool auto:bool=1",
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"]),
        sa.Index("ix_draft_review_kind", "kind", "auto", "id"),
        sa.Index("uq_draft_review_reply", "reply_id", unique=True),
    )
    _create("autonomy", "kind", "kind began_at ended_at? ended_by? why?")


def _create_events() -> None:
    """Create the tables of what happened, and what it cost."""
    _create(
        "event",
        "id",
        "id:int at mention_key:int? reply_id:int? what by detail:json?",
        sa.ForeignKeyConstraint(["mention_key"], ["mention.key"]),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"]),
        sa.Index("ix_event_mention", "mention_key"),
    )
    _create(
        "ledger",
        "id",
        "id:int platform at call resources:int usd:float reply_id:int? key?",
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"]),
        sa.Index("ix_ledger_at", "platform", "at"),
        sa.Index("ix_ledger_key", "platform", "key", unique=True),
        sa.Index("ix_ledger_reply", "reply_id"),
    )
    _create("billed", "platform day unit", "platform day unit")


def _create_platforms() -> None:
    """Create the tables of how listening and sending stand."""
    _create(
        "platform",
        "name",
        "name enabled:bool cursor:json? began_at poll_seconds:float attempt_at? ok_at? failures:int error? "
        "error_do? cause? read_after? send_after? send_stopped_at? send_hold? send_error? send_lost:int=0 "
        "own_posts_read_at?",
    )
    _create("pause", "scope", "scope since until? reason? by")


def _create_notices() -> None:
    """Create the tables of what an operator must know."""
    _create(
        "notice",
        "id",
        "id:int kind platform subject since cleared_at? cleared_by? what do",
        partial_index("uq_notice_open", "kind", "platform", "subject", where="cleared_at IS NULL", unique=True),
    )
    _create(
        "gap",
        "id",
        "id:int platform feed from_id to_id description at notice_id:int?",
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"]),
    )
    _create(
        "quarantine",
        "id",
        "id:int platform mention_id stage error raw at resolved_at?",
        sa.UniqueConstraint("platform", "mention_id", "stage", name="uq_quarantine"),
    )
