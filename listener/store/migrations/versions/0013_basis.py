"""What a decision rests on has a table of its own: its rows go whole when erased, and leave room for others."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
MOVED = ("signals", "hits")


def upgrade() -> None:
    """Move what is not erased yet, oldest first, then drop the columns, which makes the rows of `decision` dense."""
    op.create_table(
        "basis",
        sa.Column("decision_id", sa.Integer, sa.ForeignKey("decision.id"), primary_key=True),
        sa.Column("signals", sa.JSON, nullable=False),
        sa.Column("hits", sa.JSON, nullable=False),
    )
    op.execute(
        "INSERT INTO basis (decision_id, signals, hits) SELECT id, signals, hits FROM decision"
        " WHERE CAST(signals AS text) <> '{}' OR CAST(hits AS text) <> '[]' ORDER BY id"
    )
    for name in MOVED:
        op.drop_column("decision", name)
