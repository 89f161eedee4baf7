"""Restores of a server that leave its tables where they are, or that know no pool yet: no code goes to two people."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from listener.codes import mask
from listener.desk import offers
from listener.errors import DeskError
from listener.place import Server
from listener.store.engine import open_store
from listener.store.migrate import migrate
from tests.club.shop import Shop, numbers
from tests.databases import SERVER, discard_schemas
from tests.factories import NOW

pytestmark = pytest.mark.skipif(not SERVER, reason="`make test-postgres` runs it on a server of its own")
BO = {"author_id": "bo", "author_handle": "bo"}
IS_FROZEN = "were given since its backup, or may have been"


def place_of(shop: Shop) -> Server:
    """Where its database is."""
    place = shop.world.store.place
    assert isinstance(place, Server)
    return place


def run(*command: str, check: bool = True) -> None:
    """Run one of PostgreSQL's programs."""
    subprocess.run(command, check=check, capture_output=True)


def dump(shop: Shop, folder: Path) -> Path:
    """A dump of the schema, as it is now."""
    path = folder / "earshot.dump"
    run("pg_dump", "--format=custom", f"--schema={place_of(shop).schema}", f"--file={path}", SERVER)
    return path


def made_anew(place: Server, path: Path) -> None:
    """Drop the schema, and make it again from the dump."""
    execute(f"DROP SCHEMA {place.schema} CASCADE")
    run("pg_restore", f"--dbname={SERVER}", str(path))


def emptied_first(place: Server, path: Path) -> None:
    """Empty all tables, and put the rows of the dump into them."""
    with psycopg.connect(SERVER, autocommit=True) as connection:
        query = "SELECT tablename FROM pg_tables WHERE schemaname = %s"
        tables = [f"{place.schema}.{name}" for (name,) in connection.execute(query, [place.schema])]
        connection.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
    run("pg_restore", "--data-only", "--disable-triggers", f"--dbname={SERVER}", str(path))


def into_fresh_tables(place: Server, path: Path) -> None:
    """Make the schema by `earshot migrate`, and put the rows into it; what stands in a new one already is refused."""
    execute(f"DROP SCHEMA {place.schema} CASCADE")
    migrate(place, NOW)
    run("pg_restore", "--data-only", "--disable-triggers", f"--dbname={SERVER}", str(path), check=False)


def execute(statement: str) -> None:
    """Run a statement outside of any transaction."""
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(statement.encode())


Way = Callable[[Server, Path], None]
WAYS: list[Way] = [made_anew, emptied_first, into_fresh_tables]


Restore = Callable[[Way, Path], Shop]


@pytest.fixture
def restore(shop: Shop) -> Iterator[Restore]:
    """Put a dump in the place of what is there; no code is imported. No other test uses the database afterwards."""
    opened: list[Shop] = []

    def work(way: Way, path: Path) -> Shop:
        shop.world.store.close()
        way(place_of(shop), path)
        opened.append(Shop.open(open_store(place_of(shop)), 0))
        return opened[-1]

    yield work
    for one in opened:
        one.world.store.close()
    discard_schemas()


@pytest.mark.parametrize("way", WAYS)
def test_a_restore_freezes_its_pools_however_it_is_done(shop: Shop, tmp_path: Path, restore: Restore, way: Way) -> None:
    """Rows that came back were written by another transaction than the one that they name."""
    draft, path = shop.claim(), dump(shop, tmp_path)
    assert shop.approve(shop.claim(**BO)) is None
    shop.send()
    again = restore(way, path)
    assert IS_FROZEN in str(again.world.reply(again.claim(**BO)).error)
    assert "went to somebody else, or may have" in str(again.approve(draft))


@pytest.mark.parametrize("way", WAYS)
def test_a_dump_from_before_the_first_import_freezes_what_is_imported(
    shop: Shop, tmp_path: Path, restore: Restore, way: Way
) -> None:
    """The file of the first import is at hand, and some of its codes are out."""
    with shop.world.store.write() as connection:  # as before the import
        connection.exec_driver_sql("DELETE FROM coupon")
        connection.exec_driver_sql("DELETE FROM pool_home WHERE pool = 'ten'")
    path = dump(shop, tmp_path)
    offers.import_codes(shop.world.store, shop.desk(), "ten", numbers(5), None)
    assert shop.approve(shop.claim()) is None
    shop.send()
    again = restore(way, path)
    assert offers.import_codes(again.world.store, again.desk(), "ten", numbers(5), None).frozen == 5
    assert IS_FROZEN in str(again.world.reply(again.claim(**BO)).error)
    offers.confirm(again.world.store, again.desk(), "ten", "codes that the shop has made since")
    assert mask("TEN-00001") in again.text(again.claim(author_id="cy", author_handle="cy"))


def test_tables_that_are_written_anew_freeze_nothing(shop: Shop) -> None:
    """As upkeep and an erasure do, and the server of its own accord."""
    for statement in ("VACUUM FULL", "VACUUM FREEZE"):
        for table in ("coupon", "reward", "pool_home"):
            execute(f"{statement} {place_of(shop).schema}.{table}")
    assert shop.world.reply(shop.claim()).state == "drafted"
    with pytest.raises(DeskError, match="pool ten is not frozen"):
        offers.confirm(shop.world.store, shop.desk(), "ten", "to be sure")
