"""One SQLite file, two engines: a reader that can only read, and a writer that takes the write lock at once.

WAL with synchronous FULL: with NORMAL nothing is synced between the claim and the post, so a power cut forgets the
intent. BEGIN IMMEDIATE is for the writer alone: through the same hook a plain SELECT would wait for the lock too.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from listener.access import explain_access, why
from listener.errors import StoreError
from listener.store import dialect
from listener.store.dialect import as_store_error
from listener.store.driver import Changes

HEAD = 6  # the newest migration, as a number; a test compares it with Alembic's
MIN_WRITE_GAP_S = 0.002  # seconds between two write transactions: without it a busy writer starves the command line


class Store:
    """The database behind a path. Every function of the store takes a connection of `read()` or `write()`."""

    def __init__(self, path: Path, *, wait: float = 10.0) -> None:
        self.path = path
        self._reader = dialect.connect(path, readonly=True, wait=wait)
        self._writer = dialect.connect(path, readonly=False, wait=wait)
        self._last = 0.0

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read one snapshot. Raises StoreError."""
        with as_store_error(self.path), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Hold the write lock for a short transaction, from its first line. Raises DatabaseBusy, StoreError."""
        time.sleep(max(0.0, MIN_WRITE_GAP_S - (time.monotonic() - self._last)))
        try:
            with as_store_error(self.path), self._writer.begin() as connection:
                yield connection
        finally:
            self._last = time.monotonic()

    def watch(self) -> Changes:
        """Return what tells whether anybody has written."""
        return Changes(self.path)

    def close(self) -> None:
        """Give the connections back; the WAL is folded in by SQLite when the last one goes."""
        self._reader.dispose()
        self._writer.dispose()


def version(path: Path) -> int | None:
    """Return the schema's version; None for a file that is missing or empty. Raises StoreError for a foreign file."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"cannot open the database {path} ({why(error)})", explain_access(path)) from error
    if stat.st_nlink > 1:  # each name would get a write-ahead log of its own, and the second one damages the file
        do = f"remove the other: `find / -xdev -samefile {path}` lists both; for a copy run `earshot backup`"
        raise StoreError(f"the database {path} has a second name (a hard link)", do)
    return dialect.read_version(path) if stat.st_size else None


def require_known_version(path: Path, schema: int | None) -> None:
    """Raise StoreError when a newer Earshot wrote the database."""
    if schema is not None and schema > HEAD:
        raise StoreError(
            f"a newer Earshot wrote the database {path} (schema {schema}; this version knows {HEAD})",
            "run that version, or restore the copy its migration made",
        )


def open_store(path: Path, *, wait: float = 10.0) -> Store:
    """Open a database that is there and current. Raises StoreError with the command to run otherwise."""
    schema = version(path)
    if schema is None:
        raise StoreError(f"there is no database at {path} yet", "run `earshot once` or `earshot run` first")
    require_known_version(path, schema)
    if schema < HEAD:
        raise StoreError(f"the database {path} has an older schema ({schema}, not {HEAD})", "run `earshot migrate`")
    return Store(path, wait=wait)
