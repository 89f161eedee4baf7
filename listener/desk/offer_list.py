"""List the offers, with what their pools have left."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from listener.club_rules import Offer
from listener.desk.approve import DeskContext
from listener.store import coupons, rewards
from listener.store.engine import Store


@dataclass(frozen=True, slots=True)
class OfferLine:
    """An offer, and what its pool has left. cents: what its coupons are worth that are reserved or given."""

    name: str
    kind: str
    from_: str
    until: str
    runs: bool
    pool: str
    free: int
    cents: int
    budget_cents: int
    currency: str
    owner: str


def list_offers(store: Store, desk: DeskContext) -> list[OfferLine]:
    """List the offers of club.toml, with what is left."""
    now = desk.clock()
    with store.read() as connection:
        return [_make_line(connection, offer, now) for offer in desk.policy.club.offers]


def _make_line(connection: Connection, offer: Offer, now: datetime) -> OfferLine:
    return OfferLine(
        offer.name,
        offer.kind,
        str(offer.from_),
        str(offer.until),
        offer.runs(now.date()),
        offer.pool.name,
        coupons.count_free(connection, offer.pool.name, now),
        rewards.sum_cents(connection, offer.name),
        offer.budget_cents,
        offer.pool.currency,
        offer.owner,
    )
