"""An offer that is removed, over or paused goes nowhere any more, up to the moment in which its reply is claimed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest

from listener.desk import offers, roles
from listener.errors import DeskError
from listener.model import Outgoing, Prepared
from listener.store import people
from tests.club.shop import CLUB, Shop, policy

Ending = Callable[[Shop], None]


def remove(shop: Shop) -> None:
    """Take every offer out of club.toml."""
    shop.world.policy = policy(replace(CLUB, offers=()))


def end(shop: Shop) -> None:
    """Let its last day be yesterday."""
    over = tuple(replace(offer, until=date(2026, 11, 22)) for offer in CLUB.offers)
    shop.world.policy = policy(replace(CLUB, offers=over))


def pause(shop: Shop) -> None:
    """Pause every offer."""
    shop.world.policy = policy(replace(CLUB, offers=tuple(replace(offer, paused=True) for offer in CLUB.offers)))


ENDINGS: list[tuple[Ending, str]] = [
    (remove, "offer autumn is not in club.toml any more"),
    (end, "offer autumn runs from 2026-11-20 until 2026-11-22"),
    (pause, "offer autumn is paused"),
]


@pytest.mark.parametrize(("ending", "why"), ENDINGS)
def test_a_coupon_of_an_offer_that_is_over_is_not_sent(shop: Shop, ending: Ending, why: str) -> None:
    """Approved before; its reply goes back to staff with the reason, and the coupon stays this person's."""
    number = shop.claim()
    assert shop.approve(number) is None
    ending(shop)
    shop.send()
    assert shop.platform.posts == []
    reply = shop.world.reply(number)
    assert reply.state == "drafted" and why in str(reply.error)
    assert shop.stock().reserved == 1


@pytest.mark.parametrize(("ending", "why"), ENDINGS)
def test_a_coupon_of_an_offer_that_is_over_is_neither_approved_nor_shown(shop: Shop, ending: Ending, why: str) -> None:
    """Nor is its code shown to who would post it by hand."""
    number, other = shop.claim(), shop.claim(author_id="bo", author_handle="bo")
    assert shop.approve(other, whispers=False) is None
    ending(shop)
    assert why in str(shop.approve(number))
    with pytest.raises(DeskError, match=why):
        offers.show_code(shop.world.store, shop.desk(), other)


@pytest.mark.parametrize(("ending", "why"), [ENDINGS[0], ENDINGS[2]])
def test_an_offer_that_is_over_is_not_given(shop: Shop, ending: Ending, why: str) -> None:
    """Neither by asking for it nor by staff."""
    ending(shop)
    number = shop.world.said("my parcel is two weeks late", author_id="ada", author_handle="ada")[0]
    with pytest.raises(DeskError, match=r"is paused|there is no offer"):
        shop.give(number)
    shop.claim(author_id="bo", author_handle="bo")
    assert shop.stock().reserved == 0


def during_preparation(shop: Shop, work: Callable[[], object]) -> None:
    """Let something happen between the last check and the claim."""
    prepare = shop.platform.prepare

    def late(reply: Outgoing, now: datetime) -> Prepared:
        work()
        return prepare(reply, now)

    shop.platform.prepare = late  # type: ignore[method-assign]


def test_an_offer_that_ends_between_check_and_claim_is_not_sent(shop: Shop) -> None:
    """The claim asks in its own transaction, as for an opt-out."""
    number = shop.claim()
    assert shop.approve(number) is None
    over = tuple(replace(offer, until=date(2026, 11, 23)) for offer in CLUB.offers)
    shop.world.policy = policy(replace(CLUB, offers=over))
    during_preparation(shop, lambda: shop.world.after(hours=20))
    shop.send()
    assert shop.platform.posts == []
    assert "runs from 2026-11-20 until 2026-11-23" in str(shop.world.reply(number).error)


def test_who_is_marked_as_a_minor_between_check_and_claim_gets_no_coupon(shop: Shop) -> None:
    """Whatever makes a coupon unfit counts until the claim."""
    number = shop.claim()
    assert shop.approve(number) is None
    mark = lambda: roles.mark_role(shop.world.store, shop.desk(), "ada", "minor", "says so", None)  # noqa: E731 -- what happens meanwhile
    during_preparation(shop, mark)
    shop.send()
    assert shop.platform.posts == [] and "may be a minor" in str(shop.world.reply(number).error)


def test_a_reply_without_a_coupon_is_sent_whatever_ends(shop: Shop) -> None:
    """It has nothing to do with offers."""
    number = shop.world.said("my parcel is two weeks late", author_id="ada", author_handle="ada")[0]
    assert shop.approve(number) is None
    remove(shop)
    shop.send()
    assert len(shop.platform.posts) == 1


def test_a_code_that_the_shop_has_seen_before_it_went_out_goes_to_nobody(shop: Shop) -> None:
    """Somebody guessed it, or it leaked: it is neither sent nor free again, and its person gets another one."""
    number, other = shop.claim(), shop.claim(author_id="bo", author_handle="bo")
    assert shop.approve(other) is None
    offers.import_used(shop.world.store, shop.desk(), "ten", ["TEN-00001", "TEN-00002"])
    assert "used in the shop before it was given" in str(shop.approve(number))
    shop.send()
    assert shop.platform.posts == []
    assert "used in the shop before it was given" in str(shop.world.reply(other).error)
    offers.drop(shop.world.store, shop.desk(), number)
    assert (shop.stock().free, shop.stock().void) == (3, 1)
    shop.give(number, "autumn", again=True)
    assert shop.approve(number) is None and ("TEN-00003", people.digest(("memory", "ada"))) in shop.holders()


def test_a_code_that_its_person_has_used_is_still_theirs(shop: Shop) -> None:
    """Posted by hand, and not noted yet: staff may look at it again."""
    number = shop.claim()
    assert shop.approve(number, whispers=False) is None
    offers.import_used(shop.world.store, shop.desk(), "ten", ["TEN-00001"])
    assert "TEN-00001" in offers.show_code(shop.world.store, shop.desk(), number)
