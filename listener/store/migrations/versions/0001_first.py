"""The first schema. Times are UTC text on SQLite, see UtcTime in dialect.py."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

from listener.store.dialect import partial_index

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DUE = sa.text("coalesce(due_at, '9999-12-31T23:59:59.999999Z')")
WAITING = "NOT (state NOT IN ('drafted', 'escalated', 'by_hand', 'unconfirmed'))"


def _columns(kind: type[Any], names: str, **options: Any) -> Iterator[sa.Column[Any]]:
    """Yield columns of one type, in this order; a name that ends with `?` may be null."""
    for name in names.split():
        yield sa.Column(name.removesuffix("?"), kind(), nullable=name.endswith("?"), **options)


def _create(name: str, key: str, *parts: SchemaItem) -> None:
    """Create a table with its columns, constraints and indexes. key: the names of its primary key."""
    op.create_table(name, *parts, sa.PrimaryKeyConstraint(*key.split()))


def upgrade() -> None:
    """Create every table and its indexes; what refers to a table comes after it."""
    _create_mentions()
    _create_decisions()
    _create_replies()
    _create_reviews()
    _create_events()
    _create_operations()


def _create_mentions() -> None:
    """Create the tables of what is said and by whom."""
    _create(
        "mention",
        "key",
        *_columns(sa.Integer, "key"),
        *_columns(sa.Text, "platform id interaction_id conversation_id in_reply_to? text"),
        *_columns(sa.Boolean, "is_html"),
        *_columns(sa.Text, "author_id author_handle? author_name?"),
        *_columns(sa.Integer, "author_followers?"),
        *_columns(sa.Text, "lang? url? extra_brand_term?"),
        *_columns(sa.Boolean, "is_addressed can_reply"),
        *_columns(sa.Text, "ineligible_reason? created_at age_start_at seen_at version_id version_at edited_at?"),
        *_columns(sa.Text, "deleted_at? answered_remotely? stage"),
        *_columns(sa.Integer, "crash_count"),
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
    _create(
        "note",
        "id",
        *_columns(sa.Integer, "id"),
        *_columns(sa.Text, "platform author_id at by text"),
        sa.Index("ix_note_author", "platform", "author_id"),
    )
    _create("optout", "platform author_id", *_columns(sa.Text, "platform author_id at by why?"))
    _create("forgotten", "digest", *_columns(sa.Text, "digest at"))


def _create_decisions() -> None:
    """Create the tables of what is decided, and by which policy."""
    _create(
        "policy",
        "hash",
        *_columns(sa.Text, "hash"),
        *_columns(sa.JSON, "texts"),
        *_columns(sa.Text, "first_used_at"),
    )
    _create(
        "decision",
        "id",
        *_columns(sa.Integer, "id mention_key"),
        *_columns(sa.Text, "at action kind? rule"),
        *_columns(sa.Float, "compound"),
        *_columns(sa.Text, "lang"),
        *_columns(sa.Boolean, "auto"),
        *_columns(sa.Integer, "urgency"),
        *_columns(sa.JSON, "signals hits"),
        *_columns(sa.Text, "policy_hash version"),
        sa.ForeignKeyConstraint(["mention_key"], ["mention.key"]),
        sa.Index("ix_decision_mention", "mention_key"),
    )
    _create(
        "sentiment_bucket",
        "platform at",
        *_columns(sa.Text, "platform at"),
        *_columns(sa.Integer, "heard negative"),
    )


def _create_replies() -> None:
    """Create the tables of what is answered."""
    _create(
        "reply",
        "id",
        *_columns(sa.Integer, "id mention_key"),
        *_columns(sa.Text, "state"),
        *_columns(sa.Integer, "revision"),
        *_columns(sa.Text, "kind? rule text? variant?"),
        *_columns(sa.Boolean, "auto"),
        *_columns(sa.Integer, "urgency"),
        *_columns(sa.Text, "claimed_by? claimed_until? assigned_to? snoozed_until? approved_by? approved_at?"),
        *_columns(sa.Text, "created_at changed_at due_at? not_before? hold? sending_at? sent_at? remote_id?"),
        *_columns(sa.Text, "remote_url? error? closed_as? reason? prepared_key?"),
        *_columns(sa.JSON, "request?"),
        *_columns(sa.Integer, "attempts check_count"),
        *_columns(sa.Text, "checked_at?"),
        sa.ForeignKeyConstraint(["mention_key"], ["mention.key"]),
        partial_index("ix_reply_automatic", "approved_at", where="approved_by = 'policy'"),
        partial_index("ix_reply_claimed", "claimed_until", where="claimed_until IS NOT NULL"),
        sa.Index("ix_reply_created", "created_at"),
        sa.Index("ix_reply_mention", "mention_key"),
        sa.Index("ix_reply_queue", "state", DUE, sa.text("urgency DESC"), "id", "created_at"),
        sa.Index("ix_reply_remote", "remote_id"),
        sa.Index("ix_reply_sent", "sent_at"),
        partial_index("ix_reply_snoozed", "snoozed_until", where="snoozed_until IS NOT NULL"),
        partial_index(
            "ix_reply_waiting",
            DUE,
            sa.text("urgency DESC"),
            "id",
            "kind",
            where=WAITING,
        ),
        partial_index("uq_reply_live", "mention_key", where="state <> 'closed'", unique=True),
    )


def _create_reviews() -> None:
    """Create the tables of what staff decide on replies."""
    _create(
        "approval",
        "id",
        *_columns(sa.Integer, "id reply_id revision"),
        *_columns(sa.Text, "by at text"),
        *_columns(sa.Boolean, "automatic"),
        *_columns(sa.Text, "revoked_at?"),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"]),
        sa.Index("ix_approval_reply", "reply_id"),
    )
    _create(
        "draft_review",
        "id",
        *_columns(sa.Integer, "id reply_id"),
        *_columns(sa.Text, "kind at by what"),
        *_columns(sa.Boolean, "changed"),
        *_columns(sa.Boolean, "auto", server_default="1"),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"]),
        sa.Index("ix_draft_review_kind", "kind", "auto", "id"),
        sa.Index("uq_draft_review_reply", "reply_id", unique=True),
    )
    _create("autonomy", "kind", *_columns(sa.Text, "kind began_at ended_at? ended_by? why?"))


def _create_events() -> None:
    """Create the tables of what happened, and what it cost."""
    _create(
        "event",
        "id",
        *_columns(sa.Integer, "id"),
        *_columns(sa.Text, "at"),
        *_columns(sa.Integer, "mention_key? reply_id?"),
        *_columns(sa.Text, "what by"),
        *_columns(sa.JSON, "detail?"),
        sa.ForeignKeyConstraint(["mention_key"], ["mention.key"]),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"]),
        sa.Index("ix_event_mention", "mention_key"),
    )
    _create(
        "ledger",
        "id",
        *_columns(sa.Integer, "id"),
        *_columns(sa.Text, "platform at call"),
        *_columns(sa.Integer, "resources"),
        *_columns(sa.Float, "usd"),
        *_columns(sa.Integer, "reply_id?"),
        *_columns(sa.Text, "key?"),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"]),
        sa.Index("ix_ledger_at", "platform", "at"),
        sa.Index("ix_ledger_key", "platform", "key", unique=True),
        sa.Index("ix_ledger_reply", "reply_id"),
    )
    _create("billed", "platform day unit", *_columns(sa.Text, "platform day unit"))


def _create_operations() -> None:
    """Create the tables of how listening and sending stand."""
    _create(
        "platform",
        "name",
        *_columns(sa.Text, "name"),
        *_columns(sa.Boolean, "enabled"),
        *_columns(sa.JSON, "cursor?"),
        *_columns(sa.Text, "began_at"),
        *_columns(sa.Float, "poll_seconds"),
        *_columns(sa.Text, "attempt_at? ok_at?"),
        *_columns(sa.Integer, "failures"),
        *_columns(sa.Text, "error? error_do? cause? read_after? send_after? send_stopped_at? send_hold?"),
        *_columns(sa.Text, "send_error?"),
        *_columns(sa.Integer, "send_lost", server_default="0"),
        *_columns(sa.Text, "own_posts_read_at?"),
    )
    _create("pause", "scope", *_columns(sa.Text, "scope since until? reason? by"))
    _create(
        "notice",
        "id",
        *_columns(sa.Integer, "id"),
        *_columns(sa.Text, "kind platform subject since cleared_at? cleared_by? what do"),
        partial_index("uq_notice_open", "kind", "platform", "subject", where="cleared_at IS NULL", unique=True),
    )
    _create(
        "gap",
        "id",
        *_columns(sa.Integer, "id"),
        *_columns(sa.Text, "platform feed from_id to_id description at"),
        *_columns(sa.Integer, "notice_id?"),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"]),
    )
    _create(
        "quarantine",
        "id",
        *_columns(sa.Integer, "id"),
        *_columns(sa.Text, "platform mention_id stage error raw at resolved_at?"),
        sa.UniqueConstraint("platform", "mention_id", "stage", name="uq_quarantine"),
    )
