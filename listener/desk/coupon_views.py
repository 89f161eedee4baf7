"""What staff see of coupons: the one that a reply carries, and the offers that it could be given."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from listener import rewarding
from listener.club.offers import find_refusal
from listener.club_rules import Club, Offer
from listener.model import Mention
from listener.store import coupons, offer_turns, rewards
from listener.store.records import Exchange
from listener.store.states import OVER

GIVABLE = ("drafted", "escalated")
BY_STAFF = ("goodwill", "members")  # kinds of offers that staff give; the others are asked for


@dataclass(frozen=True, slots=True)
class CouponView:
    """The coupon of a reply. code: masked; why: as whoever gave it wrote; problem: why it cannot be sent."""

    offer: str
    code: str
    value: str
    by: str
    at: datetime
    why: str | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class OfferChoice:
    """An offer that staff give. refusal: why not to this person; None where they may have it."""

    name: str
    value: str
    free: int
    refusal: str | None


def find_coupon(connection: Connection, club: Club, item: Exchange, now: datetime) -> CouponView | None:
    """Return the coupon that a reply carries, or None."""
    kept = rewards.find_of_reply(connection, item.reply.id) if item.reply else None
    if kept is None or item.reply is None:
        return None
    problem = None if item.reply.state in OVER else rewarding.find_problem(kept, club, now)
    currency = next((pool.currency for pool in club.pools if pool.name == kept.pool), "")
    value = f"{kept.cents / 100:.2f} {currency}".strip()
    return CouponView(kept.offer, kept.mask, value, kept.by, kept.at, kept.why, problem)


def list_choices(connection: Connection, club: Club, item: Exchange, now: datetime) -> list[OfferChoice]:
    """List the offers that staff give, each with why this person may not have it; none where no offer fits the reply.

    A reply that carries a good coupon takes no other.
    """
    offers = [offer for offer in club.offers if offer.kind in BY_STAFF]
    if not offers or item.reply is None or item.reply.state not in GIVABLE:
        return []
    kept = rewards.find_of_reply(connection, item.reply.id)
    if kept is not None and kept.void_at is None:
        return []
    return [_make_choice(connection, club, offer, item.mention, now) for offer in offers]


def _make_choice(connection: Connection, club: Club, offer: Offer, mention: Mention, now: datetime) -> OfferChoice:
    recipient = rewarding.read_recipient(connection, club, (mention.platform, mention.author_id), now)
    free = coupons.count_free(connection, offer.pool.name, now)
    refusal = find_refusal(offer, recipient, now.date()) or _find_turn(connection, offer, mention)
    value = f"{offer.pool.cents / 100:.2f} {offer.pool.currency}"
    return OfferChoice(offer.name, value, free, refusal or (None if free else f"pool {offer.pool.name} is empty"))


def _find_turn(connection: Connection, offer: Offer, mention: Mention) -> str | None:
    persons = rewarding.find_holder(connection, mention, 0).persons
    earlier = offer_turns.find_reply(connection, offer.name, persons)
    return None if earlier is None else f"the author has it already, by reply {earlier}"
