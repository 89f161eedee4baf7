"""The book of rewards: no entry is lost after half a line or a short write, and a broken book stops nothing else."""

import os
from pathlib import Path

import pytest

from listener.desk import transitions
from listener.store import notices, reward_book
from listener.store.reward_book import OutCode
from tests.club.shop import Shop
from tests.databases import only_on_sqlite

pytestmark = only_on_sqlite("the book beside the file")
FIRST, SECOND = OutCode(7, "ten", "a" * 64), OutCode(8, "ten", "b" * 64)


def book_of(shop: Shop) -> Path:
    """Return where the book is."""
    return shop.world.store.path.parent / "earshot.db.rewards"


def record(shop: Shop, entry: OutCode) -> None:
    """Write an entry."""
    with shop.world.store.write() as connection:
        reward_book.record(connection, entry)


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
