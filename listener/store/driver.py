"""Rows in bulk, past SQLAlchemy: straight to the driver of either database."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, Connection, Dialect, Table, func, insert, select

from listener.store.dialect import is_postgresql
from listener.store.loading import Data

Convert = Callable[[Any], Any] | None


def insert_rows(connection: Connection, table: Table, rows: Sequence[Data]) -> None:
    """Insert rows, all with the columns of the first, which names every column that has a default in Python.

    SQLAlchemy's own way looks up every type and parameter for every row, which takes longer than the database does.
    """
    if not rows:
        return
    statement, converters = _prepare(connection.dialect, table, tuple(rows[0]))
    columns = [_convert([row[name] for row in rows], convert) for name, convert in converters.items()]
    if is_postgresql(connection):  # an array a column: one statement, however many rows
        connection.exec_driver_sql(statement, tuple(columns))
    else:
        connection.exec_driver_sql(statement, [*zip(*columns, strict=True)])


@lru_cache(maxsize=64)
def _prepare(dialect: Dialect, table: Table, names: tuple[str, ...]) -> tuple[str, dict[str, Convert]]:
    """Return the statement, and how the value of each of its columns is converted, in its order."""
    compiled = insert(table).compile(dialect=dialect, column_keys=names)
    order = compiled.positiontup or [*compiled.bind_names.values()]
    statement = _unnest(dialect, table, order) if is_postgresql(dialect) else str(compiled)
    return statement, {name: table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in order}


def _unnest(dialect: Dialect, table: Table, names: Sequence[str]) -> str:
    """Write PostgreSQL's INSERT of columns that come as arrays."""
    quote = dialect.identifier_preparer.quote
    types = [dialect.type_compiler_instance.process(table.c[name].type.dialect_impl(dialect)) for name in names]
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    return f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, names))}) SELECT * FROM unnest({arrays})"  # noqa: S608


def _convert(values: list[object], convert: Convert) -> list[object]:
    """Convert the values of a column for the driver; where all are the same, as in most columns, once."""
    if convert is None:
        return values
    if len(set(map(id, values))) == 1:
        return [convert(values[0])] * len(values)
    return [*map(convert, values)]


def take_keys(connection: Connection, key: Column[Any], count: int) -> Sequence[int]:
    """Return the keys of so many new rows, in order: nobody else writes before this transaction ends."""
    if is_postgresql(connection):
        sequence = func.pg_get_serial_sequence(key.table.name, key.name)
        query = select(func.nextval(sequence)).select_from(func.generate_series(1, count))
        return connection.execute(query).scalars().all()
    first = connection.execute(select(func.coalesce(func.max(key), 0))).scalar_one() + 1
    return range(first, first + count)
