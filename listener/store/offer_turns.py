"""Whose turn of an offer is used up: a row for each person, and for each other account of their member.

The rows outlive membership and erasure, for they hold digests: who leaves, or is forgotten, gets no second coupon. They
go with a coupon that is free again, or when staff let somebody have another one.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from listener.store.loading import chunks
from listener.store.tables import offer_turn, reward
from listener.store.value_dialect import is_any_of


def find_reply(connection: Connection, offer: str, persons: Collection[str]) -> int | None:
    """Return the reply by which one of these persons has had an offer, or None. persons: their digests."""
    query = select(reward.c.reply_id).join(offer_turn, offer_turn.c.reward_id == reward.c.id)
    theirs = (offer_turn.c.offer == offer, is_any_of(offer_turn.c.person, persons))
    return connection.execute(query.where(*theirs).order_by(reward.c.id).limit(1)).scalar_one_or_none()


def use_up(connection: Connection, offer: str, persons: Collection[str], reward_id: int) -> None:
    """Keep that these persons have had an offer; a unique index refuses one who had it already."""
    rows = [{"offer": offer, "person": person, "reward_id": reward_id} for person in sorted(persons)]
    connection.execute(insert(offer_turn), rows)


def share(connection: Connection, persons: Collection[str]) -> None:
    """Use up the turns of all accounts of a member where one of them has had an offer."""
    theirs = select(offer_turn).where(is_any_of(offer_turn.c.person, persons)).order_by(offer_turn.c.reward_id)
    used = connection.execute(theirs).all()
    had = {(row.offer, row.person) for row in used}
    for offer, reward_id in {row.offer: row.reward_id for row in used}.items():
        if missing := [person for person in persons if (offer, person) not in had]:
            use_up(connection, offer, missing, reward_id)


def free(connection: Connection, reward_ids: Collection[int]) -> None:
    """Give back the turns that rewards used up: their coupons are somebody else's now, or void unseen."""
    for piece in chunks(sorted(reward_ids)):
        connection.execute(delete(offer_turn).where(offer_turn.c.reward_id.in_(piece)))


def lift(connection: Connection, offer: str, persons: Collection[str], now: datetime) -> bool:
    """Let persons have an offer once more. Returns False when none of them had it."""
    theirs = (offer_turn.c.offer == offer, is_any_of(offer_turn.c.person, persons))
    rewards = select(offer_turn.c.reward_id).where(*theirs)
    connection.execute(update(reward).where(reward.c.id.in_(rewards)).values(lifted_at=now))
    return connection.execute(delete(offer_turn).where(*theirs)).rowcount > 0
