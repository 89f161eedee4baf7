"""After a restore: void the coupons that the book of rewards has for others, and return their drafts to staff."""

from datetime import datetime

from sqlalchemy import Connection, select, update

from listener.faultpoints import fault_point
from listener.store import moves, offer_turns, replies, reward_book, reward_home
from listener.store.records import Reply, ReplyChanges
from listener.store.states import STANDING
from listener.store.tables import coupon, reply, reward
from listener.store.value_dialect import is_any_of

WHY = "its coupon was given to somebody before the database was restored"


def thaw(connection: Connection, pool: str, by: str, now: datetime) -> int:
    """Void the coupons of a pool whose codes went out unknown to the database. Returns how many.

    Who had one of them reserved may be given another: their draft is staff's again. The book is left as it is: its
    entries freeze nothing once their coupons are void.
    """
    digests = {entry.digest for entry in reward_book.list_missing(connection, pool)}
    chosen = is_any_of(coupon.c.digest, digests)
    ids = select(coupon.c.id).where(chosen)
    theirs = (reward.c.coupon_id.in_(ids), reward.c.released_at.is_(None))
    for held in replies.list_where(connection, reply.c.id.in_(select(reward.c.reply_id).where(*theirs))):
        _return_to_staff(connection, held, by, now)
    offer_turns.free(connection, connection.execute(select(reward.c.id).where(*theirs)).scalars().all())
    connection.execute(update(reward).where(*theirs).values(released_at=now))
    number = connection.execute(update(coupon).where(chosen).values(free=False, void_at=now, why=WHY)).rowcount
    reward_home.renew(connection, pool)
    fault_point("R4")
    return number


def _return_to_staff(connection: Connection, held: Reply, by: str, now: datetime) -> None:
    if held.state not in STANDING:
        return
    returned: ReplyChanges = {**moves.UNAPPROVED, "error": WHY}
    what, detail = "returned_to_staff", {"message": WHY}
    moves.transition(connection, held, "drafted", by=by, now=now, what=what, detail=detail, **returned)
