"""Two engines on one database: a reader that can only read, and a writer that takes the write lock at once.

SQLite: WAL with synchronous FULL: with NORMAL nothing is synced between the claim and the post, so a power cut forgets
the intent. BEGIN IMMEDIATE is for the writer alone: through the same hook a plain SELECT would wait for the lock too.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path

from sqlalchemy import Connection

from listener.errors import DatabaseBusy, StatementRefused, StoreError
from listener.place import Place
from listener.store.database import Changes, Lease, Lock, as_store_error, database_at

HEAD = 13  # the newest migration, as a number; a test compares it with Alembic's
BUSY_DO = "try again in a moment"
MIN_WRITE_GAP_S = 0.002  # seconds between two writes to a file: without it a busy writer starves the command line


class Store:
    """The database at a place. Every function of the store takes a connection of `read()` or `write()`.

    lock: the leases of a process that works; what is written without one belongs to staff.
    """

    _part = ""

    def __init__(self, place: Place, *, wait: float = 10.0, lock: Lock | None = None) -> None:
        self.place, self.database, self.lock = place, database_at(place), lock
        self._reader = self.database.connect(readonly=True, wait=wait)
        self._writer = self.database.connect(readonly=False, wait=wait)
        self._gap = MIN_WRITE_GAP_S if self.is_file else 0.0  # a server lets writers in by their order
        self._last, self._wait, self._line = 0.0, wait, threading.Lock()

    @property
    def is_file(self) -> bool:
        """Return True where the database is a file of SQLite."""
        return isinstance(self.place, Path)

    @property
    def path(self) -> Path:
        """The file of SQLite. Raises StoreError where the database is on a server."""
        if isinstance(self.place, Path):
            return self.place
        raise StoreError(
            f"the database {self.place} is not a file", "use the tools of PostgreSQL, such as its dump (docs/scale.md)"
        )

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read one snapshot. Raises StoreError."""
        with self._explained(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Hold the write lock for a short transaction. Raises DatabaseBusy, StoreError, LeaseLost after a takeover."""
        time.sleep(max(0.0, self._gap - (time.monotonic() - self._last)))
        try:
            with self._stand_in_line(), self._explained(), self._writer.begin() as connection:
                if self.lease is not None:
                    self.lease.guard(connection)
                yield connection
        finally:
            self._last = time.monotonic()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn errors of the driver into ours; a refused statement names the version that has migrated meanwhile."""
        try:
            with as_store_error(self.database):
                yield
        except StatementRefused as error:
            raise find_other_version(self.place) or error from error.__cause__

    @contextmanager
    def _stand_in_line(self) -> Iterator[None]:
        """Let one thread of this process at a time wait for a server's turn. Raises DatabaseBusy.

        A process may stand still: if all its threads waited, each would get the turn after the other and keep it.
        """
        if self.is_file:
            yield
            return
        if not self._line.acquire(timeout=self._wait):
            raise DatabaseBusy(f"another transaction of this process waits for the database {self.place}", BUSY_DO)
        try:
            yield
        finally:
            self._line.release()

    def under(self, part: str) -> "Store":
        """Return the same database for the stages of a part: what they write is fenced by its lease."""
        if self.lock is None or self.is_file:  # one lock is the lease on every part
            return self
        fenced = copy(self)
        fenced._part = part
        return fenced

    @property
    def lease(self) -> Lease | None:
        """Return the lease by which this writes; None for staff."""
        return None if self.lock is None else self.lock.lease(self._part)

    @property
    def holder(self) -> str | None:
        """Return the name of this process; None for staff."""
        return self.lock.name if self.lock is not None else None

    @property
    def epoch(self) -> int | None:
        """Return which taking of its lease this process writes under; None in a file, and for staff."""
        return self.lease.epoch if self.lease is not None else None

    def can_call(self, seconds: float) -> bool:
        """Return True when nobody can take over from this process within so many seconds."""
        return self.lease is None or self.lease.check(seconds)

    @property
    def exit_code(self) -> int:
        """Return what the process ends with: 1 after another one took over."""
        return int(self.lock is not None and self.lock.is_lost)

    def give_back(self) -> None:
        """Let another process take what no stage of this one is at work on."""
        if self.lock is not None:
            self.lock.give_back()

    def watch(self) -> Changes:
        """Return what tells whether anybody has written."""
        return self.database.watch()

    def close(self) -> None:
        """Give the connections back; the WAL is folded in by SQLite when the last one goes."""
        self._reader.dispose()
        self._writer.dispose()


def version(place: Place) -> int | None:
    """Return the schema's version; None where there is no database yet. Raises StoreError for one that is not ours."""
    return database_at(place).read_version()


def require_known_version(place: Place, schema: int | None) -> None:
    """Raise StoreError when a newer Earshot wrote the database."""
    if schema is not None and schema > HEAD:
        raise StoreError(
            f"a newer Earshot wrote the database {place} (schema {schema}; this version knows {HEAD})",
            "run that version, or restore the copy its migration made",
        )


def find_other_version(place: Place) -> StoreError | None:
    """Return what to do where another version has migrated, or replaced, a database that this process has open."""
    schema = version(place)
    if schema is None or schema == HEAD:
        return None
    if schema > HEAD:
        what = f"a newer Earshot migrated the database {place} (schema {schema}; this process knows {HEAD})"
        return StoreError(what, "install that version for this process too, and start it again")
    return _older(place, schema)


def _older(place: Place, schema: int) -> StoreError:
    return StoreError(f"the database {place} has an older schema ({schema}, not {HEAD})", "run `earshot migrate`")


def open_store(place: Place, *, wait: float = 10.0, lock: Lock | None = None) -> Store:
    """Open a database that is there and current. Raises StoreError with the command to run otherwise."""
    schema = version(place)
    if schema is None:
        do = "run `earshot once` or `earshot run` first" if isinstance(place, Path) else "run `earshot migrate` first"
        raise StoreError(f"there is no database at {place} yet", do)
    require_known_version(place, schema)
    if schema < HEAD:
        raise _older(place, schema)
    return Store(place, wait=wait, lock=lock)
