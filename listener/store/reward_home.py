"""Where a pool on a server is known whole; the guard that a file has in its book of rewards.

A server's database is used from several machines, so a book beside it would be on one of them. Each pool instead has a
row that names the very database in which it was last whole, and the transaction that wrote the row. One that was
restored, from a dump or to a point in time, is another database, and rows that were put back into their tables were
written by another transaction: nobody knows which codes were given since, and all that could still go to somebody are
held back until a person has dealt with them.

The database as a whole has such a row, too, from its beginning: a dump may be older than the first pool. After a
restore a pool that is new to it is held back as well: its codes may have been imported, and given, before.
"""

from sqlalchemy import Connection, and_, delete, insert, select

from listener.store.dialect import upsert
from listener.store.tables import coupon, pool_home, reward
from listener.store.value_dialect import is_as_written, is_same_home, read_home, written_by

MARK = "* "  # begins the key of the row for the whole database, which no pool's name does
RESTORED = "restored"  # the home of a pool that came to a database after a restore of it


def begin(connection: Connection) -> None:
    """Mark this database as one that was never restored; its key is new, so that one of a dump stands beside it."""
    home = read_home(connection)
    if home is not None:
        key = MARK + connection.execute(select(written_by())).scalar_one()
        connection.execute(insert(pool_home).values(pool=key, home=home, written_by=written_by()))


def keep(connection: Connection, pool: str) -> None:
    """Name this database as the home of a new pool; after a restore it is held back."""
    home = read_home(connection)
    if home is not None:
        row = {"pool": pool, "home": home if _was_never_restored(connection, home) else RESTORED}
        statement = upsert(connection, pool_home).values({**row, "written_by": written_by()})
        connection.execute(statement.on_conflict_do_nothing(index_elements=["pool"]))


def _was_never_restored(connection: Connection, home: str) -> bool:
    known = connection.execute(select(pool_home.c.pool).where(pool_home.c.pool.startswith(MARK, autoescape=True)))
    marks = set(known.scalars())
    return bool(marks) and marks <= _list_whole(connection, home)


def _list_whole(connection: Connection, home: str) -> set[str]:
    """Return the keys of the rows that this very database wrote."""
    query = select(pool_home.c.pool, pool_home.c.home).where(is_as_written(pool_home))
    return {row.pool for row in connection.execute(query) if is_same_home(row.home, home)}


def renew(connection: Connection, pool: str) -> None:
    """Name this database as the home of a pool: a person has dealt with its coupons after a restore."""
    home = read_home(connection)
    if home is not None:
        changed = {"home": home, "written_by": written_by()}
        statement = upsert(connection, pool_home).values({"pool": pool, **changed})
        connection.execute(statement.on_conflict_do_update(index_elements=["pool"], set_=changed))


def clear(connection: Connection) -> None:
    """Leave no row, so that those of another database can be copied."""
    connection.execute(delete(pool_home))


def move_in(connection: Connection) -> None:
    """Name this database as the home of all pools: they were moved to it whole."""
    clear(connection)
    begin(connection)
    for pool in connection.execute(select(coupon.c.pool).distinct()).scalars().all():
        keep(connection, pool)


def is_frozen(connection: Connection, pool: str) -> bool:
    """Return whether the home of a pool is not this database as it is."""
    home = read_home(connection)
    return home is not None and pool not in _list_whole(connection, home)


def list_loose(connection: Connection, pool: str | None) -> list[tuple[int, str, str]]:
    """List the coupons of this pool, or of all (None), if it is frozen, that are not known to be out or void.

    Each as its reward (0: none), pool and digest.
    """
    home = read_home(connection)
    if home is None or (pool is not None and not is_frozen(connection, pool)):
        return []
    is_whole = coupon.c.pool.in_(_list_whole(connection, home))
    live = and_(reward.c.coupon_id == coupon.c.id, reward.c.released_at.is_(None))
    query = select(reward.c.id, coupon.c.pool, coupon.c.digest).select_from(coupon.outerjoin(reward, live))
    query = query.where(~is_whole, coupon.c.void_at.is_(None), reward.c.out_at.is_(None))
    query = query if pool is None else query.where(coupon.c.pool == pool)
    return [(row.id or 0, row.pool, row.digest) for row in connection.execute(query.order_by(coupon.c.id))]


def is_code_frozen(connection: Connection, digest: str) -> bool:
    """Return whether a code is of a pool that is frozen."""
    pool = connection.execute(select(coupon.c.pool).where(coupon.c.digest == digest)).scalar_one_or_none()
    return pool is not None and is_frozen(connection, pool)
