"""How long an act of applause waits before it is done, until the sender has begun to count."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what waits just now keeps the time that the desk has set."""
    op.add_column("act", sa.Column("undo_seconds", sa.Float))
