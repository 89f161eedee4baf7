"""Where a pool on a server is known whole; the guard that a file has in its book of rewards.

A server's database is used from several machines, so a book beside it would be on one of them. Each pool instead names
the very database in which it was last whole. One that was restored, from a dump or to a point in time, is another
one: nobody knows which codes were given since, and all that could still go to somebody are held back until a person
has dealt with them.
"""

from sqlalchemy import Connection, and_, delete, select

from listener.store.dialect import upsert
from listener.store.tables import coupon, pool_home, reward
from listener.store.value_dialect import is_same_home, read_home


def keep(connection: Connection, pool: str) -> None:
    """Name this database as the home of a new pool; while another pool is frozen, the new one is too."""
    home = read_home(connection)
    if home is None:
        return
    others = _find_others(connection, home)
    values = {"pool": pool, "home": next(iter(others.values()), home)}
    connection.execute(upsert(connection, pool_home).values(values).on_conflict_do_nothing(index_elements=["pool"]))


def renew(connection: Connection, pool: str) -> None:
    """Name this database as the home of a pool: a person has dealt with its coupons after a restore."""
    home = read_home(connection)
    if home is not None:
        statement = upsert(connection, pool_home).values({"pool": pool, "home": home})
        connection.execute(statement.on_conflict_do_update(index_elements=["pool"], set_={"home": home}))


def move_in(connection: Connection) -> None:
    """Name this database as the home of all pools: they were moved to it whole."""
    connection.execute(delete(pool_home))
    for pool in connection.execute(select(coupon.c.pool).distinct()).scalars().all():
        keep(connection, pool)


def list_frozen(connection: Connection) -> set[str]:
    """Return the pools whose home is another database: this one was restored since."""
    home = read_home(connection)
    return set() if home is None else set(_find_others(connection, home))


def _find_others(connection: Connection, home: str) -> dict[str, str]:
    """Map the pools that are at home in another database to that."""
    rows = connection.execute(select(pool_home.c.pool, pool_home.c.home))
    return {row.pool: row.home for row in rows if not is_same_home(row.home, home)}


def list_loose(connection: Connection, pools: set[str]) -> list[tuple[int, str, str]]:
    """List the coupons of these pools that are not known to be out or void, as reward (0: none), pool and digest."""
    live = and_(reward.c.coupon_id == coupon.c.id, reward.c.released_at.is_(None))
    query = select(reward.c.id, coupon.c.pool, coupon.c.digest).select_from(coupon.outerjoin(reward, live))
    query = query.where(coupon.c.pool.in_(pools), coupon.c.void_at.is_(None), reward.c.out_at.is_(None))
    return [(row.id or 0, row.pool, row.digest) for row in connection.execute(query.order_by(coupon.c.id))]


def is_frozen(connection: Connection, digest: str) -> bool:
    """Return whether a code is of a pool that is frozen."""
    pool = connection.execute(select(coupon.c.pool).where(coupon.c.digest == digest)).scalar_one_or_none()
    return pool in list_frozen(connection)
