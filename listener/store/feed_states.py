"""How each feed of a platform stands: when it was last read, and why it is not read now."""

from functools import cache

from sqlalchemy import Connection, Executable, bindparam, delete, select

from listener.store.dialect import upsert
from listener.store.loading import columns, load_all
from listener.store.operation_records import FeedState
from listener.store.tables import feed


def list_feeds(connection: Connection, platform: str) -> list[FeedState]:
    """List the feeds of a platform that were ever tried, by name."""
    return load_all(FeedState, connection.execute(_select_feeds(), {"on": platform}))


@cache
def _select_feeds() -> Executable:
    return select(*columns(FeedState, feed)).where(feed.c.platform == bindparam("on")).order_by(feed.c.name)


def record_feed(connection: Connection, platform: str, name: str, **changes: object) -> None:
    """Change columns of a feed's row; a feed that was never tried gets one."""
    row = upsert(connection, feed).values(platform=platform, name=name, **{"failures": 0, **changes})
    connection.execute(row.on_conflict_do_update(index_elements=["platform", "name"], set_=changes))


def forget_feed(connection: Connection, platform: str, name: str) -> None:
    """Remove a feed that is no longer read."""
    connection.execute(delete(feed).where(feed.c.platform == platform, feed.c.name == name))
