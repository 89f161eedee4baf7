"""Pools of coupons stay whole, or frozen, when a server's database is migrated from a schema that knew their homes."""

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from listener.place import Server
from listener.store import engine, reward_home
from listener.store.migrate import migrate
from listener.store.value_dialect import read_home
from tests.databases import SERVER, make_target
from tests.line import NOON
from tests.store import old_schema

pytestmark = pytest.mark.skipif(not SERVER, reason="`make test-postgres` runs it on a server of its own")


def make_pool(place: Server, kept: str) -> None:
    """Make a database of schema 10 with a pool; `kept`: its home as a login knew it that might ask for less."""
    old_schema.make(place, NOON, 10)
    with old_schema.plainly(place) as connection:
        server, name, timeline, number = str(read_home(connection)).split(" ")
        home = kept.format(server=server, name=name, timeline=timeline, number=number, other=int(number) + 1)
        connection.execute(text("INSERT INTO pool_home VALUES ('ten', :home)"), {"home": home})


def frozen(place: Server) -> tuple[bool, bool]:
    """Return whether the pool is frozen, and whether one is that comes after the migration."""
    with closing(engine.open_store(place)) as store, store.write() as connection:
        reward_home.keep(connection, "twenty")
        return reward_home.is_frozen(connection, "ten"), reward_home.is_frozen(connection, "twenty")


@pytest.mark.parametrize(
    "kept",
    [
        "{server} {name} {timeline} {number}",
        " {name} {timeline} {number}",
        "{server} {name}  {number}",
        " {name}  {number}",
    ],
)
def test_a_pool_is_whole_whoever_migrates(tmp_path: Path, kept: str) -> None:
    """The login that kept the home might not ask for the server's name or timeline, this one may."""
    place = make_target(tmp_path)
    assert isinstance(place, Server)
    make_pool(place, kept)
    migrate(place, NOON)
    assert frozen(place) == (False, False)


@pytest.mark.parametrize("kept", ["{server} {name} {timeline} {other}", " {name}  {other}", "1 {name}  {number}"])
def test_a_restored_pool_stays_frozen(tmp_path: Path, kept: str) -> None:
    """What both know differs: the table is another one, or the server."""
    place = make_target(tmp_path)
    assert isinstance(place, Server)
    make_pool(place, kept)
    migrate(place, NOON)
    assert frozen(place) == (True, True)
