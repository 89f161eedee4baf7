"""Rewards: who has which coupon, by which reply. A reward has no state of its own: it is what its reply is.

`follow` is called by the one statement that sets a reply's state, in its transaction.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select, update

from listener.codes import GLUED, MASK, MASKED, list_candidates, mask
from listener.errors import DeskError
from listener.faultpoints import fault_point
from listener.store import coupons, events, offer_turns, reward_book
from listener.store.loading import load
from listener.store.records import Reply, ReplyChanges
from listener.store.reward_book import OutCode
from listener.store.tables import coupon, mention, reply, reward


@dataclass(frozen=True, slots=True)
class Reward:
    """A coupon that is somebody's by a reply. out_at: from then on the code may be known; used_at: the shop has it."""

    id: int
    offer: str
    person: str
    coupon_id: int
    reply_id: int
    at: datetime
    by: str
    why: str | None
    out_at: datetime | None
    pool: str
    code: str
    digest: str
    cents: int
    expires_at: datetime | None
    void_at: datetime | None
    used_at: datetime | None

    @property
    def is_spoilt(self) -> bool:
        """Return True where the shop has seen the code before it left us: somebody guessed it, or it leaked."""
        return self.used_at is not None and self.out_at is None

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
    """For whom a coupon is reserved, by which reply. persons: the digests of all accounts of their member."""

    person: str
    persons: tuple[str, ...]
    member_id: int | None
    reply_id: int


is_live = reward.c.released_at.is_(None)


def find_of_reply(connection: Connection, reply_id: int) -> Reward | None:
    """Return the live reward that a reply carries, or None; its coupon may be void."""
    return find(connection, reward.c.reply_id == reply_id, reward.c.replaced_at.is_(None))


def find(connection: Connection, *which: ColumnElement[bool]) -> Reward | None:
    """Return a live reward that meets the conditions, with its coupon; None where there is none."""
    own = [reward.c[name] for name in ("id", "offer", "person", "coupon_id", "reply_id", "at", "by", "why", "out_at")]
    of_coupon = [coupon.c[name] for name in ("pool", "code", "digest", "cents", "expires_at", "void_at", "used_at")]
    query = select(*own, *of_coupon).join(coupon, coupon.c.id == reward.c.coupon_id)
    row = connection.execute(query.where(is_live, *which).limit(1)).one_or_none()
    return None if row is None else load(Reward, row)


def list_of_person(connection: Connection, person: str) -> list[PersonReward]:
    """List the coupons that a person has, by the digest of the person, oldest first."""
    own = [reward.c.offer, reward.c.at, reward.c.reply_id, reward.c.why, reply.c.state, coupon.c.void_at, coupon.c.code]
    source = reward.join(coupon, coupon.c.id == reward.c.coupon_id).join(reply, reply.c.id == reward.c.reply_id)
    query = select(*own).select_from(source).where(reward.c.person == person, is_live).order_by(reward.c.id)
    return [
        PersonReward(row.offer, row.at, row.reply_id, "void" if row.void_at else row.state, mask(row.code), row.why)
        for row in connection.execute(query)
    ]


def list_claims(connection: Connection, offer: str, but: Collection[str], limit: int) -> list[tuple[int, str]]:
    """List the newest mentions by which others got a coupon of an offer, as (reply, text). but: digests of persons."""
    source = reward.join(reply, reply.c.id == reward.c.reply_id).join(mention, mention.c.key == reply.c.mention_key)
    query = select(reply.c.id, mention.c.text).select_from(source)
    query = query.where(reward.c.offer == offer, reward.c.person.not_in(but)).order_by(reward.c.id.desc()).limit(limit)
    return [(row.id, row.text) for row in connection.execute(query)]


def sum_cents(connection: Connection, offer: str) -> int:
    """Return what the coupons of an offer are worth that are reserved, given or may be out."""
    query = select(func.coalesce(func.sum(coupon.c.cents), 0)).join(reward, reward.c.coupon_id == coupon.c.id)
    return int(connection.execute(query.where(reward.c.offer == offer, is_live)).scalar_one())


def follow(connection: Connection, seen: Reply, to: str, changes: ReplyChanges, by: str, now: datetime) -> None:
    """Let a coupon follow its reply: out, free again, void, or still this person's. Raises StoreError, DeskError."""
    if MASKED not in (seen.text or ""):
        return
    kept = find_of_reply(connection, seen.id)
    if kept is None or kept.void_at is not None:
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
        reward_book.record(connection, OutCode(kept.id, kept.pool, kept.digest), now)
        connection.execute(update(reward).where(reward.c.id == kept.id).values(out_at=now))


def _require_theirs(connection: Connection, kept: Reward) -> None:
    """Raise DeskError for a code that went out by another reward, of which a restored database knows nothing."""
    if kept.out_at is None and reward_book.contains(connection, kept.digest, but_reward=kept.id):
        what = f"the coupon of reply {kept.reply_id} went to somebody else, or may have, before the restore"
        raise DeskError(what, f"`earshot coupons import {kept.pool} FILE --used` voids it; then give the offer again")


def _take_back(connection: Connection, seen: Reply, kept: Reward, by: str, now: datetime) -> None:
    """Free the coupon if its code has surely not left, else void it; then the person keeps their turn."""
    what, own = "coupon_released", update(coupon).where(coupon.c.id == kept.coupon_id)
    if kept.out_at is None and not kept.is_spoilt and not reward_book.is_out(connection, kept.digest):
        connection.execute(own.values(free=True))
        connection.execute(update(reward).where(reward.c.id == kept.id).values(released_at=now))
        offer_turns.free(connection, [kept.id])
    else:
        what = "coupon_void"
        connection.execute(own.values(void_at=now, why=f"reply {seen.id} did not carry it to the end"))
    detail = {"message": f"offer {kept.offer}, code {kept.mask}"}
    events.add(connection, what, by, now, mention_key=seen.mention_key, reply_id=seen.id, detail=detail)


def require_own_code(connection: Connection, reply_id: int, text: str) -> None:
    """Raise DeskError for a text with a whole code, or with a masked one that is not this reply's."""
    require_no_code(connection, text)
    shown = MASK.findall(text)  # hardly a text has one: no other asks for its coupon
    kept = find_of_reply(connection, reply_id) if shown else None
    if foreign := [masked for masked in shown if kept is None or masked != kept.mask]:
        do = "remove it, or give the offer again with `earshot offer ID NAME`"
        raise DeskError(f"the text contains {foreign[0]}, which is not a coupon of this reply", do)
    if glued := GLUED.search(text):
        raise DeskError(f"nobody could tell the code from what touches it: {glued[0]}", "put a space around the code")


def require_no_code(connection: Connection, text: str) -> None:
    """Raise DeskError for a text that somebody typed a code into: it would go out unmasked, and to anybody."""
    if coupons.find_known(connection, {coupons.digest(part) for part in list_candidates(text)}):
        do = "remove it; `earshot offer ID NAME` puts one into a reply that is this person's"
        raise DeskError("the text contains a coupon code", do)


def reveal(connection: Connection, reply_id: int, text: str) -> str | None:
    """Return a text with the code in place of its mask; None where it has a mask that is not this reply's."""
    kept = find_of_reply(connection, reply_id)
    if kept is None or kept.void_at is not None or kept.mask not in text:
        return None if MASK.search(text) else text
    whole = text.replace(kept.mask, kept.code)
    return None if MASK.search(whole) else whole


def has_any(connection: Connection, persons: Collection[str], since: datetime) -> bool:
    """Return whether one of these persons, by their digests, got a coupon since a time that was not released."""
    query = select(reward.c.id).where(is_live, reward.c.person.in_(persons), reward.c.at >= since)
    return connection.execute(query.limit(1)).first() is not None
