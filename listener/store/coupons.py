"""Coupons: import the shop's codes, count them, void free ones, note which were used. Codes are never handed out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select, update

from listener.store.dialect import upsert
from listener.store.loading import load_all
from listener.store.states import UNDER_WAY
from listener.store.tables import coupon, reply, reward
from listener.store.value_dialect import is_any_of


@dataclass(frozen=True, slots=True)
class Stock:
    """What became of the coupons of a pool; free, reserved, in doubt, given and void are all that were imported."""

    pool: str
    imported: int
    free: int
    reserved: int
    in_doubt: int
    given: int
    void: int
    used: int
    given_cents: int


def digest(code: str) -> str:
    """Return what a code is recognised by, in any case."""
    return sha256(code.casefold().encode()).hexdigest()


def add(connection: Connection, pool: str, codes: Sequence[str], cents: int, expires_at: datetime | None) -> int:
    """Keep codes that are not known yet, in any pool. Returns how many were new."""
    fixed = {"pool": pool, "cents": cents, "expires_at": expires_at, "free": True}
    statement = upsert(connection, coupon).on_conflict_do_nothing(index_elements=["digest"])
    added = statement.returning(coupon.c.id)  # the count of an INSERT is not known on PostgreSQL
    rows = ({**fixed, "code": code, "digest": digest(code)} for code in codes)
    return sum(connection.execute(added.values(**row)).first() is not None for row in rows)


def find_known(connection: Connection, digests: Iterable[str]) -> set[str]:
    """Return which of these digests are coupons of ours."""
    query = select(coupon.c.digest).where(is_any_of(coupon.c.digest, digests))
    return set(connection.execute(query).scalars())


def mark_used(connection: Connection, pool: str, digests: Sequence[str], now: datetime) -> int:
    """Note which codes the shop has seen; free ones among them are void. Returns how many were noted."""
    chosen = and_(coupon.c.pool == pool, is_any_of(coupon.c.digest, digests))
    void(connection, chosen, "used in the shop before it was given", now)
    unused = update(coupon).where(chosen, coupon.c.used_at.is_(None))
    return connection.execute(unused.values(used_at=now)).rowcount


def void(connection: Connection, chosen: ColumnElement[bool], why: str, now: datetime) -> int:
    """Void the free coupons that are chosen: nobody gets them any more. Returns how many."""
    query = update(coupon).where(chosen, coupon.c.free)
    return connection.execute(query.values(free=False, void_at=now, why=why)).rowcount


def void_free(connection: Connection, pool: str, code: str | None, why: str, now: datetime) -> int:
    """Void the free coupons of a pool, or one of them. Returns how many."""
    in_pool = coupon.c.pool == pool
    chosen = in_pool if code is None else and_(in_pool, coupon.c.digest == digest(code))
    return void(connection, chosen, why, now)


def list_stock(connection: Connection) -> list[Stock]:
    """Count the coupons of each pool by what became of them, by name."""
    is_void, is_free = coupon.c.void_at.is_not(None), coupon.c.free
    held = and_(~is_void, ~is_free)
    is_given, is_in_doubt = reply.c.state == "sent", reply.c.state.in_(UNDER_WAY)
    sums = {
        "imported": coupon.c.id.is_not(None),
        "free": and_(is_free, ~is_void),
        "reserved": and_(held, or_(reply.c.state.is_(None), ~or_(is_given, is_in_doubt))),
        "in_doubt": and_(held, is_in_doubt),
        "given": and_(held, is_given),
        "void": is_void,
        "used": coupon.c.used_at.is_not(None),
    }
    counts = [func.coalesce(func.sum(case((where, 1), else_=0)), 0).label(name) for name, where in sums.items()]
    cents = func.coalesce(func.sum(case((and_(held, is_given), coupon.c.cents), else_=0)), 0).label("given_cents")
    live = and_(reward.c.coupon_id == coupon.c.id, reward.c.released_at.is_(None))
    source = coupon.outerjoin(reward, live).outerjoin(reply, reply.c.id == reward.c.reply_id)
    query = select(coupon.c.pool, *counts, cents).select_from(source).group_by(coupon.c.pool)
    return load_all(Stock, connection.execute(query.order_by(coupon.c.pool)))


def count_free(connection: Connection, pool: str, now: datetime) -> int:
    """Count the coupons of a pool that can be given now."""
    query = select(func.count()).select_from(coupon).where(is_free_in(pool, now))
    return connection.execute(query).scalar_one()


def is_free_in(pool: str, now: datetime) -> ColumnElement[bool]:
    """Match the coupons of a pool that can be given now."""
    lasts = or_(coupon.c.expires_at.is_(None), coupon.c.expires_at > now)
    return and_(coupon.c.pool == pool, coupon.c.free, lasts)
