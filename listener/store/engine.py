"""One SQLite file, two engines: a reader that can only read, and a writer that takes the write lock at once.

WAL with synchronous FULL: with NORMAL nothing is synced between the claim and the post, so a power cut forgets the
intent. BEGIN IMMEDIATE is for the writer alone: through the same hook a plain SELECT would wait for the lock too.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from listener.errors import DatabaseBusy, StoreError

HEAD = 1  # the newest migration, as a number; a test compares it with Alembic's
APPLICATION_ID = 0x45415253  # "EARS": tells our files from another program's
MIN_WRITE_GAP_S = 0.002  # seconds between two write transactions: without it a busy writer starves the command line


def _connect(path: Path, *, readonly: bool, wait: float) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)), connect_args={"timeout": wait, "check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in ("foreign_keys=ON", "synchronous=FULL", *(["query_only=ON"] if readonly else [])):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")

    return engine


class Store:
    """The database behind a path. Every function of the store takes a connection of `read()` or `write()`."""

    def __init__(self, path: Path, *, wait: float = 10.0) -> None:
        self.path = path
        self._reader = _connect(path, readonly=True, wait=wait)
        self._writer = _connect(path, readonly=False, wait=wait)
        self._last = 0.0

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A snapshot. Raises StoreError."""
        with as_store_error(self.path), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A short transaction that holds the write lock from its first line. Raises Busy, StoreError."""
        time.sleep(max(0.0, MIN_WRITE_GAP_S - (time.monotonic() - self._last)))
        try:
            with as_store_error(self.path), self._writer.begin() as connection:
                yield connection
        finally:
            self._last = time.monotonic()

    def close(self) -> None:
        """Give the connections back; the WAL is folded in by SQLite when the last one goes."""
        self._reader.dispose()
        self._writer.dispose()


@contextmanager
def as_store_error(path: Path) -> Iterator[None]:
    """Turn the driver's errors into one line. A broken constraint stays what it is: a fault of ours."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise _in_words(path, error) from error
    except DBAPIError as error:
        if not isinstance(error.orig, sqlite3.OperationalError | sqlite3.DatabaseError) or isinstance(
            error.orig, sqlite3.IntegrityError | sqlite3.ProgrammingError
        ):
            raise
        raise _in_words(path, error) from error


def _in_words(path: Path, error: Exception) -> StoreError:
    message = str(getattr(error, "orig", None) or error)
    if "locked" in message or "busy" in message:
        return DatabaseBusy(f"the database {path} is held by another process", "try again in a moment")
    if "full" in message:
        return StoreError(f"no space left for the database {path}", "free some disk space; nothing was lost")
    if "readonly" in message or "unable to open" in message:
        return StoreError(f"the database {path} cannot be written ({message})", "check the folder's owner and mode")
    if "malformed" in message or "not a database" in message:
        return StoreError(f"the database {path} is damaged ({message})", "restore a backup (earshot backup makes them)")
    return StoreError(
        f"the database {path} failed: {message}", "run `earshot migrate` if the schema is older, else see the log"
    )


def version(path: Path) -> int | None:
    """The schema's version; None for a file that is missing or empty. Raises StoreError for a foreign file."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    try:
        with suppress(FileNotFoundError), _plain(path) as connection:
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            if application == APPLICATION_ID:
                return int(connection.execute("PRAGMA user_version").fetchone()[0])
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if application == 0 and tables == 0:
                return None
    except sqlite3.OperationalError as error:
        raise StoreError(
            f"the database {path} cannot be opened ({error})", "check the path and its permissions"
        ) from error
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path} is no SQLite database ({error})", "point EARSHOT_DATABASE_URL elsewhere") from error
    raise StoreError(f"{path} belongs to another program", "point EARSHOT_DATABASE_URL to a file of Earshot's own")


@contextmanager
def _plain(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=10)
    try:
        yield connection
    finally:
        connection.close()


def open_store(path: Path, *, wait: float = 10.0) -> Store:
    """Open a database that is there and current. Raises StoreError saying what to run otherwise."""
    found = version(path)
    if found is None:
        raise StoreError(f"there is no database at {path} yet", "run `earshot once` or `earshot run` first")
    if found > HEAD:
        raise StoreError(
            f"the database {path} was written by a newer Earshot (schema {found}, this one knows {HEAD})",
            "run that version, or restore the copy its migration made",
        )
    if found < HEAD:
        raise StoreError(f"the database {path} has an older schema ({found}, not {HEAD})", "run `earshot migrate`")
    return Store(path, wait=wait)
