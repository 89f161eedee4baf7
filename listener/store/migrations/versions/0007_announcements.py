"""Announcements and their postings; approvals and events belong to a reply or to a posting."""

import sqlalchemy as sa
from alembic import op

from listener.store.dialect import is_postgresql, partial_index
from listener.store.migrations.types import text_or_time

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OPTIONAL = (
    *("approved_by", "approved_at", "not_before", "hold", "sending_at", "sent_at", "remote_id", "remote_url", "error"),
    *("closed_as", "reason", "prepared_key"),
)
APPROVAL = ("id", "reply_id", "revision", "by", "at", "text", "automatic", "revoked_at")


def upgrade() -> None:
    """Create the tables; let approvals and events name a posting."""
    op.create_table("announcement", sa.Column("id", sa.Integer, primary_key=True), *_texts("text", "by", "created_at"))
    op.create_table(
        "posting",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("announcement_id", sa.Integer, sa.ForeignKey("announcement.id"), nullable=False),
        *_texts("platform", "at", "state", "created_at", "changed_at"),
        *(sa.Column(name, text_or_time(name)) for name in (*OPTIONAL, "checked_at")),
        sa.Column("request", sa.JSON),
        *_required(sa.Integer, "revision", "attempts", "check_count", "trouble_count"),
        sa.UniqueConstraint("announcement_id", "platform", name="uq_posting_platform"),
    )
    op.create_index("ix_posting_state", "posting", ["state", "platform", "at"])
    op.create_index("ix_posting_remote", "posting", ["remote_id"])
    _add_posting("event")
    if is_postgresql(op.get_bind()):
        op.alter_column("approval", "reply_id", nullable=True)
        _add_posting("approval")
    else:
        _rebuild_approvals()


def _add_posting(table: str) -> None:
    kind = sa.Integer().compile(dialect=op.get_bind().dialect)
    op.execute(f"ALTER TABLE {table} ADD COLUMN posting_id {kind} REFERENCES posting (id)")
    _index_postings(table)


def _rebuild_approvals() -> None:
    """Make reply_id optional: SQLite changes no column, so the table is made anew."""
    op.create_table(
        "approval_new",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("reply_id", sa.Integer, sa.ForeignKey("reply.id")),
        sa.Column("posting_id", sa.Integer, sa.ForeignKey("posting.id")),
        *_required(sa.Integer, "revision"),
        *_texts("by", "at", "text"),
        *_required(sa.Boolean, "automatic"),
        sa.Column("revoked_at", text_or_time("revoked_at")),
    )
    old, new = (sa.table(name, *map(sa.column, APPROVAL)) for name in ("approval", "approval_new"))
    op.execute(new.insert().from_select(APPROVAL, sa.select(*old.c)))
    op.drop_table("approval")
    op.rename_table("approval_new", "approval")
    op.create_index("ix_approval_reply", "approval", ["reply_id"])
    _index_postings("approval")


def _index_postings(table: str) -> None:
    index = partial_index(f"ix_{table}_posting", "posting_id", where="posting_id IS NOT NULL")
    sa.Table(table, sa.MetaData(), sa.Column("posting_id", sa.Integer), index)
    index.create(op.get_bind())


def _texts(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, text_or_time(name), nullable=False) for name in names]


def _required(kind: type[sa.Integer | sa.Boolean], *names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, kind, nullable=False) for name in names]
