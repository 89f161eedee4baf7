"""What was billed today is remembered across restarts; a post is charged once, under its key."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table `billed` and the ledger's key."""
    op.create_table(
        "billed",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "day", "unit"),
    )
    op.add_column("ledger", sa.Column("key", sa.Text(), nullable=True))
    op.create_index("ix_ledger_key", "ledger", ["platform", "key"], unique=True)
