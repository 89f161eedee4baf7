"""The first schema. Times are UTC text on SQLite, see UtcTime in tables.py."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _columns(kind: type[Any], names: str, **options: Any) -> Iterator[sa.Column[Any]]:
    """Yield columns of one type, in this order; a name that ends with `?` may be null."""
    for name in names.split():
        yield sa.Column(name.removesuffix("?"), kind(), nullable=name.endswith("?"), **options)


def upgrade() -> None:
    """Create every table and its indexes; what refers to a table comes after it."""
    _autonomy()
    _billed()
    _forgotten()
    _mention()
    _note()
    _notice()
    _optout()
    _pause()
    _platform()
    _policy()
    _quarantine()
    _sentiment_bucket()
    _decision()
    _gap()
    _reply()
    _approval()
    _draft_review()
    _event()
    _ledger()


def _autonomy() -> None:
    op.create_table(
        "autonomy",
        *_columns(sa.Text, "kind began_at ended_at? ended_by? why?"),
        sa.PrimaryKeyConstraint("kind"),
    )


def _billed() -> None:
    op.create_table(
        "billed",
        *_columns(sa.Text, "platform day unit"),
        sa.PrimaryKeyConstraint("platform", "day", "unit"),
    )


def _forgotten() -> None:
    op.create_table(
        "forgotten",
        *_columns(sa.Text, "digest at"),
        sa.PrimaryKeyConstraint("digest"),
    )


def _mention() -> None:
    op.create_table(
        "mention",
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
        sa.PrimaryKeyConstraint("key"),
        sa.UniqueConstraint("platform", "id", name="uq_mention_id"),
        sa.UniqueConstraint("platform", "interaction_id", name="uq_mention_interaction"),
    )
    op.create_index("ix_mention_author", "mention", ["platform", "author_id"])
    op.create_index("ix_mention_conversation", "mention", ["platform", "conversation_id"])
    op.create_index("ix_mention_deleted", "mention", ["deleted_at"], sqlite_where=sa.text("deleted_at IS NOT NULL"))
    op.create_index("ix_mention_handle", "mention", ["platform", sa.text("lower(author_handle)")])
    op.create_index("ix_mention_kept", "mention", ["seen_at"], sqlite_where=sa.text("stage <> 'forgotten'"))
    op.create_index("ix_mention_new", "mention", ["key"], sqlite_where=sa.text("stage = 'new'"))
    op.create_index("ix_mention_seen", "mention", ["seen_at"])
    op.create_index("ix_mention_version", "mention", ["platform", "version_id"])


def _note() -> None:
    op.create_table(
        "note",
        *_columns(sa.Integer, "id"),
        *_columns(sa.Text, "platform author_id at by text"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_note_author", "note", ["platform", "author_id"])


def _notice() -> None:
    op.create_table(
        "notice",
        *_columns(sa.Integer, "id"),
        *_columns(sa.Text, "kind platform subject since cleared_at? cleared_by? what do"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "uq_notice_open",
        "notice",
        ["kind", "platform", "subject"],
        unique=True,
        sqlite_where=sa.text("cleared_at IS NULL"),
    )


def _optout() -> None:
    op.create_table(
        "optout",
        *_columns(sa.Text, "platform author_id at by why?"),
        sa.PrimaryKeyConstraint("platform", "author_id"),
    )


def _pause() -> None:
    op.create_table(
        "pause",
        *_columns(sa.Text, "scope since until? reason? by"),
        sa.PrimaryKeyConstraint("scope"),
    )


def _platform() -> None:
    op.create_table(
        "platform",
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
        sa.PrimaryKeyConstraint("name"),
    )


def _policy() -> None:
    op.create_table(
        "policy",
        *_columns(sa.Text, "hash"),
        *_columns(sa.JSON, "texts"),
        *_columns(sa.Text, "first_used_at"),
        sa.PrimaryKeyConstraint("hash"),
    )


def _quarantine() -> None:
    op.create_table(
        "quarantine",
        *_columns(sa.Integer, "id"),
        *_columns(sa.Text, "platform mention_id stage error raw at resolved_at?"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("platform", "mention_id", "stage", name="uq_quarantine"),
    )


def _sentiment_bucket() -> None:
    op.create_table(
        "sentiment_bucket",
        *_columns(sa.Text, "platform at"),
        *_columns(sa.Integer, "heard negative"),
        sa.PrimaryKeyConstraint("platform", "at"),
    )


def _decision() -> None:
    op.create_table(
        "decision",
        *_columns(sa.Integer, "id mention_key"),
        *_columns(sa.Text, "at action kind? rule"),
        *_columns(sa.Float, "compound"),
        *_columns(sa.Text, "lang"),
        *_columns(sa.Boolean, "auto"),
        *_columns(sa.Integer, "urgency"),
        *_columns(sa.JSON, "signals hits"),
        *_columns(sa.Text, "policy_hash version"),
        sa.ForeignKeyConstraint(["mention_key"], ["mention.key"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_decision_mention", "decision", ["mention_key"])


def _gap() -> None:
    op.create_table(
        "gap",
        *_columns(sa.Integer, "id"),
        *_columns(sa.Text, "platform feed from_id to_id description at"),
        *_columns(sa.Integer, "notice_id?"),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"]),
        sa.PrimaryKeyConstraint("id"),
    )


def _reply() -> None:
    op.create_table(
        "reply",
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
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_reply_automatic", "reply", ["approved_at"], sqlite_where=sa.text("approved_by = 'policy'"))
    op.create_index("ix_reply_claimed", "reply", ["claimed_until"], sqlite_where=sa.text("claimed_until IS NOT NULL"))
    op.create_index("ix_reply_created", "reply", ["created_at"])
    op.create_index("ix_reply_mention", "reply", ["mention_key"])
    op.create_index(
        "ix_reply_queue",
        "reply",
        [
            "state",
            sa.text("coalesce(due_at, '9999-12-31T23:59:59.999999Z')"),
            sa.text("urgency DESC"),
            "id",
            "created_at",
        ],
    )
    op.create_index("ix_reply_remote", "reply", ["remote_id"])
    op.create_index("ix_reply_sent", "reply", ["sent_at"])
    op.create_index("ix_reply_snoozed", "reply", ["snoozed_until"], sqlite_where=sa.text("snoozed_until IS NOT NULL"))
    op.create_index(
        "ix_reply_waiting",
        "reply",
        [sa.text("coalesce(due_at, '9999-12-31T23:59:59.999999Z')"), sa.text("urgency DESC"), "id", "kind"],
        sqlite_where=sa.text("NOT (state NOT IN ('drafted', 'escalated', 'by_hand', 'unconfirmed'))"),
    )
    op.create_index("uq_reply_live", "reply", ["mention_key"], unique=True, sqlite_where=sa.text("state <> 'closed'"))


def _approval() -> None:
    op.create_table(
        "approval",
        *_columns(sa.Integer, "id reply_id revision"),
        *_columns(sa.Text, "by at text"),
        *_columns(sa.Boolean, "automatic"),
        *_columns(sa.Text, "revoked_at?"),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_approval_reply", "approval", ["reply_id"])


def _draft_review() -> None:
    op.create_table(
        "draft_review",
        *_columns(sa.Integer, "id reply_id"),
        *_columns(sa.Text, "kind at by what"),
        *_columns(sa.Boolean, "changed"),
        *_columns(sa.Boolean, "auto", server_default="1"),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_draft_review_kind", "draft_review", ["kind", "auto", "id"])
    op.create_index("uq_draft_review_reply", "draft_review", ["reply_id"], unique=True)


def _event() -> None:
    op.create_table(
        "event",
        *_columns(sa.Integer, "id"),
        *_columns(sa.Text, "at"),
        *_columns(sa.Integer, "mention_key? reply_id?"),
        *_columns(sa.Text, "what by"),
        *_columns(sa.JSON, "detail?"),
        sa.ForeignKeyConstraint(["mention_key"], ["mention.key"]),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_event_mention", "event", ["mention_key"])


def _ledger() -> None:
    op.create_table(
        "ledger",
        *_columns(sa.Integer, "id"),
        *_columns(sa.Text, "platform at call"),
        *_columns(sa.Integer, "resources"),
        *_columns(sa.Float, "usd"),
        *_columns(sa.Integer, "reply_id?"),
        *_columns(sa.Text, "key?"),
        sa.ForeignKeyConstraint(["reply_id"], ["reply.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_ledger_at", "ledger", ["platform", "at"])
    op.create_index("ix_ledger_key", "ledger", ["platform", "key"], unique=True)
    op.create_index("ix_ledger_reply", "ledger", ["reply_id"])
