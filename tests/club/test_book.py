"""The book of rewards: no entry is lost after half a line or a short write, and a broken book stops nothing else."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from listener.desk import offers, transitions
from listener.errors import BookError
from listener.store import notices, reward_book
from listener.store.reward_book import OutCode
from tests.club.shop import Shop
from tests.databases import only_on_sqlite

pytestmark = only_on_sqlite("the book beside the file")
open_file = os.open
FIRST, SECOND = OutCode(7, "ten", "a" * 64), OutCode(8, "ten", "b" * 64)


def book_of(shop: Shop) -> Path:
    """Return where the book is."""
    return shop.world.store.path.parent / "earshot.db.rewards"


def record(shop: Shop, entry: OutCode) -> None:
    """Write an entry."""
    with shop.world.store.write() as connection:
        reward_book.record(connection, entry, shop.world.now)


def is_in_book(shop: Shop, entry: OutCode) -> bool:
    """Return whether the book has the digest by this reward, and by no other."""
    with shop.world.store.read() as connection:
        has = reward_book.contains(connection, entry.digest)
        return has and not reward_book.contains(connection, entry.digest, but_reward=entry.reward_id)


@pytest.mark.parametrize("half", ["17 ten abc", "17", "17 ten ", "17 ten " + "c" * 63, "\n"])
def test_the_entry_after_half_a_line_is_whole(shop: Shop, half: str) -> None:
    """A crash left the half; the next code is in the book all the same."""
    record(shop, FIRST)
    with book_of(shop).open("a") as book:
        book.write(half)
    record(shop, SECOND)
    assert is_in_book(shop, FIRST) and is_in_book(shop, SECOND)


def test_an_entry_that_an_older_version_put_behind_half_a_line_is_read(shop: Shop) -> None:
    """It is on the line of the half."""
    book_of(shop).write_text(f"17 ten xyz{SECOND.reward_id} ten {SECOND.digest}\n")
    assert is_in_book(shop, SECOND)


def test_a_short_write_is_gone_on_with(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system may take fewer bytes than it was given."""
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:5]))
    record(shop, FIRST)
    monkeypatch.undo()
    record(shop, SECOND)
    assert is_in_book(shop, FIRST) and is_in_book(shop, SECOND)


@pytest.mark.parametrize("line", ["x ten " + "d" * 64, "\u00b2 ten " + "d" * 64, "no line of ours", ""])
def test_a_line_that_is_no_entry_stops_nothing(shop: Shop, line: str) -> None:
    """Somebody edited the book; its entries are read."""
    book_of(shop).write_text(f"{line}\n", encoding="utf-8")
    record(shop, FIRST)
    assert is_in_book(shop, FIRST)
    assert shop.world.reply(shop.claim()).state == "drafted"


def break_book(shop: Shop) -> None:
    """Leave a book that is not text, as a bad disk does."""
    book_of(shop).write_bytes(b"\xff\xfe\x00")


def kinds(shop: Shop) -> list[str]:
    """Return the kinds of the open notices."""
    with shop.world.store.read() as connection:
        return [notice.kind for notice in notices.list_open(connection)]


def test_a_broken_book_stops_no_deciding(shop: Shop) -> None:
    """Who asks for a coupon goes to staff, with a notice; it ends when the book can be used."""
    break_book(shop)
    asked = shop.world.reply(shop.claim())
    assert asked.state == "escalated" and "is not text" in str(asked.error) and kinds(shop) == ["coupons_book"]
    assert shop.stock().free == 5
    book_of(shop).unlink()
    assert shop.world.reply(shop.claim(author_id="bo", author_handle="bo")).state == "drafted" and not kinds(shop)


def test_a_broken_book_stops_no_sending(shop: Shop) -> None:
    """The reply with the coupon goes back to staff; the others are sent."""
    with_coupon = shop.claim()
    without = shop.world.said("my parcel is two weeks late", author_id="bo", author_handle="bo")[0]
    assert shop.approve(with_coupon) is None and shop.approve(without) is None
    break_book(shop)
    shop.send()
    assert [shop.world.reply(number).state for number in (with_coupon, without)] == ["drafted", "sent"]
    assert "is not text" in str(shop.world.reply(with_coupon).error) and kinds(shop) == ["coupons_book"]
    assert "is not text" in str(shop.approve(with_coupon))


def test_with_a_broken_book_a_coupon_that_is_taken_back_is_void(shop: Shop) -> None:
    """Nobody knows whether its code is out."""
    number = shop.claim()
    break_book(shop)
    transitions.reject(shop.world.store, shop.desk(), number, "no")
    assert (shop.stock().void, shop.stock().free) == (1, 4)


def open_notice(shop: Shop) -> None:
    """A claim meets the broken book; then the book is mended."""
    break_book(shop)
    shop.claim(author_id="cy", author_handle="cy")
    assert kinds(shop) == ["coupons_book"]
    book_of(shop).unlink()


def give(shop: Shop) -> None:
    """Staff give an offer."""
    shop.give(shop.world.said("my parcel is late", author_id="di", author_handle="di")[0])


def import_used(shop: Shop) -> None:
    """Staff import what the shop has seen."""
    offers.import_used(shop.world.store, shop.desk(), "ten", [])


@pytest.mark.parametrize("work", [give, import_used])
def test_the_notice_ends_with_whatever_uses_the_book(shop: Shop, work: Callable[[Shop], None]) -> None:
    """Not only with the next customer who asks."""
    open_notice(shop)
    work(shop)
    assert kinds(shop) == []


def test_the_notice_ends_when_a_code_is_written_into_the_book(shop: Shop) -> None:
    """Sending, too."""
    number = shop.claim()
    assert shop.approve(number) is None
    open_notice(shop)
    shop.send()
    assert shop.world.reply(number).state == "sent" and kinds(shop) == []


@pytest.mark.parametrize("work", [give, import_used])
def test_the_notice_stays_while_the_book_is_broken(shop: Shop, work: Callable[[Shop], None]) -> None:
    """Refused with the reason; nothing is reserved."""
    open_notice(shop)
    break_book(shop)
    with pytest.raises(BookError, match="is not text"):
        work(shop)
    assert kinds(shop) == ["coupons_book"] and shop.stock().reserved == 0


def test_a_book_that_cannot_be_written_gives_nothing_out(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is found out when a coupon is reserved, not when its code should leave."""
    record(shop, FIRST)

    def refuse(path: Path, flags: int, *mode: int) -> int:
        if flags & os.O_APPEND:
            raise PermissionError(errno.EACCES, "no")
        return open_file(path, flags, *mode)

    monkeypatch.setattr(os, "open", refuse)
    number = shop.claim()
    assert "cannot write" in str(shop.world.reply(number).error) and kinds(shop) == ["coupons_book"]
