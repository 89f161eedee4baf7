"""Read across nouns: the exchange log, and the ages and counts that `status` shows."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, Table, column, func, or_, select, table

from listener.model import Json
from listener.store.dialect import UtcTime
from listener.store.people import Person
from listener.store.states import WAITING
from listener.store.tables import mention, reply

SHOWN = (
    "platform", "mention_id", "author", "mention_text", "mentioned_at", "seen_at", "compound", "lang", "decision",
    "kind", "rule", "reply_id", "state", "reply_text", "remote_id", "approved_by", "approved_at", "sent_at", "cost_usd",
)  # fmt: skip
TIMES = {"mentioned_at", "seen_at", "approved_at", "sent_at"}
_columns = [column(name, UtcTime) if name in TIMES else column(name) for name in SHOWN]
exchange: Table = table("exchange", *_columns, column("mention_key"), column("author_id"))  # type: ignore[assignment]


def read_exchanges(
    connection: Connection,
    *,
    since: datetime | None = None,
    person: Person | None = None,
    after: int | None = None,
    limit: int | None = 50,
) -> Iterator[Json]:
    """Read the exchange log in the order of reading, with the fields of SHOWN. after: the last mention's key before."""
    order = (exchange.c.seen_at, exchange.c.mention_key)
    query = select(*[exchange.c[name] for name in SHOWN]).order_by(*order).limit(limit)
    if since is not None:
        query = query.where(exchange.c.seen_at >= since)
    if person is not None:
        query = query.where(exchange.c.platform == person[0], exchange.c.author_id == person[1])
    if after is not None:
        seen = connection.execute(select(mention.c.seen_at).where(mention.c.key == after)).scalar_one()
        later = or_(exchange.c.seen_at > seen, exchange.c.mention_key > after)
        query = query.where(exchange.c.seen_at >= seen, later)
    return (dict(row._mapping) for row in connection.execute(query))


def oldest_waiting(connection: Connection) -> datetime | None:
    """Return since when the oldest reply has waited for a person, or None."""
    return connection.execute(
        select(func.min(reply.c.created_at)).where(reply.c.state.in_(WAITING))
    ).scalar_one_or_none()


def count_undecided(connection: Connection) -> int:
    """Count the mentions that wait to be decided."""
    return connection.execute(select(func.count()).where(mention.c.stage == "new")).scalar_one()
