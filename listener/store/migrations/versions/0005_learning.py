"""What the second reader learned from staff, and the weights that each decision was made with."""

import sqlalchemy as sa
from alembic import op

from listener.store.migrations.types import text_or_time

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXTS = ("at", "by", "base", "state")
NUMBERS = ("revision", "decisions")
DATA = ("measures", "bias", "features", "authors")


def upgrade() -> None:
    """Create the table of learned weights; decisions made so far used the shipped ones."""
    op.create_table(
        "reader_weights",
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(name, text_or_time(name), nullable=False) for name in TEXTS),
        *(sa.Column(name, sa.Integer, nullable=False) for name in NUMBERS),
        *(sa.Column(name, sa.JSON, nullable=False) for name in DATA),
    )
    op.add_column("decision", sa.Column("weights_id", sa.Integer))
