"""What a decision rests on has a table of its own: its rows go whole when erased, and leave room for others."""

import sqlalchemy as sa
from alembic import op

from listener.store.dialect import is_postgresql, overwrite_freed

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
MOVED = ("signals", "hits")


def upgrade() -> None:
    """Move what is not erased yet, oldest first, and write `decision` anew without it.

    A dropped column alone would leave its room, and on a server its words, in rows that stay for good.
    """
    connection = op.get_bind()
    overwrite_freed(connection)
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
    with op.batch_alter_table("decision") as batch:  # on SQLite a table is made anew
        for name in MOVED:
            batch.drop_column(name)
    if is_postgresql(connection):
        op.execute("CLUSTER decision USING decision_pkey")
