"""What SQLite and PostgreSQL do differently in declarations and statements, in one place.

Types, upserts, partial indexes and the few functions that have other names. What each has alone (engines, the file) is
in sqlite*.py and postgres*.py; no other module of Earshot may hold such SQL, and a test reads the whole tree.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Dialect,
    Index,
    Table,
    Text,
    TextClause,
    TypeDecorator,
    func,
    select,
    text,
)  # fmt: skip
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex
from sqlalchemy.sql.compiler import DDLCompiler, SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from listener.messages import clean, hide_secrets

DUE = "coalesce({column}, '9999-12-31T23:59:59.999999Z')"  # orders by a time; without one a row comes last
POSTGRESQL = "postgresql"


def is_postgresql(bind: Connection | Dialect) -> bool:
    """Return True where this is a connection to PostgreSQL, or its dialect."""
    return (bind.dialect if isinstance(bind, Connection) else bind).name == POSTGRESQL


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time. Refuses naive values.

    SQLite keeps ISO 8601 text with Z, so that text order is time order; PostgreSQL has a type for it.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type of the database."""
        return DateTime(timezone=True) if is_postgresql(dialect) else Text()

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> object:
        """Write it, on SQLite as 2026-11-22T09:00:00.000000Z. Raises ValueError for a naive time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive time cannot be stored: {value!r}")
        if dialect.name == POSTGRESQL:
            return value
        return value.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"

    def process_result_value(self, value: object, dialect: Dialect) -> datetime | None:
        """Read it as an aware time in UTC."""
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return value.astimezone(UTC) if isinstance(value, datetime) else None


class MessageText(TypeDecorator[str]):
    """A message for people: whoever writes it, no secret and no text of a library is kept."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Write it clean."""
        return None if value is None else clean(value)


class RawText(TypeDecorator[str]):
    """What a platform gave, as it came but for our secrets: a server may echo one."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Write it without our secrets."""
        return None if value is None else hide_secrets(value)


class OptionalJson(TypeDecorator[dict[str, object]]):
    """JSON that may be null, for a column that several tables share."""

    impl = JSON(none_as_null=True)
    cache_ok = True


class TextTuple(TypeDecorator[tuple[str, ...]]):
    """Several texts in one column, kept as a JSON list."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> list[str]:
        """Write it as a list; nothing is an empty one."""
        return list(value or ())

    def process_result_value(self, value: list[str] | None, dialect: Dialect) -> tuple[str, ...]:
        """Read it as a tuple."""
        return tuple(value or ())


def upsert(connection: Connection, table: Table) -> Insert:
    """Start an INSERT that takes `on_conflict_do_nothing()` or `on_conflict_do_update(index_elements=, set_=)`."""
    if is_postgresql(connection):
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)  # type: ignore[return-value]  # its methods have the same names
    return insert(table)


def partial_index(name: str, *columns: str | TextClause, where: str, unique: bool = False) -> Index:
    """Make an index of the rows that meet a condition; expressions are given by `text()`."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where))


@compiles(CreateIndex, POSTGRESQL)
def _create_index(created: CreateIndex, compiler: DDLCompiler, **options: object) -> str:
    """Give PostgreSQL the same condition; named at the declaration, it would be imported at every start."""
    index: Index = created.element
    index.dialect_options[POSTGRESQL]["where"] = index.dialect_options["sqlite"]["where"]
    return str(compiler.visit_create_index(created, **options))  # type: ignore[no-untyped-call]


def match_any(column: str, values: Sequence[str]) -> str:
    """Write IN as a double negative: with a plain IN, SQLite takes another index and sorts every row."""
    return f"NOT ({column} NOT IN {tuple(values)})"


class _Cut(FunctionElement[str]):
    """A time in UTC, cut to so many characters of ISO 8601."""

    type = Text()
    inherit_cache = True
    length = 0
    pattern = ""


class minute_of(_Cut):
    """Cut a time to its minute: 2026-11-22T09:00."""

    name, length, pattern = "minute_of", 16, 'YYYY-MM-DD"T"HH24:MI'
    inherit_cache = True


class day_of(_Cut):
    """Cut a time to its day: 2026-11-22."""

    name, length, pattern = "day_of", 10, "YYYY-MM-DD"
    inherit_cache = True


class month_of(_Cut):
    """Cut a time to its month: 2026-11."""

    name, length, pattern = "month_of", 7, "YYYY-MM"
    inherit_cache = True


@compiles(_Cut)
def _cut(element: _Cut, compiler: SQLCompiler, **options: object) -> str:
    return f"substr({compiler.process(element.clauses, **options)}, 1, {element.length})"


@compiles(_Cut, POSTGRESQL)
def _cut_postgresql(element: _Cut, compiler: SQLCompiler, **options: object) -> str:
    return f"to_char({compiler.process(element.clauses, **options)} AT TIME ZONE 'UTC', '{element.pattern}')"


def overwrite_freed(connection: Connection) -> None:
    """Overwrite with zeros whatever this connection frees from now on; PostgreSQL cannot, and VACUUM follows."""
    if not is_postgresql(connection):
        connection.exec_driver_sql("PRAGMA secure_delete=ON")


def continue_keys(connection: Connection, table: Table) -> None:
    """Let the keys of new rows follow those of rows that were copied; SQLite takes the next one by itself."""
    key = table.autoincrement_column
    if key is not None and is_postgresql(connection):
        sequence, newest = func.pg_get_serial_sequence(table.name, key.name), func.coalesce(func.max(key), 0)
        connection.execute(select(func.setval(sequence, newest + 1, False)).select_from(table))


def file_of(connection: Connection) -> Path | None:
    """Return the file that a connection is to; None for a server."""
    name = connection.engine.url.database
    return Path(name) if name and not is_postgresql(connection) else None
