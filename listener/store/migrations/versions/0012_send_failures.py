"""The count of failed sends in a row bears the name of what it counts."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rename the column, which both databases do in place."""
    op.execute("ALTER TABLE platform RENAME COLUMN send_lost TO send_failures")
