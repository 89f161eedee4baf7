"""A coupon that became void: its reply, and whoever should have had it, can have another."""

from collections.abc import Callable

import pytest

from listener.codes import mask
from listener.desk import offers, transitions
from listener.errors import DeskError
from tests.club.shop import Shop

WHY = "the first code is void"


def void_by_hand(shop: Shop) -> int:
    """A claim whose code may be known: to be posted by hand, closed, reopened. Returns its reply."""
    number = shop.claim()
    assert shop.approve(number, whispers=False) is None
    transitions.reject(shop.world.store, shop.desk(), number, "no")
    transitions.reopen(shop.world.store, shop.desk(), number)
    assert f"the coupon of reply {number} is void" in str(shop.approve(number))
    return number


def leave(shop: Shop, number: int) -> None:
    """Leave the text as it is, with the mask of the void code."""


def rewrite(shop: Shop, number: int) -> None:
    """Write the reply anew, without any coupon."""
    transitions.edit(shop.world.store, shop.desk(), number, "We are sorry that it did not work.")


def write_twice(shop: Shop, number: int) -> None:
    """Write it anew twice."""
    rewrite(shop, number)
    transitions.edit(shop.world.store, shop.desk(), number, "Sorry!")


@pytest.mark.parametrize("before", [leave, rewrite, write_twice])
def test_a_reply_whose_coupon_became_void_gets_another_by_again(
    shop: Shop, before: Callable[[Shop, int], None]
) -> None:
    """Whatever staff did with its text; it goes out once, with the new code alone."""
    number = void_by_hand(shop)
    before(shop, number)
    with pytest.raises(DeskError, match="--again"):
        shop.give(number, "autumn")
    shop.give(number, "autumn", WHY, again=True)
    assert mask("TEN-00002") in shop.text(number) and mask("TEN-00001") not in shop.text(number)
    assert shop.approve(number) is None
    shop.send()
    ((_, _, text),) = [post[:3] for post in shop.platform.posts]
    assert "TEN-00002" in text and "****" not in text and "TEN-00001" not in text
    assert (shop.stock().given, shop.stock().void) == (1, 1)


def test_a_reply_whose_coupon_became_void_can_have_another_offer(shop: Shop) -> None:
    """The turn of the first one is used up; this one is not."""
    number = void_by_hand(shop)
    shop.give(number, "sorry")
    assert mask("TEN-00001") not in shop.text(number) and shop.approve(number) is None
    shop.send()
    assert "TEN-00002" in shop.platform.posts[0][2]


def test_a_reply_whose_second_coupon_became_void_gets_a_third(shop: Shop) -> None:
    """Every void one makes room, and each is kept."""
    number = void_by_hand(shop)
    shop.give(number, "autumn", WHY, again=True)
    assert shop.approve(number, whispers=False) is None
    transitions.reject(shop.world.store, shop.desk(), number, "no")
    transitions.reopen(shop.world.store, shop.desk(), number)
    shop.give(number, "autumn", WHY, again=True)
    assert mask("TEN-00003") in shop.text(number)
    assert sorted(code for code, _ in shop.holders()) == ["TEN-00001", "TEN-00002", "TEN-00003"]


def test_a_coupon_that_is_still_good_is_not_replaced(shop: Shop) -> None:
    """Not by `--again` either: its person has it."""
    number = shop.claim()
    with pytest.raises(DeskError, match="has a coupon of offer autumn"):
        shop.give(number, "autumn", WHY, again=True)
    assert shop.world.reply(number).state == "drafted" and shop.stock().reserved == 1


def test_dropping_a_void_coupon_voids_nothing_more(shop: Shop) -> None:
    """One event, however often its text is changed."""
    number = void_by_hand(shop)
    offers.drop(shop.world.store, shop.desk(), number)
    rewrite(shop, number)
    assert [event.what for event in shop.world.events(number)].count("coupon_void") == 1
