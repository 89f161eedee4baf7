"""Who makes a call, under which lease, in the row of what it sends; on a server, the daemons that share it."""

import sqlalchemy as sa
from alembic import op

from listener.store.dialect import is_postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

DAEMON = """CREATE TABLE IF NOT EXISTS daemon (name text PRIMARY KEY, version text NOT NULL, schema bigint NOT NULL,
            started_at timestamptz NOT NULL, seen_at timestamptz NOT NULL, parts text NOT NULL, clock_ahead float8)"""


def upgrade() -> None:
    """Add the columns; what is being sent just now has none, and is looked for as before."""
    for table in ("reply", "posting", "act"):
        op.add_column(table, sa.Column("sending_by", sa.Text))
        op.add_column(table, sa.Column("sending_epoch", sa.Integer))
    if is_postgresql(op.get_bind()):
        op.execute(DAEMON)
