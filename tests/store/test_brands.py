"""Two brands side by side in one database: a folder of configuration, a schema and roles each, and nothing shared."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from listener.errors import StoreError
from listener.place import Server, parse_server
from listener.store import events
from listener.store.database import database_at
from listener.store.engine import Store, open_store
from listener.store.migrate import migrate
from tests.databases import SERVER
from tests.grants import as_role, grant
from tests.line import NOON
from tests.process import PRAISE, Done, Home, until

pytestmark = pytest.mark.skipif(not SERVER, reason="`make test-postgres` runs it on a server of its own")
WORDS = {"fernhill": "fern", "oakdale": "oak"}


@dataclass
class Brand:
    """A brand with everything of its own but the database. home: its folder; the others: logins of its roles."""

    home: Home
    server: Server
    owner: Server
    daemon: Server
    staff: Server

    @classmethod
    def create(cls, folder: Path, name: str) -> "Brand":
        """Follow docs/scale.md: roles, tables, rights on the tables."""
        server = parse_server(f"{SERVER}?schema={name}_{os.getpid()}")
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(f"DROP SCHEMA IF EXISTS {server.schema} CASCADE")
        grant(server)
        owner, daemon, staff = (as_role(server, role) for role in ("owner", "daemon", "staff"))
        brand = cls(Home(folder / name), server, owner, daemon, staff)
        assert brand.run(owner, "migrate").code == 0
        grant(server)
        brand.home.say(f"{PRAISE} ({WORDS[name]})")
        return brand

    def run(self, login: Server, *args: str) -> Done:
        """Run a command by a login."""
        return self.home.run(*args, **address(login))

    @contextmanager
    def daemon_runs(self) -> Iterator[None]:
        """Let a daemon run by its own login."""
        process = self.home.start("run", **address(self.daemon))
        try:
            yield
        finally:
            process.terminate()
            process.communicate()

    def texts(self) -> list[str]:
        """What stands in its database."""
        with psycopg.connect(self.server.url) as connection:
            return [text for (text,) in connection.execute(f"SELECT text FROM {self.server.schema}.mention")]


def address(login: Server) -> dict[str, str]:
    """The environment that names a database."""
    return {"EARSHOT_DATABASE_URL": f"{login.url}?schema={login.schema}"}


@pytest.fixture
def brands(tmp_path: Path) -> tuple[Brand, Brand]:
    """Two of them on one server."""
    return Brand.create(tmp_path, "fernhill"), Brand.create(tmp_path, "oakdale")


def write(store: Store) -> None:
    """Write something."""
    with store.write() as connection:
        events.add(connection, "seen", "poll", NOON)


def test_each_brand_reads_drafts_and_sends_its_own(brands: tuple[Brand, Brand]) -> None:
    """Two daemons at once, each with its own login; what staff of one approve goes out there alone."""
    first, second = brands
    with first.daemon_runs(), second.daemon_runs():
        for brand in brands:
            until(lambda brand=brand: brand.run(brand.staff, "queue", "--json").json, "it is drafted")  # type: ignore[misc]
        (draft,) = first.run(first.staff, "queue", "--json").json
        assert first.run(first.staff, "approve", "--now", str(draft["id"])).code == 0
        until(first.home.posts, "it is sent")
        assert second.home.posts() == [] and first.run(first.staff, "health").code == 0
    assert [len(brand.texts()) for brand in brands] == [1, 1]
    assert all(WORDS[name] in brand.texts()[0] for name, brand in zip(WORDS, brands, strict=True))


def test_a_login_of_one_brand_may_not_look_into_the_other(brands: tuple[Brand, Brand]) -> None:
    """One line with what to do, also where the address of the other brand was copied."""
    first, second = brands
    for login in (first.staff, first.daemon, first.owner):
        wrong = Server(login.url, second.server.schema)
        done = second.run(wrong, "queue")
        assert done.code == 1 and "refuses this user" in done.err and "Traceback" not in done.err


def test_the_turn_and_the_notifications_of_one_brand_do_not_reach_the_other(brands: tuple[Brand, Brand]) -> None:
    """A long transaction of one must not keep the other one's staff waiting, nor wake its daemon."""
    first, second = (open_store(brand.server, wait=0.2) for brand in brands)
    with closing(first), closing(second):
        changes = second.watch()
        changes.has_any()
        with first.write() as connection:
            events.add(connection, "seen", "poll", NOON)
            write(second)
        until(changes.has_any, "its own write is heard of")
        write(first)
        assert not changes.has_any()
        changes.close()


def test_one_brand_is_migrated_while_the_other_works(brands: tuple[Brand, Brand]) -> None:
    """The lease on everything is on everything of one schema."""
    first, second = brands
    with second.daemon_runs():
        until(lambda: database_at(second.server).list_daemons(), "the other one works")
        with database_at(first.server).hold("migrate", NOON):
            migrate(first.server, NOON)


def test_one_brand_is_dumped_and_restored_while_the_other_works(brands: tuple[Brand, Brand]) -> None:
    """A dump of its schema has all of it, also what marks the schema as ours."""
    first, second = brands
    for brand in brands:
        with closing(open_store(brand.server)) as store:
            write(store)
    dump = ["pg_dump", "--schema", first.server.schema, first.server.url]
    saved = subprocess.run(dump, capture_output=True, check=True).stdout
    with psycopg.connect(first.server.url, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA {first.server.schema} CASCADE")
    with pytest.raises(StoreError, match="there is no database"):
        open_store(first.server)
    restore = ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", first.server.url]
    subprocess.run(restore, input=saved, capture_output=True, check=True)
    with closing(open_store(first.staff)) as store, store.read() as connection:
        assert events.read_newest_id(connection) == 1
    with closing(open_store(second.server)) as store:
        write(store)


def test_a_schema_may_be_called_like_a_word_of_sql_and_have_a_long_name() -> None:
    """A brand's name is what it is."""
    for name in ("order", "b" * 55):
        server = parse_server(f"{SERVER}?schema={name}")
        migrate(server, NOON)
        grant(server)
        with closing(open_store(as_role(server, "daemon"))) as store:
            changes = store.watch()
            changes.has_any()
            write(store)
            until(changes.has_any, "it is heard of")
            changes.close()
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(f'DROP SCHEMA "{name}" CASCADE')
