"""What is known of a post's surroundings, handles in any case, and how each feed and each stage stands."""

import sqlalchemy as sa
from alembic import op

from listener.store.migrations.types import text_or_time

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns and two tables; existing handles get their folded form."""
    _add_columns()
    _fold_handles()
    op.create_table(
        "feed",
        *_texts("platform", "name"),
        *_status(),
        sa.PrimaryKeyConstraint("platform", "name"),
    )
    op.create_table(
        "stage",
        *_texts("name"),
        *_status(),
        sa.Column("progress_at", text_or_time("progress_at")),
        sa.Column("interval_seconds", sa.Float),
        sa.PrimaryKeyConstraint("name"),
    )


def _add_columns() -> None:
    """Add what mentions and replies did not have."""
    op.add_column("mention", sa.Column("is_private", sa.Boolean, nullable=False, server_default="0"))
    op.add_column("mention", sa.Column("attachments", sa.JSON, nullable=False, server_default="[]"))
    op.add_column("mention", sa.Column("labels", sa.JSON, nullable=False, server_default="[]"))
    op.add_column("mention", sa.Column("handle_key", sa.Text))
    op.add_column("mention", sa.Column("missing_at", text_or_time("missing_at")))
    op.add_column("reply", sa.Column("trouble_count", sa.Integer, nullable=False, server_default="0"))


def _fold_handles() -> None:
    """Give every stored mention its author's handle in the form by which people are found."""
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT key, author_handle FROM mention WHERE author_handle IS NOT NULL"))
    folded = [{"key": row.key, "folded": row.author_handle.strip().lstrip("@").casefold()} for row in rows]
    if folded:
        connection.execute(sa.text("UPDATE mention SET handle_key = :folded WHERE key = :key"), folded)
    op.drop_index("ix_mention_handle", "mention")
    op.create_index("ix_mention_handle", "mention", ["platform", "handle_key"])


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _status() -> list[sa.Column[str] | sa.Column[int]]:
    """Return the columns that say since when something works or fails, why, and until when it waits."""
    optional = [sa.Column(name, text_or_time(name)) for name in ("ok_at", "since", "error", "error_do", "retry_at")]
    return [*optional, sa.Column("failures", sa.Integer, nullable=False)]
