"""A database of SQLite: its engines, its version, and the lock beside its file."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, pool

from listener.access import explain_access, why
from listener.errors import StoreError
from listener.store import lock, shared_dialect, sqlite_file
from listener.store.daemon_state import DaemonState
from listener.store.holder import Holder
from listener.store.sqlite_errors import explain
from listener.store.tables import metadata

APPLICATION_ID = 0x45415231  # "EAR1": tells our files from another program's
MOVED_ID = 0x4541524D  # "EARM": files whose rows were moved to another place
DRAFT_ID = 0x45415253  # "EARS": files of development versions before 0.1.0, whose tables had other names
OLDEST = (3, 35)  # the oldest SQLite that works


@dataclass(frozen=True, slots=True)
class SqliteDatabase:
    """The database in a file; what each method does, store/database.py says."""

    path: Path

    @property
    def library(self) -> str:
        """The version of SQLite."""
        return f"SQLite {sqlite3.sqlite_version} (a race between writers and checkpoints is fixed from 3.51.3 on)"

    def connect(self, *, readonly: bool, wait: float) -> Engine:
        """Make an engine: a reader that can only read, or a writer."""
        settings = ("foreign_keys=ON", "synchronous=FULL", *(["query_only=ON"] if readonly else []))
        return _make_engine(self.path, settings, "BEGIN" if readonly else "BEGIN IMMEDIATE", wait)

    def explain(self, error: BaseException) -> StoreError:
        """Return an error of the driver in words."""
        return explain(self.path, error)

    def is_driver_error(self, error: BaseException) -> bool:
        """Return whether it is sqlite3's own."""
        return isinstance(error, sqlite3.Error)

    def read_version(self) -> int | None:
        """Read the schema's version; None for a file that is missing or empty.

        Raises StoreError for a foreign file, and where SQLite is too old.
        """
        _require_sqlite()
        try:
            stat = self.path.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(
                f"cannot open the database {self.path} ({why(error)})", explain_access(self.path)
            ) from error
        if stat.st_nlink > 1:  # each name would get a write-ahead log of its own, and the second one damages the file
            do = f"remove the other: `find / -xdev -samefile {self.path}` lists both; for a copy run `earshot backup`"
            raise StoreError(f"the database {self.path} has a second name (a hard link)", do)
        return _read_version(self.path) if stat.st_size else None

    @contextmanager
    def migration(self, before: int | None, now: datetime) -> Iterator[Connection]:
        """Make the file, or copy it to `backups` beside it; foreign keys are off in the transaction."""
        sqlite_file.make_file(self.path)
        if before is not None:
            stamp = f"{self.path.stem}-schema{before}-{now:%Y%m%dT%H%M%SZ}.db"
            sqlite_file.keep_copy(self.path, self.path.parent / "backups" / stamp)
        with connect_for_migration(self.path).begin() as connection:
            yield connection

    def finish_migration(self, connection: Connection, version: int) -> None:
        """Refuse rows without their parent, and mark the file."""
        if orphans := len(connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
            raise StoreError(
                f"the migration would leave {orphans} rows without their parent", "nothing was changed; report this bug"
            )
        write_version(connection, version)

    def close_for_writing(self, connection: Connection, moved_to: str) -> None:
        """Mark the file, and let triggers refuse what processes that have it open would write."""
        words = f"this database was moved to {moved_to}".replace("'", "''")
        for number, table in enumerate(metadata.tables):
            for change in ("INSERT", "UPDATE", "DELETE"):
                trigger = f"CREATE TRIGGER moved_{number}_{change} BEFORE {change} ON {table}"
                connection.exec_driver_sql(f"{trigger} BEGIN SELECT RAISE(ABORT, '{words}'); END")
        connection.exec_driver_sql("CREATE TABLE moved (place TEXT)")
        connection.exec_driver_sql("INSERT INTO moved VALUES (?)", (moved_to,))
        connection.exec_driver_sql(f"PRAGMA application_id = {MOVED_ID}")

    def rewrite(self, patience: float) -> str:
        """Write the file anew."""
        return sqlite_file.rewrite_file(self.path, patience)

    def truncate_log(self, patience: float) -> bool:
        """Empty the write-ahead log."""
        return sqlite_file.truncate_log(self.path, patience)

    def watch(self) -> sqlite_file.FileChanges:
        """Return what tells whether anybody has written."""
        return sqlite_file.FileChanges(self.path)

    def hold(self, command: str, now: datetime) -> AbstractContextManager[lock.FileLock]:
        """Hold the lock beside the file."""
        return lock.hold(self.path, command, now)

    def join(self, version: str, schema: int, now: datetime) -> AbstractContextManager[lock.FileLock]:
        """Hold the lock: the one daemon leads everything."""
        return lock.hold(self.path, "run", now)

    def list_daemons(self) -> Sequence[DaemonState]:
        """Return none: the lock shows who runs."""
        return ()

    def find_holder(self) -> Holder | None:
        """Return who holds the lock beside the file, or held it last."""
        return lock.find_holder(self.path)


def connect_for_migration(path: Path) -> Engine:
    """Make an engine for one transaction: foreign keys go off before BEGIN, where that still works."""
    return _make_engine(path, ("foreign_keys=OFF", "synchronous=FULL"), "BEGIN IMMEDIATE", 10.0, pool.NullPool)


def _make_engine(
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


def _require_sqlite() -> None:
    """Raise StoreError where SQLite is too old: before 3.35 it has neither RETURNING nor DROP COLUMN."""
    if sqlite3.sqlite_version_info < OLDEST:
        needed = ".".join(map(str, OLDEST))
        do = "use a Python that brings a newer one, such as that of the container image"
        raise StoreError(f"SQLite {sqlite3.sqlite_version} is too old: {needed} or newer is needed", do)


def _read_version(path: Path) -> int | None:
    """Read a file's schema version; None: there are no tables yet. Raises StoreError for a file that is not ours."""
    source = f"file:{quote(str(path))}?mode=ro"
    with _explained(path), closing(sqlite3.connect(source, uri=True, timeout=10)) as connection:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        if application == APPLICATION_ID:
            return int(connection.execute("PRAGMA user_version").fetchone()[0])
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if application == MOVED_ID:
            (place,) = connection.execute("SELECT place FROM moved").fetchone()
            raise StoreError(f"the database {path} was moved to {place}", "set EARSHOT_DATABASE_URL to that place")
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


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise explain(path, error) from error
