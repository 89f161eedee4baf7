"""C2: an offer is given once to a person, and once to a member, by whatever account and whatever happened between."""

from collections.abc import Callable

import pytest

from listener.desk import members, transitions
from listener.desk.forget import forget
from tests import factories
from tests.club.shop import ADA, CLAIM, Shop

BO = {"author_id": "bo", "author_handle": "bo"}


def named(shop: Shop) -> None:
    """Two accounts that name each other, and ask to join."""
    shop.world.said("@fernhill join the club, and I am @bo too", **ADA)
    shop.world.said("@fernhill join the club, I am @ada elsewhere", **BO)


def join(shop: Shop, handle: str = "ada") -> None:
    """One of them joins."""
    members.join(shop.world.store, shop.desk(), handle, ("memory", "m1" if handle == "ada" else "m2"))


def link(shop: Shop, handle: str = "ada", other: str = "bo") -> None:
    """The other account is the member's too."""
    proof = [("memory", "m1"), ("memory", "m2")]
    members.add_account(shop.world.store, shop.desk(), handle, other, proof if handle == "ada" else proof[::-1])


def leave(shop: Shop, handle: str = "ada") -> None:
    """The member leaves."""
    members.leave(shop.world.store, shop.desk(), handle)


def unlink(shop: Shop) -> None:
    """Bo's account is removed from the member."""
    members.remove_account(shop.world.store, shop.desk(), "ada", "bo")


def forget_ada(shop: Shop) -> None:
    """Ada is erased; bo stays a member."""
    forget(shop.world.store, shop.desk(), "ada", factories.author_of)


def again(shop: Shop) -> None:
    """Staff let ada have another one."""
    shop.give(shop.world.said("my parcel is late", **ADA)[0], "autumn", again=True)


def ask(shop: Shop) -> None:
    """Ada asks for the code, and gets it."""
    assert shop.approve(shop.claim(**ADA)) is None
    shop.send()


ORDERS: list[tuple[Callable[[Shop], object], ...]] = [
    (ask, join, link),
    (join, ask, link),
    (join, link, ask),
    (join, link, ask, leave),
    (ask, join, link, leave),
    (join, ask, link, leave),
    (join, link, ask, leave, join, link),
    (ask, join, link, leave, lambda shop: join(shop, "bo")),
    (join, link, ask, unlink),
    (ask, join, link, unlink),
    (join, ask, link, unlink, leave),
    (join, link, ask, again),
    (ask, join, again, link),
    (ask, join, link, again, leave),
    (join, link, ask, forget_ada),
    (ask, join, link, forget_ada, lambda shop: leave(shop, "bo")),
]


@pytest.mark.parametrize("steps", ORDERS, ids=lambda steps: "-".join(step.__name__.strip("<>") for step in steps))
def test_a_member_gets_an_offer_once_by_whatever_account(
    shop: Shop, steps: tuple[Callable[[Shop], object], ...]
) -> None:
    """The other account asks last, and never gets one."""
    named(shop)
    for step in steps:
        step(shop)
    held = len(shop.holders())
    refused = shop.world.reply(shop.claim(**BO))
    assert (refused.state, refused.text) == ("escalated", None)
    assert "has offer autumn already" in str(refused.error)
    assert len(shop.holders()) == held


def test_two_accounts_that_never_named_each_other_have_a_turn_each(shop: Shop) -> None:
    """A name alone identifies nobody."""
    named(shop)
    for author in (ADA, BO):
        assert shop.world.reply(shop.claim(**author)).state == "drafted"


def test_a_coupon_that_is_free_again_uses_up_nobodys_turn(shop: Shop) -> None:
    """Rejected before it left: the other account may ask, also after the member left."""
    named(shop)
    join(shop)
    link(shop)
    transitions.reject(shop.world.store, shop.desk(), shop.claim(**ADA), "no")
    leave(shop)
    number = shop.claim(**BO)
    assert shop.world.reply(number).state == "drafted" and len(shop.holders()) == 1


def test_a_turn_that_both_had_before_stays_used_up_when_one_coupon_is_free_again(shop: Shop) -> None:
    """Each had one before they were linked; bo's is rejected, and ada's is still the member's."""
    named(shop)
    shop.claim(**ADA)
    other = shop.claim(**BO)
    join(shop)
    link(shop)
    transitions.reject(shop.world.store, shop.desk(), other, "no")
    leave(shop)
    assert "has offer autumn already" in str(shop.world.reply(shop.claim(CLAIM, **BO)).error)


def test_again_by_the_other_account_uses_up_the_turn_of_both(shop: Shop) -> None:
    """Staff gave one more to the member, not one to each account."""
    named(shop)
    shop.claim(**ADA)
    join(shop)
    link(shop)
    shop.give(shop.world.said("my parcel is late", **BO)[0], "autumn", again=True)
    for author in (ADA, BO):
        assert shop.world.reply(shop.claim(**author)).state == "escalated"
    assert len(shop.holders()) == 2
