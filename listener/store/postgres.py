"""A database of PostgreSQL: its engines, its version, the tables it has beside ours, and who may run.

The writer takes an advisory lock that lasts as long as its transaction, as BEGIN IMMEDIATE does in a file. Its
isolation stays READ COMMITTED: the snapshot of a stricter one would be older than the lock. A reader has one snapshot.
"""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, Engine, create_engine, event, pool, text

from listener.errors import StoreError
from listener.place import Server

try:
    import psycopg

    from listener.store import postgres_dialect
    from listener.store.leases import daemons, exclusive, lease, shared, taking, timing
    from listener.store.postgres_changes import ServerChanges
    from listener.store.postgres_connection import asking, milliseconds, open_connection, take_turn, turn_settings
    from listener.store.postgres_errors import explain
except ImportError as error:
    raise StoreError(
        "PostgreSQL needs a driver that is not installed", "run `pip install 'earshot[postgres]'`"
    ) from error

from listener.store.daemon_state import DaemonState
from listener.store.holder import Holder
from listener.store.tables import metadata
from listener.store.vacuum import IN_USE

MOVED = "Earshot, moved to "
MARK = "Earshot, schema "  # how the comment on a schema of ours begins
READER = {"default_transaction_read_only": "on", "default_transaction_isolation": "repeatable read"}
RETRY_S = 0.2  # seconds between two tries to write a table anew


@dataclass(frozen=True, slots=True)
class PostgresDatabase:
    """The database on a server; what each method does, store/database.py says."""

    server: Server

    @property
    def library(self) -> str:
        """The versions of the driver and of the server, when that can be asked."""
        with asking(self.server) as connection:
            return f"PostgreSQL {connection.info.parameter_status('server_version')}, psycopg {psycopg.__version__}"

    def connect(self, *, readonly: bool, wait: float) -> Engine:
        """Make an engine: a reader that can only read, or a writer that waits for its turn."""
        if readonly:
            return self._make_engine({**READER, "lock_timeout": milliseconds(wait)})
        engine = self._make_engine({**turn_settings(), "lock_timeout": milliseconds(wait)})
        begin = f"{take_turn(self.server)}, pg_notify('{self._channel}', '')"
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
        return engine

    def explain(self, error: BaseException) -> StoreError:
        """Return an error of the driver in words."""
        return explain(self.server, error)

    def is_driver_error(self, error: BaseException) -> bool:
        """Return whether it is psycopg's own."""
        return isinstance(error, psycopg.Error)

    def read_version(self) -> int | None:
        """Read the schema's version from its comment. Raises StoreError where its tables are another program's."""
        query = """SELECT obj_description(n.oid, 'pg_namespace'), current_setting('server_encoding'),
                          (SELECT count(*) FROM pg_class WHERE relnamespace = n.oid AND relkind IN ('r', 'p', 'v')),
                          n.oid IS NULL OR has_schema_privilege(n.oid, 'USAGE')
                   FROM (SELECT 1) AS always LEFT JOIN pg_namespace n ON n.nspname = %s"""
        with asking(self.server) as connection:
            row = connection.execute(query, (self.server.schema,)).fetchone()
        comment, encoding, tables, is_open = row or ("", "", 0, True)
        if encoding != "UTF8":
            raise StoreError(f"the database {self.server} is kept in {encoding}", "create one with ENCODING 'UTF8'")
        if not is_open:  # PostgreSQL would say that there are no such tables
            what = f"the database {self.server} refuses this user (no right to use the schema {self.server.schema})"
            raise StoreError(what, "check user, schema and grants (docs/scale.md)")
        if comment and comment.startswith(MOVED):
            what = f"the database {self.server} was moved to {comment.removeprefix(MOVED)}"
            raise StoreError(what, "set EARSHOT_DATABASE_URL to that place")
        if comment and comment.startswith(MARK):
            return int(comment.removeprefix(MARK).partition(",")[0])
        if tables:
            what = f"the schema {self.server.schema} of {self.server} belongs to another program"
            raise StoreError(what, "name another: ?schema=NAME in EARSHOT_DATABASE_URL")
        return None

    @contextmanager
    def migration(self, before: int | None, now: datetime) -> Iterator[Connection]:
        """Make the schema, or keep every writer out; the operator's backup is the copy."""
        engine = self._make_engine({"lock_timeout": milliseconds(10.0)}, pool.NullPool)
        with engine.begin() as connection:
            connection.exec_driver_sql(take_turn(self.server))
            if before is None:
                _make_schema(connection, self.server.schema)
                connection.execute(text(lease.TABLE))
                connection.execute(text(daemons.TABLE))
            yield connection

    def finish_migration(self, connection: Connection, version: int) -> None:
        """Mark the schema; rows without their parent PostgreSQL refuses itself."""
        connection.execute(text(f"COMMENT ON SCHEMA \"{self.server.schema}\" IS '{MARK}{version}'"))

    def close_for_writing(self, connection: Connection, moved_to: str) -> None:
        """Mark the schema, and let triggers refuse what processes that have it open would write."""
        words = f"this database was moved to {moved_to}".replace("'", "''").replace("%", "%%")
        connection.exec_driver_sql(
            f"CREATE FUNCTION refuse_moved() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE '{words}'; END$$"
        )
        for table in metadata.tables:
            connection.exec_driver_sql(
                f'CREATE TRIGGER moved BEFORE INSERT OR UPDATE OR DELETE ON "{table}" EXECUTE FUNCTION refuse_moved()'
            )
        comment = f"{MOVED}{moved_to}".replace("'", "''")
        connection.exec_driver_sql(f"COMMENT ON SCHEMA \"{self.server.schema}\" IS '{comment}'")

    def rewrite(self, patience: float) -> str:
        """Write the tables anew, which only their owner may."""
        try:
            with open_connection(self.server, {"lock_timeout": milliseconds(patience)}) as connection:
                connection.autocommit = True
                if not _owns(connection):
                    return "only the owner of the tables can rewrite them: VACUUM FULL"
                end = time.monotonic() + patience
                return "" if all(_rewrite(connection, table, end) for table in metadata.tables) else IN_USE
        except psycopg.Error as error:
            return str(self.explain(error).what)

    def truncate_log(self, patience: float) -> bool:
        """Do nothing: the server recycles its log itself; archives of it keep words (docs/scale.md)."""
        return True

    def watch(self) -> ServerChanges:
        """Return what tells whether anybody has written."""
        return ServerChanges(partial(open_connection, self.server), self._channel)

    def hold(self, command: str, now: datetime) -> AbstractContextManager[exclusive.ServerLock]:
        """Hold the lease on everything, and renew it."""
        return exclusive.hold(self.server, command)

    def join(self, version: str, schema: int, now: datetime) -> AbstractContextManager[shared.SharedLock]:
        """Share the work with other daemons, part by part."""
        return shared.join(self.server, version, schema)

    def list_daemons(self) -> Sequence[DaemonState]:
        """List the daemons of the last day."""
        with asking(self.server) as connection:
            return daemons.list_daemons(connection, timing.TIMING.span)

    def find_holder(self) -> Holder | None:
        """Return who holds a lease, or held the last one."""
        with asking(self.server) as connection:
            return taking.find_holder(connection)

    @property
    def _channel(self) -> str:
        return f"earshot_{self.server.schema}"

    def _make_engine(self, settings: dict[str, str], pooled: type[pool.Pool] | None = None) -> Engine:
        sizes = {} if pooled else {"pool_size": 4, "max_overflow": 12, "pool_pre_ping": True}
        return create_engine(
            f"{postgres_dialect.NAME}://",
            creator=lambda: open_connection(self.server, settings),
            poolclass=pooled,
            execution_options={"compiled_cache": postgres_dialect.COMPILED},
            hide_parameters=True,  # an error that is logged must not show what people wrote
            use_native_hstore=False,
            **sizes,
        )


def _make_schema(connection: Connection, name: str) -> None:
    """Make the schema unless it is there: even with IF NOT EXISTS that takes a right on the whole database."""
    if not connection.execute(text("SELECT to_regnamespace(:name) IS NOT NULL"), {"name": name}).scalar_one():
        connection.execute(text(f'CREATE SCHEMA "{name}"'))


def _owns(connection: "psycopg.Connection") -> bool:
    """Return whether every table is ours: VACUUM passes over others with a warning alone."""
    query = """SELECT bool_and(pg_has_role(relowner, 'USAGE')) FROM pg_class
               WHERE relnamespace = to_regnamespace(current_schema()) AND relname = ANY(%s)"""
    row = connection.execute(query, (list(metadata.tables),)).fetchone()
    return bool(row and row[0])


def _rewrite(connection: "psycopg.Connection", table: str, end: float) -> bool:
    """Write a table anew until nothing deleted is kept in it. Returns False where an older snapshot outlasts `end`.

    VACUUM copies deleted rows that a snapshot of anybody, a replica's too, may still see; its report counts them.
    """
    reports: list[str] = []
    connection.add_notice_handler(handler := lambda report: reports.append(report.message_detail or ""))
    try:
        while True:
            reports.clear()
            connection.execute(f'VACUUM (FULL, VERBOSE) "{table}"')
            if not any(int(kept) for report in reports for kept in re.findall(r"\d+", report)[:1]):
                return True
            if time.monotonic() > end:
                return False
            time.sleep(RETRY_S)
    finally:
        connection.remove_notice_handler(handler)
