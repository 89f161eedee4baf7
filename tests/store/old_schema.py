"""A database of an older schema, made by the migrations of that time, with rows in each of its tables."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    DateTime,
    Float,
    Integer,
    MetaData,
    Table,
    create_engine,
    inspect,
    pool,
    text,
)  # fmt: skip
from sqlalchemy.exc import SAWarning
from sqlalchemy.types import TypeEngine

from listener.place import Place
from listener.store import migrate, sqlite_file
from listener.store.database import database_at
from listener.store.dialect import UtcTime, is_postgresql
from listener.store.migrations.types import text_or_time

OWN = ("alembic_version", "lease", "daemon")  # no rows of ours
STAMP = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ROWS = (1, 2)
Rows = dict[str, list[dict[str, Any]]]


def make(place: Place, now: datetime, version: int) -> None:
    """Make a database as this version left it; there was a table of leases before there was one of daemons."""
    if isinstance(place, Path):
        sqlite_file.make_file(place)
    database = database_at(place)
    with database.migration(None, now) as connection:
        migrate.run_scripts(connection, f"{version:04}")
        if is_postgresql(connection) and version < 10:
            connection.exec_driver_sql("DROP TABLE daemon")
        database.finish_migration(connection, version)


@contextmanager
def plainly(place: Place) -> Iterator[Connection]:
    """Give a connection by a dialect of SQLAlchemy's own, which can look at a schema."""
    if isinstance(place, Path):
        engine = create_engine(f"sqlite:///{place}", poolclass=pool.NullPool)
    else:
        options = {"options": f"-c search_path={place.schema} -c timezone=UTC"}
        url = place.url.replace("postgresql:", "postgresql+psycopg:", 1)
        engine = create_engine(url, poolclass=pool.NullPool, connect_args=options)
    with engine.begin() as connection:
        yield connection


def fill(connection: Connection) -> None:
    """Put two rows into each table, with a value in each column; the second row refers to second rows."""
    for table in reflect(connection):
        for number in ROWS:
            row = {column.name: value(column, number) for column in table.columns if not is_numbered(column)}
            connection.execute(table.insert().values(row))


def read(connection: Connection) -> Rows:
    """Read all rows of all tables, in order."""
    return {
        table.name: [dict(row._mapping) for row in connection.execute(table.select().order_by(*table.primary_key))]
        for table in reflect(connection)
    }


def reflect(connection: Connection) -> list[Table]:
    """Return the tables as they are in the database, those that are referred to first."""
    metadata = MetaData()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Skipped unsupported reflection of expression-based index", SAWarning)
        metadata.reflect(connection)
    for table in metadata.tables.values():
        for column in table.columns:
            column.type = kind(column, connection)
    return [table for table in metadata.sorted_tables if table.name not in OWN]


def kind(column: Column[Any], connection: Connection) -> TypeEngine[Any]:
    """Return the type of a column: SQLite keeps a time as text, which its name alone tells."""
    if isinstance(column.type, DateTime) or (
        not is_postgresql(connection) and isinstance(text_or_time(column.name), UtcTime)
    ):
        return UtcTime()
    return column.type


def is_numbered(column: Column[Any]) -> bool:
    """Return whether the database gives the value: a key that refers to nothing."""
    return column.primary_key and isinstance(column.type, Integer) and not column.foreign_keys


def value(column: Column[Any], number: int) -> object:
    """Return a value of the column's type, another one for each row."""
    if column.foreign_keys:
        return number
    if column.name == "home":  # of a pool: the server, the database, the timeline, the number of a table
        return f"{number} shop 00000001 {number}"
    kinds: dict[type[TypeEngine[Any]], object] = {
        UtcTime: STAMP.replace(minute=number), Boolean: number == 1, Integer: number, Float: number + 0.5,
        JSON: {"number": number},
    }  # fmt: skip
    return next((given for cls, given in kinds.items() if isinstance(column.type, cls)), f"{column.name} Ä{number}")


def describe(connection: Connection) -> dict[str, object]:
    """Describe the schema: columns, keys and references of each table, and all indexes, apart from their order."""
    looked = inspect(connection)
    tables = {
        name: (
            sorted(
                str((c["name"], c["type"], c["nullable"], "nextval" in str(c["default"])))
                for c in looked.get_columns(name)
            ),
            looked.get_pk_constraint(name)["constrained_columns"],
            sorted(str((key["constrained_columns"], key["referred_table"])) for key in looked.get_foreign_keys(name)),
        )
        for name in looked.get_table_names()
    }
    return {**tables, "indexes": sorted(list_indexes(connection))}


def list_indexes(connection: Connection) -> list[str]:
    """List the statements that make the indexes, without the name of the schema."""
    if is_postgresql(connection):
        query = "SELECT replace(indexdef, schemaname || '.', '') FROM pg_indexes WHERE schemaname = current_schema()"
    else:
        query = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    return [" ".join(statement.split()) for statement in connection.execute(text(query)).scalars()]
