"""A desk with coupons and offers of every kind, on a platform that can whisper."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from listener.club_rules import Club, Offer, OfferKind, Pool
from listener.desk import offers
from listener.desk.approve import DeskContext, Target, approve
from listener.outbox.round import Round
from listener.outbox.send import send
from listener.policy import Policy, ResponderConfig, Variant
from listener.store import coupons
from listener.store.coupons import Stock
from listener.store.engine import Store
from listener.store.tables import coupon, reward
from responders import claim
from tests import factories
from tests.desk.world import World
from tests.fakes.scripted import Scripted

TEN = Pool("ten", 1000, "EUR", low=2)
TEXT = "Your code is {coupon}, 10 % off once until December. Not with other offers."
CLAIM = "@fernhill may I have my autumn code please"
COMPLAINT = "my parcel is two weeks late and nobody answers"
ADA = {"author_id": "ada", "author_handle": "ada"}


def offer(name: str, kind: OfferKind, **changes: Any) -> Offer:
    """An offer that runs now, from the pool of ten."""
    made = Offer(
        name=name, kind=kind, pool=TEN, text=TEXT, owner="marketing", known_days=0,
        from_=date(2026, 11, 20), until=date(2026, 12, 1),
    )  # fmt: skip
    return replace(made, **changes)


CLUB = Club(
    join=("join the club",),
    terms="the terms",
    pools=(TEN,),
    offers=(
        offer("autumn", "asked", claim=("my autumn code",)),
        offer("sorry", "goodwill"),
        offer("thanks", "members"),
    ),
)


def policy(club: Club = CLUB, **changes: Any) -> Policy:
    """The starter's policy with a club and the kind `claim` before all others."""
    starter = factories.policy()
    claims = ResponderConfig("claim", options=claim.Options(), uses_facts=True)
    wording = {**starter.wording, "claim": (Variant("offer", "Here you are! {{ statement }}"),)}
    return replace(starter, club=club, responders=(claims, *starter.responders), wording=wording, **changes)


@dataclass
class Shop:
    """A desk with coupons."""

    world: World
    platform: Scripted

    @classmethod
    def open(cls, store: Store, codes: int = 5, club: Club = CLUB) -> "Shop":
        """A desk with so many coupons: TEN-00001 ..."""
        world = World(store, policy(club))
        shop = cls(world, Scripted(world.clock))
        offers.import_codes(store, shop.desk(), "ten", numbers(codes), None)
        return shop

    def desk(self, *, whispers: bool = True) -> DeskContext:
        """Dana at a desk."""
        return replace(self.world.desk(), can_whisper=lambda mention: whispers)

    def claim(self, text: str = CLAIM, **author: Any) -> int:
        """Somebody asks for the code. Returns the reply's id."""
        return self.world.said(text, **(author or ADA))[0]

    def give(self, reply_id: int, name: str = "sorry", reason: str = "three late parcels", **more: Any) -> None:
        """Give an offer by a reply."""
        offers.give(self.world.store, self.desk(), reply_id, name, reason, **more)

    def approve(self, reply_id: int, *, whispers: bool = True) -> str | None:
        """Approve. Returns why not."""
        (result,) = approve(self.world.store, self.desk(whispers=whispers), [Target(reply_id)])
        return result.error

    def send(self) -> None:
        """One round of sending."""
        clock = self.world.clock
        lasts = timedelta(minutes=1)
        round_ = Round(self.world.store, self.platform, self.world.policy, clock, lambda: False, clock(), lasts)
        send(round_, lambda store, name, now: Counter())

    def stock(self) -> Stock:
        """What became of the coupons; all that were imported are one of the five."""
        with self.world.store.read() as connection:
            (stock,) = coupons.list_stock(connection)
        assert stock.free + stock.reserved + stock.in_doubt + stock.given + stock.void == stock.imported
        return stock

    def holders(self) -> list[tuple[str, str]]:
        """Code and person of each live reward."""
        query = select(coupon.c.code, reward.c.person).join(reward, reward.c.coupon_id == coupon.c.id)
        with self.world.store.read() as connection:
            return [(row.code, row.person) for row in connection.execute(query.where(reward.c.released_at.is_(None)))]

    def text(self, reply_id: int) -> str:
        """The text of a reply as it is stored."""
        return self.world.reply(reply_id).text or ""


def numbers(count: int, start: int = 1) -> Iterable[str]:
    """The codes of a file."""
    return (f"TEN-{number:05}" for number in range(start, start + count))


__all__ = ["ADA", "CLAIM", "CLUB", "COMPLAINT", "Shop", "numbers", "offer", "policy"]
