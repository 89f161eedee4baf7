"""What we say: keeping replies, moving them from state to state by compare-and-swap, and counting them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    update,
)

from listener.errors import DeskError
from listener.model import Json
from listener.store import draft_reviews, events
from listener.store.records import Reply, chunks, columns, load, load_all
from listener.store.tables import DUE, WAITING, WAITS, UtcTime, metadata

mention = metadata.tables["mention"]
decision = metadata.tables["decision"]
reply = metadata.tables["reply"]

UNAPPROVED: Json = {"approved_by": None, "approved_at": None, "not_before": None, "hold": None}  # taken back
LOOK_BACK = 5_000  # replies over which reasons are remembered: a bound, whatever the database's size
# As the indexes of the queue have them, letter by letter: a bound value would not be recognised.
by_due: ColumnElement[Any] = literal_column(DUE.replace("due_at", "reply.due_at"))
waits: ColumnElement[bool] = literal_column(WAITS.replace("state", "reply.state"))


def decide_all(connection: Connection, rows: Sequence[Json]) -> None:
    """Keep decisions; the rows have the columns of the table."""
    if rows:
        connection.execute(insert(decision), rows)


def add_all(connection: Connection, rows: Sequence[Json], now: datetime, by: str = "policy") -> None:
    """Keep new replies (state drafted or escalated), each with its event."""
    if not rows:
        return
    before = connection.execute(select(func.coalesce(func.max(reply.c.id), 0))).scalar_one()
    fixed = {"revision": 1, "created_at": now, "changed_at": now, "attempts": 0, "check_count": 0}
    connection.execute(insert(reply), [{**fixed, **row} for row in rows])
    new = connection.execute(select(reply.c.id, reply.c.mention_key, reply.c.state).where(reply.c.id > before))
    log = [{"at": now, "what": row.state, "by": by, "mention_key": row.mention_key, "reply_id": row.id} for row in new]
    events.add_all(connection, [{**row, "detail": None} for row in log])


def transition(
    connection: Connection,
    seen: Reply,
    to: str,
    *,
    by: str,
    now: datetime,
    what: str | None = None,
    detail: Json | None = None,
    **changes: Any,
) -> bool:
    """Move a reply on, if it still is what the caller saw (state and revision); the event goes with it.

    Returns False when somebody else was first.
    """
    same = and_(reply.c.id == seen.id, reply.c.state == seen.state, reply.c.revision == seen.revision)
    done = connection.execute(update(reply).where(same).values(state=to, changed_at=now, **changes)).rowcount == 1
    if done:
        events.add(connection, what or to, by, now, mention_key=seen.mention_key, reply_id=seen.id, detail=detail)
        if to == "drafted":  # whatever brought it back: who approved it must look again
            events.take_back(connection, seen.id, now)
        ended = draft_reviews.record_review(connection, seen, what or to, by, now, changes)
        if ended is not None and seen.kind is not None:
            _recall(connection, seen.kind, ended, now)
    return done


def _recall(connection: Connection, kind: str, why: str, now: datetime) -> None:
    """A kind's autonomy has ended: what it approved by itself and is not under way goes back to staff."""
    back: Json = {**UNAPPROVED, "error": why}
    mine = (reply.c.state == "approved", reply.c.kind == kind, reply.c.approved_by == draft_reviews.MACHINE)
    for one in where(connection, *mine):
        transition(
            connection,
            one,
            "drafted",
            by=draft_reviews.MACHINE,
            now=now,
            what="returned_to_staff",
            detail={"message": why},
            **back,
        )


def end(connection: Connection, seen: Reply, closed_as: str, reason: str, *, by: str, now: datetime) -> bool:
    """Close a reply, if it still is what the caller saw. closed_as: rejected, expired, withdrawn or handled."""
    message = {"message": reason}
    return transition(
        connection, seen, "closed", by=by, now=now, what=closed_as, detail=message, closed_as=closed_as, reason=reason
    )


def get(connection: Connection, reply_id: int) -> Reply:
    """One reply. Raises DeskError when there is none of this id."""
    row = connection.execute(select(*columns(Reply, reply)).where(reply.c.id == reply_id)).one_or_none()
    if row is None:
        raise DeskError(f"there is no reply {reply_id}", "`earshot queue` lists the ids")
    return load(Reply, row)


def live(connection: Connection, mention_key: int) -> Reply | None:
    """The reply to this mention that is not closed."""
    query = select(*columns(Reply, reply)).where(reply.c.mention_key == mention_key, reply.c.state != "closed")
    row = connection.execute(query).one_or_none()
    return None if row is None else load(Reply, row)


def any_to(connection: Connection, mention_key: int) -> bool:
    """True when a mention has or had a reply, in whatever state."""
    return connection.execute(select(reply.c.id).where(reply.c.mention_key == mention_key).limit(1)).first() is not None


def where(connection: Connection, *conditions: ColumnElement[bool], limit: int | None = None) -> list[Reply]:
    """Replies that meet the conditions, oldest first."""
    query = select(*columns(Reply, reply)).where(*conditions).order_by(reply.c.id).limit(limit)
    return load_all(Reply, connection.execute(query))


def open_to(connection: Connection, mention_keys: Sequence[int]) -> list[Reply]:
    """The replies to these mentions that are neither out nor closed."""
    return [
        one
        for piece in chunks(mention_keys)
        for one in where(connection, reply.c.mention_key.in_(piece), reply.c.state.not_in(("sent", "closed")))
    ]


def counts(connection: Connection) -> dict[str, int]:
    """How many replies stand in each state."""
    return {row[0]: row[1] for row in connection.execute(select(reply.c.state, func.count()).group_by(reply.c.state))}


def sent_as(connection: Connection, platform: str, remote_id: str) -> bool:
    """True when this post on the platform is a reply of ours."""
    query = (
        select(reply.c.id)
        .join(mention, mention.c.key == reply.c.mention_key)
        .where(mention.c.platform == platform, reply.c.remote_id == remote_id)
    )
    return connection.execute(query.limit(1)).first() is not None


def claim(connection: Connection, reply_id: int, by: str, until: datetime, now: datetime) -> bool:
    """Take or renew the lease on a reply. Returns False when another's is live."""
    free = or_(reply.c.claimed_by.is_(None), reply.c.claimed_by == by, reply.c.claimed_until <= now)
    query = update(reply).where(reply.c.id == reply_id, free).values(claimed_by=by, claimed_until=until)
    return connection.execute(query).rowcount == 1


def claims(connection: Connection) -> tuple[int, datetime | None]:
    """Return how many replies are claimed, and when the last of these claims ends."""
    query = select(func.count(), func.max(reply.c.claimed_until)).where(reply.c.claimed_until.is_not(None))
    number, last = connection.execute(query).one()
    return number, last


def release(connection: Connection, reply_id: int, by: str) -> bool:
    """Give a lease back. Returns False when it is not this person's any more."""
    query = update(reply).where(reply.c.id == reply_id, reply.c.claimed_by == by)
    return connection.execute(query.values(claimed_by=None, claimed_until=None)).rowcount == 1


def reasons(connection: Connection, closed_as: str, limit: int) -> list[str]:
    """Why staff ended replies lately: different reasons, the most frequent first."""
    newest = select(func.coalesce(func.max(reply.c.id), 0)).scalar_subquery()
    query = (
        select(reply.c.reason)
        .where(reply.c.state == "closed", reply.c.closed_as == closed_as, reply.c.id > newest - LOOK_BACK)
        .group_by(reply.c.reason)
        .order_by(func.count().desc(), func.max(reply.c.id).desc())
    )
    return [one for one in connection.execute(query.limit(limit)).scalars() if one]


def update_fields(
    connection: Connection, seen: Reply, what: str, by: str, now: datetime, detail: Json | None = None, **changes: Any
) -> bool:
    """Change columns that are no state (claim, snooze, assignee, hold) and log it, if it still is what was seen."""
    same = and_(reply.c.id == seen.id, reply.c.state == seen.state, reply.c.revision == seen.revision)
    done = connection.execute(update(reply).where(same).values(**changes)).rowcount == 1
    if done:
        events.add(connection, what, by, now, mention_key=seen.mention_key, reply_id=seen.id, detail=detail)
    return done


def stale(connection: Connection, before: datetime, limit: int) -> list[Reply]:
    """Drafts whose mention is older than a time; a text that a person wrote counts from when it was written."""
    untouched = or_(reply.c.variant.is_not(None), reply.c.changed_at < before)
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


def count(connection: Connection, platform: str, state: str) -> int:
    """How many replies of a platform stand in a state."""
    query = select(func.count()).select_from(reply).join(mention, mention.c.key == reply.c.mention_key)
    return connection.execute(query.where(mention.c.platform == platform, reply.c.state == state)).scalar_one()


def any_open(connection: Connection, platform: str, states: Collection[str]) -> bool:
    """True when some reply of this platform is in one of the states."""
    query = select(reply.c.id).join(mention, mention.c.key == reply.c.mention_key)
    return (
        connection.execute(query.where(mention.c.platform == platform, reply.c.state.in_(states)).limit(1)).first()
        is not None
    )


def count_snoozed_overdue(connection: Connection, now: datetime) -> tuple[int, int]:
    """Of what waits for a person: how many are snoozed, and how many are overdue."""
    asleep = select(reply.c.state).where(reply.c.snoozed_until > now)
    late = select(func.count()).select_from(reply).where(waits, by_due < literal(now, UtcTime))
    snoozed = sum(state in WAITING for state in connection.execute(asleep).scalars())
    return snoozed, connection.execute(late).scalar_one()
