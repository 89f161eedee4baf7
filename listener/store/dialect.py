"""What only SQLite has: text times, upserts, partial indexes, engines, and what it does with its file.

Nothing else in Earshot may hold such SQL (a test reads the whole tree), so that another database is one more module of
these names. Statements about the file run through sqlite3 on a connection of their own: inside a transaction of
SQLAlchemy they would fail.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import (
    JSON,
    URL,
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    Index,
    Table,
    Text,
    TextClause,
    TypeDecorator,
    create_engine,
    event,
    func,
    pool,
    text,
    type_coerce,
)  # fmt: skip
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.exc import DBAPIError

from listener.errors import StoreError
from listener.messages import clean, hide_secrets
from listener.store import shared_dialect
from listener.store.sqlite_errors import explain, is_damage

APPLICATION_ID = 0x45415231  # "EAR1": tells our files from another program's
DRAFT_ID = 0x45415253  # "EARS": files of development versions before 0.1.0, whose tables had other names
LIBRARY = f"SQLite {sqlite3.sqlite_version} (a race between writers and checkpoints is fixed from 3.51.3 on)"
DUE = "coalesce({column}, '9999-12-31T23:59:59.999999Z')"  # orders by a time; without one a row comes last


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time, kept as ISO 8601 text with Z so that text order is time order. Refuses naive values."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write it as 2026-11-22T09:00:00.000000Z. Raises ValueError for a naive time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive time cannot be stored: {value!r}")
        return value.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Read it as an aware time in UTC."""
        return None if value is None else datetime.fromisoformat(value)


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


def upsert(table: Table) -> Insert:
    """Start an INSERT that takes `on_conflict_do_nothing()` or `on_conflict_do_update(index_elements=, set_=)`."""
    return insert(table)


def partial_index(name: str, *columns: str | TextClause, where: str, unique: bool = False) -> Index:
    """Make an index of the rows that meet a condition; expressions are given by `text()`."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where))


def match_any(column: str, values: Sequence[str]) -> str:
    """Write IN as a double negative: with a plain IN, SQLite takes another index and sorts every row."""
    return f"NOT ({column} NOT IN {tuple(values)})"


def minute_of(column: ColumnElement[datetime]) -> ColumnElement[str]:
    """Cut a time to its minute: 2026-11-22T09:00."""
    return func.substr(type_coerce(column, Text), 1, 16)


def day_of(column: ColumnElement[datetime]) -> ColumnElement[str]:
    """Cut a time to its day in UTC: 2026-11-22."""
    return func.substr(type_coerce(column, Text), 1, 10)


def month_of(column: ColumnElement[datetime]) -> ColumnElement[str]:
    """Cut a time to its month in UTC: 2026-11."""
    return func.substr(type_coerce(column, Text), 1, 7)


def json_text(column: ColumnElement[object]) -> ColumnElement[str]:
    """Take a JSON column as the text it is kept as."""
    return type_coerce(column, Text)


def json_member(column: str, name: str) -> str:
    """Write the SQL for one member of a JSON column."""
    return f"json_extract({column}, '$.{name}')"


def overwrite_freed(connection: Connection) -> None:
    """Overwrite with zeros whatever this connection frees from now on."""
    connection.exec_driver_sql("PRAGMA secure_delete=ON")


def connect(path: Path, *, readonly: bool, wait: float) -> Engine:
    """Make an engine; a transaction of the writer holds the write lock from its first line. wait: seconds for it."""
    return _engine(
        path,
        ("foreign_keys=ON", "synchronous=FULL", *(["query_only=ON"] if readonly else [])),
        "BEGIN" if readonly else "BEGIN IMMEDIATE",
        wait,
    )


def connect_for_migration(path: Path) -> Engine:
    """Make an engine for one transaction: foreign keys go off before BEGIN, where that still works."""
    return _engine(path, ("foreign_keys=OFF", "synchronous=FULL"), "BEGIN IMMEDIATE", 10.0, pool.NullPool)


def _engine(
    path: Path, settings: Sequence[str], begin: str, wait: float, pooled: type[pool.Pool] | None = None
) -> Engine:
    engine = create_engine(
        URL.create(shared_dialect.NAME, database=str(path)),
        connect_args={"timeout": wait, "check_same_thread": False},
        poolclass=pooled,
        execution_options={"compiled_cache": shared_dialect.COMPILED},
        hide_parameters=True,  # an error that is logged must not show what people wrote
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        for setting in settings:
            connection.execute(f"PRAGMA {setting}")

    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


@contextmanager
def as_store_error(path: Path) -> Iterator[None]:
    """Turn every error of the driver into one line without statement and values. Raises StoreError."""
    try:
        yield
    except sqlite3.Error as error:
        raise explain(path, error) from error
    except DBAPIError as error:
        raise explain(path, error.orig or error) from error.orig  # its own text has the statement


def read_version(path: Path) -> int | None:
    """Read a file's schema version; None: there are no tables yet. Raises StoreError for a file that is not ours."""
    source = f"file:{quote(str(path))}?mode=ro"
    with as_store_error(path), closing(sqlite3.connect(source, uri=True, timeout=10)) as connection:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        if application == APPLICATION_ID:
            return int(connection.execute("PRAGMA user_version").fetchone()[0])
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application == DRAFT_ID:
        what = f"{path} was written by a development version of Earshot, before 0.1.0"
        raise StoreError(what, "move it away and start anew: its tables have other names, and cannot be migrated")
    if application or tables:
        raise StoreError(f"{path} belongs to another program", "point EARSHOT_DATABASE_URL to a file of Earshot's own")
    return None


def write_version(connection: Connection, version: int) -> None:
    """Mark the file as ours, with this schema version."""
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {version}")


def count_orphans(connection: Connection) -> int:
    """Count the rows that refer to a row that is not there."""
    return len(connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall())


def enable_wal(path: Path) -> str:
    """Switch the file to WAL. Returns the mode it is in: the switch can fail silently."""
    with closing(sqlite3.connect(path, timeout=10)) as connection:
        return str(connection.execute("PRAGMA journal_mode=WAL").fetchone()[0])


def copy_database(path: Path, target: Path) -> None:
    """Copy a database while others use it; the copy is its owner's alone. Raises StoreError, leaving no half copy."""
    try:
        with closing(sqlite3.connect(path, timeout=10)) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.Error as error:
        target.unlink(missing_ok=True)
        raise explain(path if is_damage(error) else target, error) from error
    target.chmod(0o600)


def check_integrity(path: Path) -> str:
    """Return what is wrong inside a database file, or `ok`."""
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
