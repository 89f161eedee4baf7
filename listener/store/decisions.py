"""Decisions, and what they rest on, which is erased with the words while the decision stays.

The two have tables of their own: the rows of a basis go whole, oldest first, so that a file uses their pages again. A
row that merely shrinks leaves room that SQLite gives to no other row of a later day.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Connection, Select, delete, func, literal_column, select

from listener.model import Mention
from listener.store import loading
from listener.store.driver import insert_rows, take_keys
from listener.store.loading import Data, load, names
from listener.store.records import StoredDecision
from listener.store.tables import basis, decision, mention

other = decision.alias("other_decision")
is_latest = decision.c.id == (
    select(func.max(other.c.id)).where(other.c.mention_key == mention.c.key).scalar_subquery()
)  # the decision on a mention that counts
ERASABLE = {"signals": "'{}'", "hits": "'[]'"}  # the columns of a basis, and as what they read when they are erased


def add_all(connection: Connection, rows: Sequence[Data]) -> None:
    """Keep decisions. A row has the fields of StoredDecision."""
    numbered = [*zip(take_keys(connection, decision.c.id, len(rows)), rows, strict=True)]
    lasting = [name for name in names(StoredDecision) if name not in ERASABLE]
    insert_rows(connection, decision, [{"id": id_, **{name: row[name] for name in lasting}} for id_, row in numbered])
    insert_rows(
        connection, basis, [{"decision_id": id_, **{name: row[name] for name in ERASABLE}} for id_, row in numbered]
    )


@cache
def columns(prefix: str) -> tuple[ColumnElement[object], ...]:
    """Return the columns that a StoredDecision loads from, of the two tables, labelled with the prefix."""
    return tuple(_column(name).label(prefix + name) for name in names(StoredDecision))


def _column(name: str) -> ColumnElement[object]:
    if name not in ERASABLE:
        return decision.c[name]
    kept = basis.c[name]
    return func.coalesce(kept, literal_column(ERASABLE[name]), type_=kept.type)


def list_latest(
    connection: Connection, since: datetime | None, after: int, limit: int
) -> list[tuple[int, Mention, StoredDecision]]:
    """List the last decision on each mention, oldest first, made since a time: its id, the mention, and itself."""
    query = select(decision.c.id, *loading.columns(Mention, mention, "m_"), *columns("d_"))
    query = query.select_from(decision.join(mention, mention.c.key == decision.c.mention_key).outerjoin(basis))
    query = query.where(decision.c.id > after, is_latest)
    query = query if since is None else query.where(decision.c.at >= since)
    rows = connection.execute(query.order_by(decision.c.id).limit(limit))
    return [(row.id, load(Mention, row, "m_"), load(StoredDecision, row, "d_")) for row in rows]


def erase(connection: Connection, keys: Select[int]) -> int:
    """Erase what the decisions on these mentions rest on. Returns of how many."""
    ids = select(decision.c.id).where(decision.c.mention_key.in_(keys))
    return connection.execute(delete(basis).where(basis.c.decision_id.in_(ids))).rowcount
