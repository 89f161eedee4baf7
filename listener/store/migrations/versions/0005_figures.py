"""Indexes for a queue, a log and figures of any size; who was forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0001"
branch_labels = None
depends_on = None

DUE = "coalesce(due_at, '9999-12-31T23:59:59.999999Z')"
WAITS = "NOT (state NOT IN ('drafted', 'escalated', 'by_hand', 'unknown'))"


def upgrade() -> None:
    """Order the queue by an index, find a time without reading every mention."""
    op.drop_index("ix_reply_queue", "reply")
    op.create_index("ix_reply_queue", "reply", ["state", sa.text(DUE), sa.text("urgency DESC"), "id", "created_at"])
    op.create_index(
        "ix_reply_waiting", "reply", [sa.text(DUE), sa.text("urgency DESC"), "id", "kind"], sqlite_where=sa.text(WAITS)
    )
    op.create_index("ix_mention_seen", "mention", ["seen_at"])
    op.create_index("ix_mention_kept", "mention", ["seen_at"], sqlite_where=sa.text("stage <> 'forgotten'"))
    op.create_index("ix_mention_gone", "mention", ["gone_at"], sqlite_where=sa.text("gone_at IS NOT NULL"))
    op.create_table(
        "forgotten",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
