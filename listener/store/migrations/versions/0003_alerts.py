"""Messages to people about what they should know, and an index that finds the last act of staff."""

import sqlalchemy as sa
from alembic import op

from listener.store.dialect import partial_index
from listener.store.migrations.types import text_or_time

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXTS = ("channel", "kind", "platform", "subject", "event", "severity", "what", "do", "created_at")
OPTIONAL = ("not_before", "error", "sent_at", "dropped_at")
BY_MACHINES = "('author', 'outbox', 'poll', 'policy', 'upkeep')"


def upgrade() -> None:
    """Create the table of alerts."""
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(name, text_or_time(name), nullable=False) for name in TEXTS),
        *(sa.Column(name, text_or_time(name)) for name in OPTIONAL),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Index("ix_alert_cause", "channel", "kind", "platform", "subject", "id"),
        partial_index("ix_alert_due", "channel", "id", where="sent_at IS NULL AND dropped_at IS NULL"),
    )
    by_staff = partial_index("ix_event_staff", "id", where=f"by NOT IN {BY_MACHINES}")
    sa.Table("event", sa.MetaData(), sa.Column("id", sa.Integer), by_staff)
    by_staff.create(op.get_bind())
