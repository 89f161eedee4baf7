"""Keep replies, move them from state to state by compare-and-swap, and count them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    func,
    literal,
    literal_column,
    or_,
    select,
    update,
)  # fmt: skip

from listener.errors import DeskError
from listener.store import events
from listener.store.dialect import DUE, UtcTime, match_any
from listener.store.driver import insert_rows, take_keys
from listener.store.loading import Data, columns, load, load_all
from listener.store.moves import transition
from listener.store.records import Reply
from listener.store.states import OVER, WAITING
from listener.store.tables import mention, reply
from listener.store.value_dialect import is_any_of

UNCHECKED = "unchecked"  # the kind of the notice about a reply that cannot be checked before it is sent
LOOK_BACK = 5_000  # replies over which reasons are remembered: a bound, whatever the database's size
# As the indexes of the queue have them, letter by letter: a bound value would not be recognised.
due_order: ColumnElement[Any] = literal_column(DUE.format(column="reply.due_at"))
is_waiting: ColumnElement[bool] = literal_column(match_any("reply.state", WAITING))


def add_all(connection: Connection, rows: Sequence[Data], now: datetime, by: str = "policy") -> None:
    """Keep new replies (state drafted or escalated), each with its event."""
    if not rows:
        return
    counts = {"revision": 1, "attempts": 0, "check_count": 0, "trouble_count": 0}
    fixed = {**counts, "created_at": now, "changed_at": now}
    ids = take_keys(connection, reply.c.id, len(rows))
    insert_rows(connection, reply, [{"id": id_, **fixed, **row} for id_, row in zip(ids, rows, strict=True)])
    common = {"at": now, "by": by, "detail": None}
    changes = (
        {"what": row["state"], "mention_key": row["mention_key"], "reply_id": id_}
        for id_, row in zip(ids, rows, strict=True)
    )
    events.add_all(connection, [common | change for change in changes])


def close(connection: Connection, seen: Reply, closed_as: str, reason: str, *, by: str, now: datetime) -> bool:
    """Close a reply, if it still is what the caller saw. closed_as: rejected, expired, withdrawn or handled."""
    message = {"message": reason}
    return transition(
        connection, seen, "closed", by=by, now=now, what=closed_as, detail=message, closed_as=closed_as, reason=reason
    )


def get(connection: Connection, reply_id: int) -> Reply:
    """Read one reply. Raises DeskError when there is none of this id."""
    row = connection.execute(select(*columns(Reply, reply)).where(reply.c.id == reply_id)).one_or_none()
    if row is None:
        raise DeskError(f"there is no reply {reply_id}", "`earshot queue` lists the ids")
    return load(Reply, row)


def find_live(connection: Connection, mention_key: int) -> Reply | None:
    """Return the reply to this mention that is not closed, or None."""
    query = select(*columns(Reply, reply)).where(reply.c.mention_key == mention_key, reply.c.state != "closed")
    row = connection.execute(query).one_or_none()
    return None if row is None else load(Reply, row)


def list_live(connection: Connection, mention_keys: Sequence[int]) -> dict[int, Reply]:
    """Map those of these mentions that have a live reply, which is not closed, to it."""
    live = list_where(connection, is_any_of(reply.c.mention_key, mention_keys), reply.c.state != "closed")
    return {reply.mention_key: reply for reply in live}


def has_reply(connection: Connection, mention_key: int) -> bool:
    """Return True when a mention has or had a reply, in whatever state."""
    return connection.execute(select(reply.c.id).where(reply.c.mention_key == mention_key).limit(1)).first() is not None


def list_where(connection: Connection, *conditions: ColumnElement[bool], limit: int | None = None) -> list[Reply]:
    """List the replies that meet the conditions, oldest first."""
    query = select(*columns(Reply, reply)).where(*conditions).order_by(reply.c.id).limit(limit)
    return load_all(Reply, connection.execute(query))


def list_open(connection: Connection, mention_keys: Sequence[int]) -> list[Reply]:
    """List the replies to these mentions that are neither sent nor closed."""
    return [live for live in list_live(connection, mention_keys).values() if live.state not in OVER]


def count_by_state(connection: Connection) -> dict[str, int]:
    """Count the replies in each state."""
    return {row[0]: row[1] for row in connection.execute(select(reply.c.state, func.count()).group_by(reply.c.state))}


def is_our_post(connection: Connection, platform: str, remote_id: str) -> bool:
    """Return True when this post on the platform is a reply of ours."""
    query = (
        select(reply.c.id)
        .join(mention, mention.c.key == reply.c.mention_key)
        .where(mention.c.platform == platform, reply.c.remote_id == remote_id)
    )
    return connection.execute(query.limit(1)).first() is not None


def claim(connection: Connection, reply_id: int, by: str, until: datetime, now: datetime) -> bool:
    """Take or renew the claim on a reply. Returns False when another person's is live."""
    free = or_(reply.c.claimed_by.is_(None), reply.c.claimed_by == by, reply.c.claimed_until <= now)
    query = update(reply).where(reply.c.id == reply_id, free).values(claimed_by=by, claimed_until=until)
    return connection.execute(query).rowcount == 1


def claims(connection: Connection) -> tuple[int, datetime | None]:
    """Return how many replies are claimed, and when the last of these claims ends."""
    query = select(func.count(), func.max(reply.c.claimed_until)).where(reply.c.claimed_until.is_not(None))
    number, last = connection.execute(query).one()
    return number, last


def release(connection: Connection, reply_id: int, by: str) -> bool:
    """Release a claim. Returns False when it is not this person's any more."""
    query = update(reply).where(reply.c.id == reply_id, reply.c.claimed_by == by)
    return connection.execute(query.values(claimed_by=None, claimed_until=None)).rowcount == 1


def list_reasons(connection: Connection, closed_as: str, limit: int) -> list[str]:
    """List why staff closed replies lately: different reasons, the most frequent first."""
    newest = select(func.coalesce(func.max(reply.c.id), 0)).scalar_subquery()
    query = (
        select(reply.c.reason)
        .where(reply.c.state == "closed", reply.c.closed_as == closed_as, reply.c.id > newest - LOOK_BACK)
        .group_by(reply.c.reason)
        .order_by(func.count().desc(), func.max(reply.c.id).desc())
    )
    return [reason for reason in connection.execute(query.limit(limit)).scalars() if reason]


def list_stale(connection: Connection, before: datetime, limit: int) -> list[Reply]:
    """List drafts whose mention is older than a time; one that a person has worked on counts from then."""
    untouched = or_(and_(reply.c.variant.is_not(None), reply.c.revision == 1), reply.c.changed_at < before)
    query = (
        select(*columns(Reply, reply))
        .join(mention, mention.c.key == reply.c.mention_key)
        .where(reply.c.state == "drafted", mention.c.age_start_at < before, untouched)
    )
    return load_all(Reply, connection.execute(query.order_by(reply.c.id).limit(limit)))


def clear_expired_leases(connection: Connection, now: datetime) -> None:
    """Clear claims and snoozes that have ended."""
    connection.execute(update(reply).where(reply.c.claimed_until <= now).values(claimed_by=None, claimed_until=None))
    connection.execute(update(reply).where(reply.c.snoozed_until <= now).values(snoozed_until=None))


def has_any_in(connection: Connection, platform: str, states: Collection[str]) -> bool:
    """Return True when some reply of this platform is in one of the states."""
    # by the state, of which few are; a join might begin with all that the platform ever said
    is_here = select(mention.c.key).where(mention.c.key == reply.c.mention_key, mention.c.platform == platform).exists()
    query = select(reply.c.id).where(reply.c.state.in_(states), is_here).limit(1)
    return connection.execute(query).first() is not None


def count_snoozed_overdue(connection: Connection, now: datetime) -> tuple[int, int]:
    """Count the waiting replies that are snoozed, and those that are overdue."""
    asleep = select(reply.c.state).where(reply.c.snoozed_until > now)
    late = select(func.count()).select_from(reply).where(is_waiting, due_order < literal(now, UtcTime))
    snoozed = sum(state in WAITING for state in connection.execute(asleep).scalars())
    return snoozed, connection.execute(late).scalar_one()
