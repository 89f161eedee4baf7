"""After a restore of a server, which has no book beside it: no code that may be out goes to anybody else."""

import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select, text

from listener.codes import mask
from listener.desk import offers, transitions
from listener.errors import DeskError, StoreError
from listener.place import Server
from listener.store import moving, reward_home
from listener.store.engine import open_store
from listener.store.migrate import migrate
from listener.store.tables import coupon
from listener.store.value_dialect import is_same_home
from tests.club.shop import Shop
from tests.databases import SERVER, discard_schemas, make_target
from tests.factories import NOW
from tests.grants import as_role, grant

pytestmark = pytest.mark.skipif(not SERVER, reason="`make test-postgres` runs it on a server of its own")
BO = {"author_id": "bo", "author_handle": "bo"}
CY = {"author_id": "cy", "author_handle": "cy"}
MAY_HAVE = "5 codes of pool ten were given since its backup, or may have been"


@dataclass
class Dumped:
    """A dump of a shop that has ada's draft, and bo's code went out after it."""

    shop: Shop
    draft: int
    dump: Path

    def restore(self) -> Shop:
        """Drop the schema, and make it again from the dump."""
        place = self.shop.world.store.place
        assert isinstance(place, Server)
        self.shop.world.store.close()
        with psycopg.connect(SERVER, autocommit=True) as connection:
            connection.execute(f"DROP SCHEMA {place.schema} CASCADE")
        subprocess.run(
            ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", self.dump, SERVER], check=True, capture_output=True
        )
        self.shop = Shop.open(open_store(place), 0)
        return self.shop


@pytest.fixture
def dumped(shop: Shop, tmp_path: Path) -> Iterator[Dumped]:
    """Dump the schema with ada's draft; then bo's code goes out."""
    place = shop.world.store.place
    assert isinstance(place, Server)
    number, dump = shop.claim(), tmp_path / "earshot.sql"
    command = ["pg_dump", f"--schema={place.schema}", "--file", str(dump), SERVER]
    subprocess.run(command, check=True, capture_output=True)
    made = Dumped(shop, number, dump)
    assert shop.approve(shop.claim(**BO)) is None
    shop.send()
    assert len(shop.platform.posts) == 1
    yield made
    made.shop.world.store.close()
    discard_schemas()  # no other test begins in a database that was restored


def test_nothing_is_given_after_a_restore(dumped: Dumped) -> None:
    """Who asks goes to staff with the reason, and so does a draft of the backup."""
    shop = dumped.restore()
    assert MAY_HAVE in str(shop.world.reply(shop.claim(**CY)).error)
    for whispers in (True, False):
        assert "went to somebody else, or may have, before the restore" in str(
            shop.approve(dumped.draft, whispers=whispers)
        )
    shop.send()
    assert shop.platform.posts == []


def test_a_rejected_draft_of_the_backup_frees_no_code(dumped: Dumped) -> None:
    """Its code may be somebody's by now."""
    shop = dumped.restore()
    transitions.reject(shop.world.store, shop.desk(), dumped.draft, "no")
    assert (shop.stock().void, shop.stock().free) == (1, 4)


def test_what_may_be_out_is_void_after_the_import_of_used_codes(dumped: Dumped) -> None:
    """Then new codes are given, and who had a draft gets another one."""
    shop = dumped.restore()
    offers.import_used(shop.world.store, shop.desk(), "ten", [])
    assert (shop.stock().void, shop.stock().free) == (5, 0)
    offers.import_codes(shop.world.store, shop.desk(), "ten", ["NEW-00001", "NEW-00002"], None)
    assert mask("NEW-00001") in shop.text(shop.claim(**CY))
    transitions.edit(shop.world.store, shop.desk(), dumped.draft, "Here you are!")
    shop.give(dumped.draft, "autumn")
    assert shop.approve(dumped.draft) is None
    shop.send()
    assert "NEW-00002" in shop.platform.posts[0][2]


def test_codes_that_are_imported_before_that_are_frozen_too(dumped: Dumped) -> None:
    """Also those of another pool: perhaps they are imported once more."""
    shop = dumped.restore()
    offers.import_codes(shop.world.store, shop.desk(), "ten", ["TEN-00009"], None)
    assert "6 codes of pool ten" in str(shop.world.reply(shop.claim(**CY)).error)


def test_a_person_may_say_that_no_code_was_given_since(dumped: Dumped) -> None:
    """As after a failover to a synchronous standby; with a reason, which is kept."""
    shop = dumped.restore()
    with pytest.raises(DeskError, match="a reason is needed"):
        offers.confirm(shop.world.store, shop.desk(), "ten", " ")
    offers.confirm(shop.world.store, shop.desk(), "ten", "the standby was synchronous")
    assert shop.world.reply(shop.claim(**CY)).state == "drafted" and shop.approve(dumped.draft) is None
    with shop.world.store.read() as connection:
        detail = connection.execute(text("SELECT detail FROM event WHERE what = 'coupons_changed'")).scalars().all()
    assert "pool ten is whole after a restore: the standby was synchronous" in str(detail)


@pytest.fixture(params=["pg_control_system()", "pg_control_system(), pg_current_wal_lsn(), pg_walfile_name(pg_lsn)"])
def managed(shop: Shop, request: pytest.FixtureRequest) -> Iterator[Server]:
    """The database of a shop for staff of a server whose provider keeps some functions to itself."""
    place = shop.world.store.place
    assert isinstance(place, Server)
    grant(place)
    with psycopg.connect(place.url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(1)")  # the functions belong to all processes of the suite
        connection.execute(f"REVOKE EXECUTE ON FUNCTION {request.param} FROM PUBLIC")
        yield as_role(place, "staff")
        connection.execute(f"GRANT EXECUTE ON FUNCTION {request.param} TO PUBLIC")


def frozen_for(login: Server) -> set[str]:
    """The pools that a login takes for frozen."""
    with closing(open_store(login)) as store, store.read() as connection:
        pools = connection.execute(select(coupon.c.pool).distinct()).scalars().all()
        return {pool for pool in pools if reward_home.is_frozen(connection, pool)}


def test_whoever_may_ask_the_server_less_sees_no_restore_where_none_was(shop: Shop, managed: Server) -> None:
    """The owner knew the server's name when the codes came in: staff without it must not freeze them."""
    assert frozen_for(managed) == set()


def test_whoever_may_ask_the_server_less_sees_a_restore_all_the_same(dumped: Dumped, managed: Server) -> None:
    """By the number of the table, which is another one."""
    place = dumped.restore().world.store.place
    assert isinstance(place, Server)
    grant(place)
    assert frozen_for(managed) == {"ten"}


@pytest.mark.parametrize(
    ("home", "is_same"),
    [
        ("7 my shop 00000001 16400", True),
        (" my shop  16400", True),
        (" my shop 00000001 16401", False),
        ("7 my shop 00000002 16400", False),
        ("8 my shop  16400", False),
    ],
)
def test_what_a_login_may_not_know_tells_no_databases_apart(home: str, is_same: bool) -> None:
    """A managed server keeps its name to itself, a standby its timeline; a name may have spaces."""
    assert is_same_home("7 my shop 00000001 16400", home) is is_same


def test_a_login_that_may_not_ask_for_the_server_sees_what_was_restored() -> None:
    """The mark of a pool that came after a restore is no home at all."""
    assert not is_same_home(reward_home.RESTORED, " my shop  16400")


def test_without_a_restore_nothing_is_frozen(shop: Shop) -> None:
    """Also where the process opens the database anew."""
    with pytest.raises(DeskError, match="pool ten is not frozen"):
        offers.confirm(shop.world.store, shop.desk(), "ten", "to be sure")
    again = Shop.open(open_store(shop.world.store.place), 0)
    assert again.world.reply(again.claim(**CY)).state == "drafted"
    again.world.store.close()


def test_a_frozen_database_is_not_moved_and_a_whole_one_is_whole_where_it_goes(dumped: Dumped, tmp_path: Path) -> None:
    """The new place would know nothing of the restore; afterwards it gives codes as before."""
    shop = dumped.restore()
    target = make_target(tmp_path)
    migrate(target, NOW)
    there = open_store(target)
    with pytest.raises(StoreError, match="codes of pool ten were given since"):
        moving.move(shop.world.store, there, lambda: None)
    offers.confirm(shop.world.store, shop.desk(), "ten", "nothing was sent")
    moving.move(shop.world.store, there, lambda: None)
    moved = Shop.open(there, 0)
    assert moved.world.reply(moved.claim(**CY)).state == "drafted"
    there.close()
