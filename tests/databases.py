"""An empty database of the newest schema for a test: a file of SQLite, or a schema of its own on a server.

`make test-postgres` sets EARSHOT_TEST_POSTGRES to the URL of a server, where each process has a database of its own.
Making tables takes a second there: the process keeps its schemas and empties them, and a test that opens several
databases gets a schema for each.
"""

import os
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import text

from listener.place import Place, Server, parse_server
from listener.store.engine import Store, open_store
from listener.store.migrate import migrate
from listener.store.tables import metadata
from tests import own_database
from tests.factories import NOW

SERVER = own_database.address(os.environ.get("EARSHOT_TEST_POSTGRES", ""))
_taken = count()


def only_on_sqlite(why: str) -> pytest.MarkDecorator:
    """Skip a test, or with `pytestmark` a module, where the suite runs on PostgreSQL."""
    return pytest.mark.skipif(bool(SERVER), reason=f"SQLite alone: {why}")


def begin_test() -> None:
    """Let the next test use the schemas of the test before."""
    global _taken
    _taken = count()


def make_place(folder: Path, name: str = "earshot.db") -> Place:
    """Return the place of a new database; the file has this name in the folder."""
    if SERVER:
        return _emptied(next(_taken))
    path = folder / name
    path.write_bytes(_empty_file())
    return path


def make_store(folder: Path) -> Store:
    """Open a new database."""
    return open_store(make_place(folder))


@cache
def _empty_file() -> bytes:
    """A fresh database, migrated once a process."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        migrate(path, NOW)
        return path.read_bytes()


def _emptied(number: int) -> Server:
    server = _migrated(number)
    from listener.store.postgres_connection import asking

    with asking(server) as connection:
        connection.execute("SET lock_timeout = '5s'")
        names = [name for name in metadata.tables if name != "pool_home"]
        connection.execute(f"TRUNCATE {', '.join(names)}, lease, daemon RESTART IDENTITY")
        connection.execute("DELETE FROM pool_home WHERE pool NOT LIKE '* %'")  # that row is there from the beginning
    return server


@cache
def _migrated(number: int) -> Server:
    """A schema of this process with its tables, made once."""
    server = parse_server(f"{SERVER}?schema=t{os.getpid()}_{number}")
    migrate(server, NOW)
    return server


def read_everything(store: Store) -> bytes:
    """All that a database keeps: the bytes of its files, or the rows of its tables."""
    if isinstance(store.place, Path):
        files = [path for path in store.place.parent.rglob("*") if path.is_file()]
        return b"\n".join(path.read_bytes() for path in files)
    with store.read() as connection:
        tables = [connection.execute(text(f"SELECT {name}::text FROM {name}")).scalars() for name in metadata.tables]
        return "\n".join(row for rows in tables for row in rows).encode()


def make_target(folder: Path, name: str = "target.db") -> Place:
    """Return a place where nothing is yet: on a server a schema that a test before may have left is dropped."""
    if not SERVER:
        return folder / name
    from listener.store.postgres_connection import asking

    server = parse_server(f"{SERVER}?schema=t{os.getpid()}_target")
    with asking(server) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {server.schema} CASCADE")
    return server


def discard_schemas() -> None:
    """Let no later test use the schemas of this process: they were moved, and refuse to be written."""
    if SERVER:
        from listener.store.postgres_connection import asking

        with asking(parse_server(SERVER)) as connection:
            for number in range(10):
                connection.execute(f"DROP SCHEMA IF EXISTS t{os.getpid()}_{number} CASCADE")
        _migrated.cache_clear()
