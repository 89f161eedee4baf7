"""What a database of either kind can do. Its place tells the kind; PostgreSQL's driver is imported for it alone."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from listener.errors import StoreError
from listener.place import Place
from listener.store.holder import Holder

if TYPE_CHECKING:
    from listener.store.daemon_state import DaemonState


class Changes(Protocol):
    """Tells cheaply whether anybody has committed since it was last asked, this process or another."""

    def has_any(self) -> bool:
        """Return True when somebody has committed, and the first time; not while the database cannot be read."""

    def close(self) -> None:
        """Give the connection back."""


class Lease(Protocol):
    """The right to do a part of the work (see parts.py). Where it can be lost, nothing more is written after that."""

    @property
    def epoch(self) -> int | None:
        """Which taking of the lease this is; None in a file, whose lock nobody else can have."""

    @property
    def free_for(self) -> float:
        """For how many seconds the lease of whoever held it before has been over."""

    @property
    def is_ending(self) -> bool:
        """True when a stage should stop at its next step, since another process takes over."""

    def begin(self, *, is_sure: bool) -> bool:
        """Note that a stage begins. Returns False where this process may not run it.

        is_sure: nobody can have taken over; else it is enough that nobody is known to have.
        """

    def end(self) -> None:
        """Note that a stage has ended."""

    def check(self, seconds: float) -> bool:
        """Return True when it surely lasts for so many seconds: what takes as long may be written to a platform."""

    def guard(self, connection: Connection) -> None:
        """Raise LeaseLost inside a transaction of the writer when another process has taken over."""


class Lock(Protocol):
    """The leases of a process that works: of all parts, or of its share."""

    name: str  # of the process, HOST:PID
    is_lost: bool  # it was the lock of everything, and another process has taken over

    def lease(self, part: str) -> Lease:
        """Return the lease on a part, held or not; "": of what belongs to none."""

    def lead(self, parts: Collection[str]) -> None:
        """Say which parts this process can lead from now on."""

    def list_taken(self) -> list[str]:
        """Return the parts that were taken since this was asked last; nothing where all are led from the start."""

    def give_back(self) -> None:
        """Give back what no stage is at work on."""


class Database(Protocol):
    """A database of one kind."""

    @property
    def library(self) -> str:
        """The version of SQLite or of PostgreSQL, as `check` shows it."""

    def connect(self, *, readonly: bool, wait: float) -> Engine:
        """Make an engine; a transaction of the writer begins with the write lock. wait: seconds for it."""

    def explain(self, error: BaseException) -> StoreError:
        """Return an error of the driver in words."""

    def is_driver_error(self, error: BaseException) -> bool:
        """Return whether the error is the driver's own, not wrapped by SQLAlchemy."""

    def read_version(self) -> int | None:
        """Read the schema's version; None where there are no tables yet. Raises StoreError where it is not ours."""

    def migration(self, before: int | None, now: datetime) -> AbstractContextManager[Connection]:
        """Prepare the database for tables of ours (before: None) or for a migration, and give its one transaction.

        Raises StoreError.
        """

    def finish_migration(self, connection: Connection, version: int) -> None:
        """Refuse rows without their parent, and mark the database as ours, with this version. Raises StoreError."""

    def close_for_writing(self, connection: Connection, moved_to: str) -> None:
        """Refuse from now on whatever anybody would write, or open; the rows stay. moved_to: where they are by now."""

    def rewrite(self, patience: float) -> str:
        """Write anew what holds freed words. Returns why that failed, or nothing. patience: seconds to wait."""

    def truncate_log(self, patience: float) -> bool:
        """Empty the log beside the file. Returns False when others read it for so many seconds."""

    def watch(self) -> Changes:
        """Return what tells whether anybody has written."""

    def hold(self, command: str, now: datetime) -> AbstractContextManager[Lock]:
        """Hold the lock of the installation: nobody else works. Raises LockHeld naming the holder, StoreError."""

    def join(self, version: str, schema: int, now: datetime) -> AbstractContextManager[Lock]:
        """Become a daemon: hold the lock, or share a server with other daemons.

        Raises LockHeld while the lock is another's, StoreError next to a daemon of a newer version.
        """

    def list_daemons(self) -> "Sequence[DaemonState]":
        """List the daemons that share the database, those of the last day; a file is not shared. Raises StoreError."""

    def find_holder(self) -> Holder | None:
        """Return who holds the lock or held it last; None where nobody ever did, or it may not be looked at."""


def database_at(place: Place) -> Database:
    """Return the database at a place; nothing is opened. Raises StoreError where PostgreSQL's driver is missing."""
    if isinstance(place, Path):
        from listener.store.sqlite import SqliteDatabase

        return SqliteDatabase(place)
    from listener.store.postgres import PostgresDatabase

    return PostgresDatabase(place)


@contextmanager
def as_store_error(database: Database) -> Iterator[None]:
    """Turn every error of the driver into one line without statement and values. Raises StoreError."""
    try:
        yield
    except DBAPIError as error:
        raise database.explain(error.orig or error) from error.orig  # its own text has the statement
    except Exception as error:
        if database.is_driver_error(error):
            raise database.explain(error) from error
        raise
