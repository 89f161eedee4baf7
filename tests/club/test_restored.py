"""After a restore from a backup: what the book of rewards has goes to nobody else, whatever the backup had reserved."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from listener import faultpoints
from listener.codes import mask
from listener.desk import offers, transitions
from listener.errors import StoreError
from listener.store import moving, sqlite_file
from listener.store.engine import open_store
from listener.store.migrate import migrate
from listener.store.tables import coupon
from tests.club.shop import Shop
from tests.databases import only_on_sqlite
from tests.factories import NOW

pytestmark = only_on_sqlite("a backup of the file, and the book beside it")
BO = {"author_id": "bo", "author_handle": "bo"}
SHOWN = mask("TEN-00001")


@dataclass
class Restored:
    """A shop after a restore, and ada's draft in it; her code went to bo after the backup."""

    shop: Shop
    draft: int
    posts: list[str]


Restore = Callable[[Callable[[Shop, int], object]], Restored]


@pytest.fixture
def restore(shop: Shop, tmp_path: Path) -> Iterator[Restore]:
    """Restore a backup that has ada's draft, in the state that `before` left it."""
    opened: list[Shop] = []

    def work(before: Callable[[Shop, int], object]) -> Restored:
        number, store = shop.claim(), shop.world.store
        before(shop, number)
        sqlite_file.copy_database(store.path, tmp_path / "backup.db")
        if shop.world.reply(number).state == "approved":
            transitions.undo(store, shop.desk(), number)
        transitions.reject(store, shop.desk(), number, "no")
        assert shop.approve(shop.claim(**BO)) is None
        shop.send()
        store.close()
        for path in store.path.parent.glob("earshot.db-*"):
            path.unlink()
        shutil.copy(tmp_path / "backup.db", store.path)
        opened.append(Shop.open(open_store(store.path), 0))
        return Restored(opened[-1], number, [post[2] for post in shop.platform.posts])

    yield work
    for one in opened:
        one.world.store.close()


def test_a_draft_whose_code_went_to_somebody_else_cannot_be_approved(restore: Restore) -> None:
    """Neither for sending nor to be posted by hand."""
    restored = restore(lambda shop, draft: None)
    assert "TEN-00001" in restored.posts[0] and SHOWN in restored.shop.text(restored.draft)
    for whispers in (True, False):
        refusal = restored.shop.approve(restored.draft, whispers=whispers)
        assert "went to somebody else, or may have, before the restore" in str(refusal)
    restored.shop.send()
    assert restored.shop.platform.posts == []


def test_an_approved_reply_whose_code_went_to_somebody_else_is_not_sent(restore: Restore) -> None:
    """It goes back to staff with the reason, and another reply is sent all the same."""
    restored = restore(lambda shop, draft: shop.approve(draft))
    shop = restored.shop
    other = shop.world.said("my parcel is two weeks late", author_id="cy", author_handle="cy")[0]
    assert shop.approve(other) is None
    shop.send()
    reply = shop.world.reply(restored.draft)
    assert reply.state == "drafted" and "went to somebody else" in str(reply.error)
    assert shop.world.reply(other).state == "sent" and not any("TEN-" in post[2] for post in shop.platform.posts)


def test_rejected_its_code_is_void(restore: Restore) -> None:
    """It does not go to a third person."""
    restored = restore(lambda shop, draft: None)
    transitions.reject(restored.shop.world.store, restored.shop.desk(), restored.draft, "no")
    assert (restored.shop.stock().void, restored.shop.stock().free) == (1, 4)


@pytest.mark.parametrize("approved", [False, True])
def test_after_the_thaw_its_author_gets_another_code(restore: Restore, approved: bool) -> None:
    """The reserved coupon is void too; its draft is staff's again, and may be given the offer once more."""
    restored = restore(lambda shop, draft: shop.approve(draft) if approved else None)
    shop, draft = restored.shop, restored.draft
    offers.import_used(shop.world.store, shop.desk(), "ten", [])
    reply = shop.world.reply(draft)
    assert reply.state == "drafted" and reply.approved_by is None and "before the database was" in str(reply.error)
    assert (shop.stock().void, shop.stock().reserved) == (1, 0)
    transitions.edit(shop.world.store, shop.desk(), draft, "Here you are!")
    shop.give(draft, "autumn")
    assert shop.approve(draft) is None
    shop.send()
    assert "TEN-00002" in shop.platform.posts[0][2]


def test_a_kill_while_thawing_leaves_the_pool_frozen(restore: Restore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the import is run again, and the code goes to nobody."""
    restored = restore(lambda shop, draft: None)
    path = restored.shop.world.store.path
    restored.shop.world.store.close()
    child = os.fork()
    if child == 0:
        faultpoints._point, faultpoints._signal, faultpoints._left = "R4", "KILL", 1
        shop = Shop.open(open_store(path), 0)
        offers.import_used(shop.world.store, shop.desk(), "ten", [])
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    shop = restored.shop = Shop.open(open_store(path), 0)
    asked = shop.claim(author_id="cy", author_handle="cy")
    assert "is older than its rewards: 1 codes of pool ten" in str(shop.world.reply(asked).error)
    offers.import_used(shop.world.store, shop.desk(), "ten", [])
    assert shop.stock().void == 1 and SHOWN not in shop.text(shop.claim(author_id="di", author_handle="di"))
    shop.world.store.close()


def test_codes_that_are_imported_again_after_the_restore_are_not_given_again(shop: Shop, tmp_path: Path) -> None:
    """The backup was older than the import: the book has their digests still, also after the thaw."""
    store = shop.world.store
    offers.import_used(store, shop.desk(), "ten", [])
    assert shop.approve(shop.claim()) is None
    shop.send()
    with store.write() as connection:  # as in a backup from before the import
        for table in ("approval", "event", "offer_turn", "reward"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
        connection.execute(coupon.delete())
    offers.import_used(store, shop.desk(), "ten", [])
    offers.import_codes(store, shop.desk(), "ten", ["TEN-00001", "TEN-00002"], None)
    asked = shop.claim(**BO)
    assert "is older than its rewards" in str(shop.world.reply(asked).error)
    offers.import_used(store, shop.desk(), "ten", [])
    assert mask("TEN-00002") in shop.text(shop.claim(author_id="cy", author_handle="cy"))


def test_a_frozen_database_is_not_moved(restore: Restore, tmp_path: Path) -> None:
    """The new place would give the codes that its book has: no book is there."""
    restored = restore(lambda shop, draft: None)
    shop, target = restored.shop, tmp_path / "target.db"
    migrate(target, NOW)
    there = open_store(target)
    with pytest.raises(StoreError, match="codes of pool ten were given since"):
        moving.move(shop.world.store, there, lambda: None)
    offers.import_used(shop.world.store, shop.desk(), "ten", [])
    moving.move(shop.world.store, there, lambda: None)
    there.close()
