"""What was billed today outlives a restart; a post is charged once, by its key; until when own posts were read."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table `billed`, the ledger's key, and to a platform its lost answers and when its own posts were read."""
    op.add_column("platform", sa.Column("send_lost", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("platform", sa.Column("watched_at", sa.Text(), nullable=True))
    op.create_table(
        "billed",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "day", "unit"),
    )
    op.add_column("ledger", sa.Column("key", sa.Text(), nullable=True))
    op.create_index("ix_ledger_key", "ledger", ["platform", "key"], unique=True)
