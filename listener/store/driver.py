"""What goes straight to SQLite's driver: rows in bulk, many values as one parameter, JSON, who has written, the file.

A second part of dialect.py: another database is one more module of these names.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Column, ColumnElement, Connection, Dialect, Table, Text, func, insert, select, type_coerce

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
    connection.exec_driver_sql(statement, [*zip(*columns, strict=True)])


@lru_cache(maxsize=64)
def _prepare(dialect: Dialect, table: Table, names: tuple[str, ...]) -> tuple[str, dict[str, Convert]]:
    """Return the statement, and how the value of each of its columns is converted, in its order."""
    compiled = insert(table).compile(dialect=dialect, column_keys=names)
    order = compiled.positiontup or ()
    return str(compiled), {name: table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in order}


def _convert(values: list[Any], convert: Convert) -> list[Any]:
    """Convert the values of a column for the driver; where all are the same, as in most columns, once."""
    if convert is None:
        return values
    if len(set(map(id, values))) == 1:
        return [convert(values[0])] * len(values)
    return [*map(convert, values)]


def take_keys(connection: Connection, key: Column[Any], count: int) -> range:
    """Return the keys of so many new rows: the next ones, since nobody else writes before this transaction ends.

    Another database takes them from the sequence of the column.
    """
    first = connection.execute(select(func.coalesce(func.max(key), 0))).scalar_one() + 1
    return range(first, first + count)


def is_any_of(column: ColumnElement[Any], values: Iterable[str] | Iterable[int]) -> ColumnElement[bool]:
    """Match any of many values, given as one parameter: an IN has one for each, which takes long to write."""
    listed = func.json_each(json.dumps([*values])).table_valued("value")
    return column.in_(select(listed.c.value))


def json_at(column: ColumnElement[object], path: str) -> ColumnElement[object]:
    """Take what a JSON column has at a path such as `$.cues.praise`; null where there is nothing."""
    return func.json_extract(column, path)


def json_text_at(column: ColumnElement[object], path: str) -> ColumnElement[str]:
    """Take the same as the JSON text that it is."""
    return type_coerce(func.json_extract(column, path), Text)


def file_of(connection: Connection) -> Path:
    """Return the file that a connection is to."""
    return Path(connection.engine.url.database or "")


class Changes:
    """Tells cheaply whether anybody has committed since it was last asked, this process or another.

    Another database would listen for a notification.
    """

    def __init__(self, path: Path) -> None:
        source = f"file:{quote(str(path))}?mode=ro"
        self._connection = sqlite3.connect(source, uri=True, isolation_level=None, check_same_thread=False)
        self._version: int | None = None

    def has_any(self) -> bool:
        """Return True when somebody has committed, and the first time; not while the file cannot be read."""
        try:
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:
            return False
        before, self._version = self._version, version
        return bool(before != version)

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


def rewrite_file(path: Path, wait: float) -> str:
    """Write the file anew, without what was freed in it. Returns why that failed, or nothing. wait: seconds."""
    with closing(sqlite3.connect(path, timeout=wait, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")  # keeps the log short
            connection.execute("VACUUM")
        except sqlite3.OperationalError as error:
            return str(error)
    return ""


def truncate_log(path: Path) -> bool:
    """Fold the log into the file and truncate it. Gives up at once where others read: waiting would hold up writers."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")  # the long part, beside which others write
            return not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.OperationalError:
            return False
