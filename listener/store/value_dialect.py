"""What SQLite and PostgreSQL do differently with values inside a statement: members of JSON, and many values as one.

A second part of dialect.py.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Connection,
    Dialect,
    Integer,
    Table,
    Text,
    TypeDecorator,
    cast,
    literal,
    literal_column,
    text,
)  # fmt: skip
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from listener.store.dialect import POSTGRESQL, is_postgresql

# What no dump and no older state of a server brings back: a table that is made again has another number, a server that
# is set up again another name, and one that recovered to a point in time goes on in another timeline.
_HOME = "SELECT current_database(), 'coupon'::regclass::oid"
_SERVER = ("SELECT system_identifier FROM pg_control_system()", ("pg_control_system()",))
_LOG_FILE = (
    "SELECT pg_walfile_name(pg_current_wal_lsn()) WHERE NOT pg_is_in_recovery()",
    ("pg_current_wal_lsn()", "pg_walfile_name(pg_lsn)"),
)  # a statement, and what it needs to call: a managed server may keep that to itself
_MAY_CALL = "SELECT bool_and(has_function_privilege(name, 'execute')) FROM unnest(CAST(:names AS text[])) AS name"
_TIMELINE = 8  # digits at the beginning of a file of the write-ahead log
_PARTS = 4  # of a home


def read_home(connection: Connection) -> str | None:
    """Return what tells a database on a server from the same one restored; None for a file.

    It is SERVER NAME TIMELINE NUMBER; the first and the third are empty where this login may not ask for them.
    """
    if not is_postgresql(connection):
        return None
    name, number = connection.execute(text(_HOME)).one()
    server, log_file = (_ask_if_allowed(connection, *question) for question in (_SERVER, _LOG_FILE))
    return f"{server} {name} {log_file[:_TIMELINE]} {number}"


def _ask_if_allowed(connection: Connection, query: str, calls: tuple[str, ...]) -> str:
    """Return the answer; nothing where this login may not ask."""
    if not connection.execute(text(_MAY_CALL), {"names": [*calls]}).scalar_one():
        return ""
    return str(connection.execute(text(query)).scalar_one_or_none() or "")


def is_same_home(first: str, second: str) -> bool:
    """Return whether two homes are the same database; what one of them does not know tells them apart no more."""
    homes = _split_home(first), _split_home(second)
    if any(len(home) != _PARTS for home in homes):  # no home: the mark of a pool that came after a restore
        return False
    return all(own == other or not (own and other) for own, other in zip(*homes, strict=True))


def _split_home(home: str) -> tuple[str, ...]:
    server, _, rest = home.partition(" ")
    return server, *rest.rsplit(" ", 2)


def written_by() -> ColumnElement[str]:
    """Name the transaction that writes a row of a server, to be kept in the row."""
    return literal_column("pg_current_xact_id()::xid::text", Text)


def is_as_written(table: Table) -> ColumnElement[bool]:
    """Match rows of a server that name the transaction that wrote them: a restore writes them by another one."""
    return literal_column(f"{table.name}.xmin::text", Text) == table.c.written_by


def json_text(column: ColumnElement[object]) -> ColumnElement[str]:
    """Take a JSON column as the text it is kept as."""
    return cast(column, Text)


def json_member(connection: Connection, column: str, name: str) -> str:
    """Write the SQL for one member of a JSON column."""
    return f"({column} ->> '{name}')" if is_postgresql(connection) else f"json_extract({column}, '$.{name}')"


class _JsonPath(TypeDecorator[str]):
    """A path such as `$.cues.praise` or `$.history[1]`; an array of its names for PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type of the database."""
        return ARRAY(Text()) if is_postgresql(dialect) else Text()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> object:
        """Write it."""
        return re.findall(r"\w+", value or "") if dialect.name == POSTGRESQL else value


class _JsonAt(FunctionElement[str]):
    name = "json_at"
    type = Text()
    inherit_cache = True


@compiles(_JsonAt)
def _json_at(element: _JsonAt, compiler: SQLCompiler, **options: object) -> str:
    return f"json_extract({compiler.process(element.clauses, **options)})"


@compiles(_JsonAt, POSTGRESQL)
def _json_at_postgresql(element: _JsonAt, compiler: SQLCompiler, **options: object) -> str:
    column, path = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({column} #>> {path})"


def json_at(column: ColumnElement[object], path: str) -> ColumnElement[str]:
    """Take what a JSON column has at a path such as `$.cues.praise`, as text; null where there is nothing."""
    return _JsonAt(column, literal(path, _JsonPath()))


def is_false_at(column: ColumnElement[object], path: str) -> ColumnElement[bool]:
    """Match JSON that has `false` at a path: SQLite takes it as 0."""
    return cast(json_at(column, path), Text).in_(("0", "false"))


class _Values(TypeDecorator[list[object]]):
    """Many values as one parameter: JSON for SQLite, an array for PostgreSQL. of_numbers: whole numbers, or texts."""

    impl = Text
    cache_ok = True

    def __init__(self, of_numbers: bool) -> None:
        super().__init__()
        self.of_numbers = of_numbers

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type of the database."""
        return ARRAY(Integer() if self.of_numbers else Text()) if is_postgresql(dialect) else Text()

    def process_bind_param(self, value: list[object] | None, dialect: Dialect) -> object:
        """Write them."""
        return value if dialect.name == POSTGRESQL else json.dumps(value or [])


class _AnyOf(FunctionElement[bool]):
    name = "any_of"
    inherit_cache = True


@compiles(_AnyOf)
def _any_of(element: _AnyOf, compiler: SQLCompiler, **options: object) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - the values are a parameter


@compiles(_AnyOf, POSTGRESQL)
def _any_of_postgresql(element: _AnyOf, compiler: SQLCompiler, **options: object) -> str:
    column, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY ({values})"


def is_any_of(column: ColumnElement[Any], values: Iterable[str] | Iterable[int]) -> ColumnElement[bool]:
    """Match any of many values, given as one parameter: an IN has one for each, which takes long to write."""
    listed: BindParameter[list[object]] = literal([*values], _Values(isinstance(column.type, Integer)))
    return _AnyOf(column, listed)
