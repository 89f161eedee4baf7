"""What we say: keeping replies, moving them from state to state by compare-and-swap, and listing them."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, insert, literal, or_, select, update

from listener.errors import DeskError
from listener.model import Json, Mention
from listener.store import events
from listener.store.records import Decided, Item, Reply, chunks, columns, load, load_all
from listener.store.tables import UtcTime, metadata

mention = metadata.tables["mention"]
decision = metadata.tables["decision"]
reply = metadata.tables["reply"]
any_decision = decision.alias("any_decision")
any_reply = reply.alias("any_reply")

WAITING = ("drafted", "escalated", "by_hand", "unknown")  # what stands in the queue of staff
FAR = datetime.max.replace(tzinfo=UTC)  # sorts behind every time


def decide_all(connection: Connection, rows: Sequence[Json]) -> None:
    """Keep decisions; the rows have the columns of the table."""
    if rows:
        connection.execute(insert(decision), rows)


def add_all(connection: Connection, rows: Sequence[Json], now: datetime, by: str = "policy") -> None:
    """Keep new replies (state drafted or escalated), each with its event."""
    if not rows:
        return
    before = connection.execute(select(func.coalesce(func.max(reply.c.id), 0))).scalar_one()
    fixed = {"revision": 1, "created_at": now, "changed_at": now, "attempts": 0, "looks": 0}
    connection.execute(insert(reply), [{**fixed, **row} for row in rows])
    new = connection.execute(select(reply.c.id, reply.c.mention_key, reply.c.state).where(reply.c.id > before))
    log = [{"at": now, "what": row.state, "by": by, "mention_key": row.mention_key, "reply_id": row.id} for row in new]
    events.add_all(connection, [{**row, "detail": None} for row in log])


def move(
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
    return done


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


def where(connection: Connection, *conditions: ColumnElement[bool], limit: int | None = None) -> list[Reply]:
    """Replies that meet the conditions, oldest first."""
    query = select(*columns(Reply, reply)).where(*conditions).order_by(reply.c.id).limit(limit)
    return load_all(Reply, connection.execute(query))


def _last_decision(key: ColumnElement[Any]) -> ColumnElement[bool]:
    """The latest decision on a mention."""
    newest = select(func.max(any_decision.c.id)).where(any_decision.c.mention_key == key).scalar_subquery()
    return decision.c.id == newest


@cache
def _lines() -> Select[Any]:
    return select(
        mention.c.key,
        mention.c.seen_at,
        mention.c.edited_at,
        mention.c.gone_at,
        *columns(Mention, mention, "m_"),
        *columns(Decided, decision, "d_"),
        *columns(Reply, reply, "r_"),
    )


@cache
def _joined() -> Select[Any]:
    """A mention with its latest decision and its live or latest reply."""
    live_first = (
        select(any_reply.c.id)
        .where(any_reply.c.mention_key == mention.c.key)
        .order_by(case((any_reply.c.state == "closed", 1), else_=0), any_reply.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    told = mention.outerjoin(decision, _last_decision(mention.c.key)).outerjoin(reply, reply.c.id == live_first)
    return _lines().select_from(told)


@cache
def _queued() -> Select[Any]:
    """A reply with its mention and that one's latest decision: driven by the reply, so that a queue stays quick."""
    told = reply.join(mention, mention.c.key == reply.c.mention_key)
    return _lines().select_from(told.outerjoin(decision, _last_decision(mention.c.key)))


def _item(row: Row[Any]) -> Item:
    return Item(
        key=row.key,
        mention=load(Mention, row, "m_"),
        seen_at=row.seen_at,
        edited_at=row.edited_at,
        gone_at=row.gone_at,
        decided=load(Decided, row, "d_") if row.d_mention_key is not None else None,
        reply=load(Reply, row, "r_") if row.r_id is not None else None,
    )


def item(connection: Connection, *, reply_id: int | None = None, key: int | None = None) -> Item:
    """One line of the queue, by reply or by mention. Raises DeskError."""
    if reply_id is not None:
        row = connection.execute(_queued().where(reply.c.id == reply_id)).one_or_none()
        if row is None:
            raise DeskError(f"there is no reply {reply_id}", "`earshot queue` lists the ids")
        return _item(row)
    return _item(connection.execute(_joined().where(mention.c.key == key)).one())


def items(
    connection: Connection,
    now: datetime,
    *,
    states: Collection[str] = WAITING,
    awake: bool = False,
    kind: str | None = None,
    platform: str | None = None,
    after: int | None = None,
    limit: int | None = 50,
) -> list[Item]:
    """The queue: due first (without a due time last, then by id).

    after: the id the page before ended with; awake: leave out what is snoozed. Raises DeskError.
    """
    due = func.coalesce(reply.c.due_at, literal(FAR, UtcTime))
    query = _queued().where(reply.c.state.in_(states))
    if awake:
        query = query.where(or_(reply.c.snoozed_until.is_(None), reply.c.snoozed_until <= now))
    if kind is not None:
        query = query.where(reply.c.kind == kind)
    if platform is not None:
        query = query.where(mention.c.platform == platform)
    if after is not None:
        border = select(due, reply.c.id).where(reply.c.id == after)
        row = connection.execute(border).one_or_none()
        if row is None:
            raise DeskError(f"there is no reply {after}", "--after takes the last id of the page before")
        query = query.where(or_(due > row[0], and_(due == row[0], reply.c.id > after)))
    return [_item(row) for row in connection.execute(query.order_by(due, reply.c.id).limit(limit))]


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


def mark(
    connection: Connection, seen: Reply, what: str, by: str, now: datetime, detail: Json | None = None, **changes: Any
) -> None:
    """Change columns that are no state (claim, snooze, assignee, hold) and log it."""
    connection.execute(update(reply).where(reply.c.id == seen.id).values(**changes))
    events.add(connection, what, by, now, mention_key=seen.mention_key, reply_id=seen.id, detail=detail)


def of_platform(connection: Connection, platform: str, state: str) -> list[Item]:
    """The replies of a platform in a state, oldest first, with their mentions."""
    query = _queued().where(mention.c.platform == platform, reply.c.state == state).order_by(reply.c.id)
    return [_item(row) for row in connection.execute(query)]


def of_conversation(connection: Connection, platform: str, conversation_id: str, limit: int = 50) -> list[Item]:
    """The stored mentions of a conversation with their replies, oldest first."""
    same = (mention.c.platform == platform, mention.c.conversation_id == conversation_id)
    query = _joined().where(*same).order_by(mention.c.key.desc()).limit(limit)
    return [_item(row) for row in connection.execute(query)][::-1]


def of_person(connection: Connection, platform: str, author_id: str, limit: int | None = 50) -> list[Item]:
    """A person's mentions with their replies, oldest first (the newest `limit` of them)."""
    same = (mention.c.platform == platform, mention.c.author_id == author_id)
    query = _joined().where(*same).order_by(mention.c.key.desc()).limit(limit)
    return [_item(row) for row in connection.execute(query)][::-1]


def sent_texts(connection: Connection, texts: Sequence[str], since: datetime) -> dict[str, int]:
    """How often each of these very texts went out since a time."""
    found: dict[str, int] = {}
    query = select(reply.c.text, func.count()).where(reply.c.state == "sent", reply.c.sent_at >= since)
    for piece in chunks(sorted(set(texts))):
        found |= {
            row[0]: row[1] for row in connection.execute(query.where(reply.c.text.in_(piece)).group_by(reply.c.text))
        }
    return found


def automatic_times(connection: Connection, since: datetime) -> list[datetime]:
    """When automatic replies were approved since a time, oldest first; those on their way count."""
    live = reply.c.state.in_(("approved", "sending", "unknown", "sent"))
    query = select(reply.c.approved_at).where(reply.c.approved_by == "policy", live, reply.c.approved_at >= since)
    return list(connection.execute(query.order_by(reply.c.approved_at)).scalars())


def automatic_in(connection: Connection, platform: str, conversation_id: str, but: int) -> bool:
    """True when another automatic reply went, or is on its way, into this conversation."""
    query = (
        select(reply.c.id)
        .join(mention, mention.c.key == reply.c.mention_key)
        .where(mention.c.platform == platform, mention.c.conversation_id == conversation_id, reply.c.id != but)
        .where(reply.c.approved_by == "policy", reply.c.state.in_(("approved", "sending", "unknown", "sent")))
    )
    return connection.execute(query.limit(1)).first() is not None


def automatic_drafts(connection: Connection, platform: str, kinds: Collection[str], now: datetime) -> list[Item]:
    """Drafts inside their auto band that nobody holds: no live claim, assignee or snooze."""
    query = _queued().where(
        mention.c.platform == platform,
        reply.c.state == "drafted",
        reply.c.auto,
        reply.c.kind.in_(kinds),
        reply.c.assigned_to.is_(None),
        or_(reply.c.claimed_until.is_(None), reply.c.claimed_until <= now),
        or_(reply.c.snoozed_until.is_(None), reply.c.snoozed_until <= now),
        mention.c.edited_at.is_(None),
        mention.c.can_reply,
    )
    return [_item(row) for row in connection.execute(query.order_by(reply.c.id))]


def stale(connection: Connection, before: datetime) -> list[Reply]:
    """Drafts whose mention is older than a time."""
    query = (
        select(*columns(Reply, reply))
        .join(mention, mention.c.key == reply.c.mention_key)
        .where(reply.c.state == "drafted", mention.c.aged_from < before)
    )
    return load_all(Reply, connection.execute(query.order_by(reply.c.id)))


def let_go(connection: Connection, now: datetime) -> None:
    """Clear claims and snoozes that have ended."""
    connection.execute(update(reply).where(reply.c.claimed_until <= now).values(claimed_by=None, claimed_until=None))
    connection.execute(update(reply).where(reply.c.snoozed_until <= now).values(snoozed_until=None))


def any_open(connection: Connection, platform: str, states: Collection[str]) -> bool:
    """True when some reply of this platform is in one of the states."""
    query = select(reply.c.id).join(mention, mention.c.key == reply.c.mention_key)
    return (
        connection.execute(query.where(mention.c.platform == platform, reply.c.state.in_(states)).limit(1)).first()
        is not None
    )


def asleep_and_late(connection: Connection, now: datetime) -> tuple[int, int]:
    """Of what waits for a person: how many are snoozed, and how many are overdue."""
    waiting = select(func.count()).where(reply.c.state.in_(WAITING))
    asleep = connection.execute(waiting.where(reply.c.snoozed_until > now)).scalar_one()
    return asleep, connection.execute(waiting.where(reply.c.due_at < now)).scalar_one()
