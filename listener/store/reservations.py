"""Reserve a coupon for a reply: who may still have the offer, caps and budget, in the caller's transaction."""

from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from listener.club_rules import Offer
from listener.errors import DeskError
from listener.faultpoints import fault_point
from listener.store import coupons, offer_turns, reward_book, rewards
from listener.store.rewards import Holder, Reward
from listener.store.tables import coupon, reward


def reserve(
    connection: Connection, offer: Offer, holder: Holder, by: str, why: str, now: datetime, start_of_day: datetime
) -> Reward:
    """Reserve a coupon for a reply, with caps and budget counted in the same transaction. Raises DeskError."""
    fault_point("R1")
    reward_book.require_usable(connection, now)
    _require_whole(connection, offer.pool.name)
    _require_first(connection, offer, holder)
    _require_within(connection, offer, start_of_day)
    free = select(coupon.c.id).where(coupons.is_free_in(offer.pool.name, now)).order_by(coupon.c.id).limit(1)
    coupon_id = connection.execute(free).scalar_one_or_none()
    if coupon_id is None:
        raise DeskError(
            f"pool {offer.pool.name} is empty", f"`earshot coupons import {offer.pool.name} FILE` adds codes"
        )
    row = {"offer": offer.name, "person": holder.person, "member_id": holder.member_id, "coupon_id": coupon_id}
    row |= {"reply_id": holder.reply_id, "at": now, "by": by, "why": why}
    _make_room(connection, holder.reply_id, now)
    reward_id = int(connection.execute(insert(reward).values(row).returning(reward.c.id)).scalar_one())
    offer_turns.use_up(connection, offer.name, holder.persons, reward_id)
    connection.execute(update(coupon).where(coupon.c.id == coupon_id).values(free=False))
    kept = rewards.find_of_reply(connection, holder.reply_id)
    if kept is None:
        raise ValueError("a reward that was just kept is not there")
    return kept


def _make_room(connection: Connection, reply_id: int, now: datetime) -> None:
    """Let a void coupon be its reply's no longer: another one takes its place."""
    void = (reward.c.reply_id == reply_id, reward.c.released_at.is_(None), reward.c.replaced_at.is_(None))
    connection.execute(update(reward).where(*void).values(replaced_at=now))


def _require_whole(connection: Connection, pool: str) -> None:
    if missing := reward_book.list_missing(connection, pool):
        number = f"{len(missing)} codes of pool {pool}"
        what = f"the database is older than its rewards: {number} were given since its backup, or may have been"
        raise DeskError(what, f"`earshot coupons import {pool} FILE --used` with the codes that the shop has seen")


def _require_first(connection: Connection, offer: Offer, holder: Holder) -> None:
    """Raise DeskError naming the earlier reply when the reply, the person or the member has a coupon already.

    A void coupon keeps no other out of its reply; its person has had their turn all the same.
    """
    kept = rewards.find_of_reply(connection, holder.reply_id)
    if kept is not None and kept.void_at is None:
        raise DeskError(
            f"reply {holder.reply_id} has a coupon of offer {kept.offer}", "`earshot offer ID --drop` first"
        )
    earlier = offer_turns.find_reply(connection, offer.name, holder.persons)
    if earlier is not None:
        do = f"see `earshot show {earlier}`; `earshot offer ID {offer.name} --again` gives another one"
        raise DeskError(f"the author has offer {offer.name} already, by reply {earlier}", do)


def _require_within(connection: Connection, offer: Offer, start_of_day: datetime) -> None:
    """Raise DeskError when the offer has reached its number of today, or would pass its budget."""
    given = (reward.c.offer == offer.name, rewards.is_live)
    query = select(func.count()).select_from(reward).where(*given, reward.c.at >= start_of_day)
    if connection.execute(query).scalar_one() >= offer.per_day:
        raise DeskError(f"offer {offer.name} was given {offer.per_day} times today", "give it tomorrow")
    spent = rewards.sum_cents(connection, offer.name) + offer.pool.cents
    if offer.budget_cents and spent > offer.budget_cents:
        budget = f"{offer.budget_cents / 100:.2f} {offer.pool.currency}"
        raise DeskError(f"offer {offer.name} would pass its budget of {budget}", f"ask {offer.owner}")
