"""An approval that was taken back says so itself, so that one of two names can stand while a reply is still drafted."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Until now an approval stood when it was of the reply's revision and of the very moment kept there.
TAKEN_BACK = """
UPDATE approval SET taken_back_at = at WHERE NOT EXISTS (
    SELECT 1 FROM reply WHERE reply.id = approval.reply_id
    AND reply.revision = approval.revision AND reply.approved_at = approval.at)
"""


def upgrade() -> None:
    """Add the column, and fill it for what was taken back before."""
    op.add_column("approval", sa.Column("taken_back_at", sa.Text(), nullable=True))
    op.execute(TAKEN_BACK)
