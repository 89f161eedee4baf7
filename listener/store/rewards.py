"""Rewards: who has which coupon, by which reply. A reward has no state of its own: it is what its reply is.

`follow` is called by the one statement that sets a reply's state, in its transaction.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from listener.club_rules import Offer
from listener.codes import GLUED, MASK, MASKED, list_candidates, mask
from listener.errors import DeskError
from listener.faultpoints import fault_point
from listener.store import coupons, events, reward_book
from listener.store.loading import load
from listener.store.records import Reply, ReplyChanges
from listener.store.reward_book import OutCode
from listener.store.tables import coupon, reply, reward


@dataclass(frozen=True, slots=True)
class Reward:
    """A coupon that is somebody's by a reply. out_at: from then on the code may be known."""

    id: int
    offer: str
    person: str
    coupon_id: int
    reply_id: int
    out_at: datetime | None
    pool: str
    code: str
    digest: str
    cents: int
    expires_at: datetime | None
    void_at: datetime | None

    @property
    def mask(self) -> str:
        """What is shown of the code."""
        return mask(self.code)


@dataclass(frozen=True, slots=True)
class PersonReward:
    """A coupon that somebody has. state: its reply's, or void; code: masked; why: as whoever gave it wrote."""

    offer: str
    at: datetime
    reply_id: int
    state: str
    code: str
    why: str | None


@dataclass(frozen=True, slots=True)
class Holder:
    """For whom a coupon is reserved: the digest of the person, their member's id, and the reply that carries it."""

    person: str
    member_id: int | None
    reply_id: int


_live = reward.c.released_at.is_(None)


def find_of_reply(connection: Connection, reply_id: int) -> Reward | None:
    """Return the live reward that a reply carries, or None."""
    return _find(connection, reward.c.reply_id == reply_id)


def _find(connection: Connection, *which: ColumnElement[bool]) -> Reward | None:
    own = [reward.c[name] for name in ("id", "offer", "person", "coupon_id", "reply_id", "out_at")]
    of_coupon = [coupon.c[name] for name in ("pool", "code", "digest", "cents", "expires_at", "void_at")]
    query = select(*own, *of_coupon).join(coupon, coupon.c.id == reward.c.coupon_id)
    row = connection.execute(query.where(_live, *which).limit(1)).one_or_none()
    return None if row is None else load(Reward, row)


def list_of_person(connection: Connection, person: str) -> list[PersonReward]:
    """List the coupons that a person has, by the digest of the person, oldest first."""
    own = [reward.c.offer, reward.c.at, reward.c.reply_id, reward.c.why, reply.c.state, coupon.c.void_at, coupon.c.code]
    source = reward.join(coupon, coupon.c.id == reward.c.coupon_id).join(reply, reply.c.id == reward.c.reply_id)
    query = select(*own).select_from(source).where(reward.c.person == person, _live).order_by(reward.c.id)
    return [
        PersonReward(row.offer, row.at, row.reply_id, "void" if row.void_at else row.state, mask(row.code), row.why)
        for row in connection.execute(query)
    ]


def reserve(
    connection: Connection, offer: Offer, holder: Holder, by: str, why: str, now: datetime, start_of_day: datetime
) -> Reward:
    """Reserve a coupon for a reply, with caps and budget counted in the same transaction. Raises DeskError."""
    fault_point("R1")
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
    connection.execute(insert(reward), [row])
    connection.execute(update(coupon).where(coupon.c.id == coupon_id).values(free=False))
    kept = find_of_reply(connection, holder.reply_id)
    if kept is None:
        raise ValueError("a reward that was just kept is not there")
    return kept


def _require_whole(connection: Connection, pool: str) -> None:
    if missing := reward_book.list_missing(connection, pool):
        what = (
            f"the database is older than its rewards: {len(missing)} codes of pool {pool} were given since its backup"
        )
        raise DeskError(what, f"`earshot coupons import {pool} FILE --used` with the codes that the shop has seen")


def _require_first(connection: Connection, offer: Offer, holder: Holder) -> None:
    """Raise DeskError naming the earlier reply when the reply, the person or the member has a coupon already."""
    if kept := find_of_reply(connection, holder.reply_id):
        raise DeskError(
            f"reply {holder.reply_id} has a coupon of offer {kept.offer}", "`earshot offer ID --drop` first"
        )
    same_offer = (reward.c.offer == offer.name, reward.c.lifted_at.is_(None))
    same_member = reward.c.member_id == holder.member_id
    for is_same in (reward.c.person == holder.person, same_member if holder.member_id is not None else None):
        earlier = None if is_same is None else _find(connection, *same_offer, is_same)
        if earlier is not None:
            do = f"see `earshot show {earlier.reply_id}`; `earshot offer ID {offer.name} --again` gives another one"
            raise DeskError(f"the author has offer {offer.name} already, by reply {earlier.reply_id}", do)


def _require_within(connection: Connection, offer: Offer, start_of_day: datetime) -> None:
    """Raise DeskError when the offer has reached its number of today, or would pass its budget."""
    given = (reward.c.offer == offer.name, _live)
    query = select(func.count()).select_from(reward).where(*given, reward.c.at >= start_of_day)
    if connection.execute(query).scalar_one() >= offer.per_day:
        raise DeskError(f"offer {offer.name} was given {offer.per_day} times today", "give it tomorrow")
    spent = sum_cents(connection, offer.name) + offer.pool.cents
    if offer.budget_cents and spent > offer.budget_cents:
        budget = f"{offer.budget_cents / 100:.2f} {offer.pool.currency}"
        raise DeskError(f"offer {offer.name} would pass its budget of {budget}", f"ask {offer.owner}")


def sum_cents(connection: Connection, offer: str) -> int:
    """Return what the coupons of an offer are worth that are reserved, given or may be out."""
    query = select(func.coalesce(func.sum(coupon.c.cents), 0)).join(reward, reward.c.coupon_id == coupon.c.id)
    return int(connection.execute(query.where(reward.c.offer == offer, _live)).scalar_one())


def follow(connection: Connection, seen: Reply, to: str, changes: ReplyChanges, by: str, now: datetime) -> None:
    """Let a coupon follow its reply: out, free again, void, or still this person's. Raises StoreError, DeskError."""
    if MASKED not in (seen.text or ""):
        return
    kept = find_of_reply(connection, seen.id)
    if kept is None:
        return
    if to in ("sending", "by_hand"):
        _record_out(connection, kept, now)
    elif to == "approved":
        _require_theirs(connection, kept)
    elif to == "closed" or ("text" in changes and kept.mask not in (changes["text"] or "")):
        _take_back(connection, seen, kept, by, now)
    fault_point("R3")


def _record_out(connection: Connection, kept: Reward, now: datetime) -> None:
    """Keep that the code may be known from now on: first in the book, then here. Raises DeskError."""
    if kept.out_at is None:
        _require_theirs(connection, kept)
        reward_book.record(connection, OutCode(kept.id, kept.pool, kept.digest))
        connection.execute(update(reward).where(reward.c.id == kept.id).values(out_at=now))


def _require_theirs(connection: Connection, kept: Reward) -> None:
    """Raise DeskError for a code that went out by another reward, of which a restored database knows nothing."""
    if kept.out_at is None and reward_book.contains(connection, kept.digest, but_reward=kept.id):
        what = f"the coupon of reply {kept.reply_id} went to somebody else before the database was restored"
        raise DeskError(what, f"`earshot coupons import {kept.pool} FILE --used` voids it; then give the offer again")


def _take_back(connection: Connection, seen: Reply, kept: Reward, by: str, now: datetime) -> None:
    """Free the coupon if its code has surely not left, else void it; then the person keeps their turn."""
    what, own = "coupon_released", update(coupon).where(coupon.c.id == kept.coupon_id)
    if kept.out_at is None and not reward_book.is_out(connection, kept.digest):
        connection.execute(own.values(free=True))
        connection.execute(update(reward).where(reward.c.id == kept.id).values(released_at=now))
    else:
        what = "coupon_void"
        connection.execute(own.values(void_at=now, why=f"reply {seen.id} did not carry it to the end"))
    detail = {"message": f"offer {kept.offer}, code {kept.mask}"}
    events.add(connection, what, by, now, mention_key=seen.mention_key, reply_id=seen.id, detail=detail)


def require_own_code(connection: Connection, reply_id: int, text: str) -> None:
    """Raise DeskError for a text with a whole code, or with a masked one that is not this reply's."""
    if coupons.find_known(connection, {coupons.digest(part) for part in list_candidates(text)}):
        do = "remove it; `earshot offer ID NAME` puts one in that is this person's"
        raise DeskError("the text contains a coupon code", do)
    kept = find_of_reply(connection, reply_id)
    foreign = [shown for shown in MASK.findall(text) if kept is None or shown != kept.mask]
    if foreign:
        do = "remove it, or give the offer again with `earshot offer ID NAME`"
        raise DeskError(f"the text contains {foreign[0]}, which is not a coupon of this reply", do)
    if glued := GLUED.search(text):
        raise DeskError(f"nobody could tell the code from what touches it: {glued[0]}", "put a space around the code")


def reveal(connection: Connection, reply_id: int, text: str) -> str | None:
    """Return a text with the code in place of its mask; None where it has a mask that is not this reply's."""
    kept = find_of_reply(connection, reply_id)
    if kept is None or kept.void_at is not None or kept.mask not in text:
        return None if MASK.search(text) else text
    whole = text.replace(kept.mask, kept.code)
    return None if MASK.search(whole) else whole


def lift(connection: Connection, offer: str, holder: Holder, now: datetime) -> bool:
    """Let a person, and their member, have an offer once more. Returns False when they had none."""
    is_theirs = reward.c.person == holder.person
    if holder.member_id is not None:
        is_theirs = or_(is_theirs, reward.c.member_id == holder.member_id)
    held = (reward.c.offer == offer, is_theirs, _live, reward.c.lifted_at.is_(None))
    return connection.execute(update(reward).where(*held).values(lifted_at=now)).rowcount > 0


def has_any(connection: Connection, persons: Collection[str], since: datetime) -> bool:
    """Return whether one of these persons, by their digests, got a coupon since a time that was not released."""
    query = select(reward.c.id).where(_live, reward.c.person.in_(persons), reward.c.at >= since)
    return connection.execute(query.limit(1)).first() is not None
