"""Everything a database holds, table by table, as it is kept: for an export."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, case, literal, select, text

from listener.store.tables import coupon, metadata, reply, reward
from listener.store.views import VIEWS

BATCH = 1000  # rows in memory at a time


@dataclass(frozen=True, slots=True)
class Contents:
    """A table or view: its columns, and its rows, which can be read once and while the connection is open."""

    name: str
    columns: tuple[str, ...]
    rows: Iterator[Sequence[object]]


def read_all(connection: Connection) -> Iterator[Contents]:
    """Yield every table in the order in which they refer to one another, then every view."""
    for table in metadata.sorted_tables:
        query = select(*map(_select_shown, table.columns)).order_by(*table.primary_key.columns)
        yield Contents(table.name, tuple(table.columns.keys()), _rows(connection.execute(query).yield_per(BATCH)))
    for view in VIEWS:
        result = connection.execute(text(f"SELECT * FROM {view} ORDER BY mention_key"))  # noqa: S608 - a name of ours
        yield Contents(view, tuple(result.keys()), _rows(result.yield_per(BATCH)))


def _select_shown(column: Column[Any]) -> ColumnElement[Any]:
    """Select a column, but no coupon's code, nor a request that has one: an export is no place for money."""
    if column is coupon.c.code:
        return literal("masked").label("code")
    if column is reply.c.request:
        carries = select(reward.c.id).where(reward.c.reply_id == reply.c.id).exists()
        return case((~carries, column)).label("request")
    return column


def count() -> int:
    """Return how many tables and views `read_all` yields."""
    return len(metadata.tables) + len(VIEWS)


def _rows(result: "Iterator[Row[tuple[object, ...]]]") -> Iterator[Sequence[object]]:
    yield from result
