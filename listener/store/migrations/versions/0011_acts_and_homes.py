"""How long an act of applause waits before it is done; what tells the rows of a server from the same ones restored."""

import sqlalchemy as sa
from alembic import op

from listener.store import reward_home
from listener.store.value_dialect import is_same_home, read_home, written_by

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
HOME = sa.table("pool_home", *map(sa.column, ("pool", "home", "written_by")))


def upgrade() -> None:
    """Add the columns; what waits just now keeps the time that the desk has set."""
    op.add_column("act", sa.Column("undo_seconds", sa.Float))
    op.add_column("pool_home", sa.Column("written_by", sa.Text))
    connection = op.get_bind()
    home = read_home(connection)
    if home is None:
        return
    homes = {row.pool: row.home for row in connection.execute(sa.select(HOME.c.pool, HOME.c.home))}
    whole = [pool for pool in homes if is_same_home(homes[pool], home)]  # whoever kept it may have known less, or more
    connection.execute(sa.update(HOME).where(HOME.c.pool.in_(whole)).values(written_by=written_by()))
    if len(whole) == len(homes):
        reward_home.begin(connection)
