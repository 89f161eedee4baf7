"""Replies as people see them: each with its mention and the latest decision, read in one query."""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, literal, or_, select

from listener.errors import DeskError
from listener.model import Mention
from listener.store.records import Exchange, QueuedReply, RecentDraft, Reply, StoredDecision, columns, load, load_all
from listener.store.replies import by_due, waits
from listener.store.tables import WAITING, UtcTime, metadata

mention = metadata.tables["mention"]
decision = metadata.tables["decision"]
reply = metadata.tables["reply"]
approval = metadata.tables["approval"]
any_decision = decision.alias("any_decision")
any_reply = reply.alias("any_reply")


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
        mention.c.deleted_at,
        mention.c.answered_remotely,
        *columns(Mention, mention, "m_"),
        *columns(StoredDecision, decision, "d_"),
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


def _parts(row: Row[Any]) -> dict[str, Any]:
    return {
        "key": row.key,
        "mention": load(Mention, row, "m_"),
        "seen_at": row.seen_at,
        "edited_at": row.edited_at,
        "deleted_at": row.deleted_at,
        "answered_remotely": row.answered_remotely,
        "decided": load(StoredDecision, row, "d_") if row.d_mention_key is not None else None,
    }


def _queued_reply(row: Row[Any]) -> QueuedReply:
    return QueuedReply(**_parts(row), reply=load(Reply, row, "r_"))


def _item(row: Row[Any]) -> Exchange:
    return Exchange(**_parts(row), reply=None) if row.r_id is None else _queued_reply(row)


def item(connection: Connection, *, reply_id: int | None = None, key: int | None = None) -> Exchange:
    """One line of the queue, by reply or by mention. Raises DeskError."""
    if reply_id is not None:
        return queued(connection, reply_id)
    return _item(connection.execute(_joined().where(mention.c.key == key)).one())


def queued(connection: Connection, reply_id: int) -> QueuedReply:
    """Return a reply with its mention. Raises DeskError."""
    row = connection.execute(_queued().where(reply.c.id == reply_id)).one_or_none()
    if row is None:
        raise DeskError(f"there is no reply {reply_id}", "`earshot queue` lists the ids")
    return _queued_reply(row)


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
    words: str | None = None,
    assigned_to: str | None = None,
    late: bool = False,
) -> list[Exchange]:
    """The queue: due first (without a due time last), then the more urgent, then by id.

    after: the id the page before ended with; awake: leave out what is snoozed; words: in what was said, by whom, or in
    the text; late: only what is overdue. Raises DeskError.
    """
    ids = select(reply.c.id).where(waits if states is WAITING else reply.c.state.in_(states))
    if awake:
        ids = ids.where(or_(reply.c.snoozed_until.is_(None), reply.c.snoozed_until <= now))
    if kind is not None:
        ids = ids.where(reply.c.kind == kind)
    if platform is not None:  # asked of each in turn: a join would begin with all that was ever said there
        where = select(mention.c.platform).where(mention.c.key == reply.c.mention_key).scalar_subquery()
        ids = ids.where(where == platform)
    if words:
        ids = ids.where(_told(words))
    if assigned_to is not None:
        ids = ids.where(reply.c.assigned_to == assigned_to)
    if late:
        ids = ids.where(by_due < literal(now, UtcTime))
    if after is not None:
        ids = ids.where(_behind(connection, after))
    order = (by_due, reply.c.urgency.desc(), reply.c.id)
    page = ids.order_by(*order).limit(limit).scalar_subquery()
    return [_item(row) for row in connection.execute(_queued().where(reply.c.id.in_(page)).order_by(*order))]


def _told(words: str) -> ColumnElement[bool]:
    """They stand in the reply's text, in what it answers, or in its author's name; asked of each reply in turn."""
    said = (mention.c.text, mention.c.author_handle, mention.c.author_name)
    theirs = or_(*(column.icontains(words, autoescape=True) for column in said))
    heard = select(mention.c.key).where(mention.c.key == reply.c.mention_key, theirs).exists()
    return or_(reply.c.text.icontains(words, autoescape=True), heard)


def _behind(connection: Connection, after: int) -> ColumnElement[bool]:
    """What comes after this reply in the order of the queue. Raises DeskError."""
    query = select(by_due, reply.c.urgency).select_from(reply).where(reply.c.id == after)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise DeskError(f"there is no reply {after}", "--after takes the last id of the page before")
    due, urgency = row
    later = or_(reply.c.urgency < urgency, and_(reply.c.urgency == urgency, reply.c.id > after))
    return and_(by_due >= due, or_(by_due > due, later))


def of_platform(connection: Connection, platform: str, state: str) -> list[QueuedReply]:
    """The replies of a platform in a state, oldest first, with their mentions."""
    query = _queued().where(mention.c.platform == platform, reply.c.state == state).order_by(reply.c.id)
    return [_queued_reply(row) for row in connection.execute(query)]


def of_conversation(connection: Connection, platform: str, conversation_id: str, limit: int = 50) -> list[Exchange]:
    """The stored mentions of a conversation with their replies, oldest first."""
    same = (mention.c.platform == platform, mention.c.conversation_id == conversation_id)
    query = _joined().where(*same).order_by(mention.c.key.desc()).limit(limit)
    return [_item(row) for row in connection.execute(query)][::-1]


def of_person(connection: Connection, platform: str, author_id: str, limit: int | None = 50) -> list[Exchange]:
    """A person's mentions with their replies, oldest first (the newest `limit` of them)."""
    same = (mention.c.platform == platform, mention.c.author_id == author_id)
    query = _joined().where(*same).order_by(mention.c.key.desc()).limit(limit)
    return [_item(row) for row in connection.execute(query)][::-1]


def automatic_drafts(connection: Connection, platform: str, kinds: Collection[str], now: datetime) -> list[QueuedReply]:
    """Drafts inside their auto band that nobody holds: no live claim, assignee or snooze.

    One that was approved before and came back (undone, tried again, held without an end) waits for a person.
    """
    before = select(approval.c.id).where(approval.c.reply_id == reply.c.id)
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
        ~before.exists(),
    )
    return [_queued_reply(row) for row in connection.execute(query.order_by(reply.c.id))]


def automatic_in(connection: Connection, platform: str, conversation_id: str, but: int) -> bool:
    """True when another automatic reply went, or is on its way, into this conversation."""
    query = (
        select(reply.c.id)
        .join(mention, mention.c.key == reply.c.mention_key)
        .where(mention.c.platform == platform, mention.c.conversation_id == conversation_id, reply.c.id != but)
        .where(reply.c.approved_by == "policy", reply.c.state.in_(("approved", "sending", "unconfirmed", "sent")))
    )
    return connection.execute(query.limit(1)).first() is not None


def person_waits(connection: Connection, said: Mention, but: int) -> bool:
    """True when another mention of this author in this conversation waits for a person's word."""
    query = select(reply.c.id).join(mention, mention.c.key == reply.c.mention_key)
    same = (
        mention.c.platform == said.platform,
        mention.c.conversation_id == said.conversation_id,
        mention.c.author_id == said.author_id,
    )
    open_ = or_(
        reply.c.state.in_(("escalated", "by_hand", "unconfirmed")), and_(reply.c.state == "drafted", ~reply.c.auto)
    )
    return connection.execute(query.where(*same, reply.c.id != but, open_).limit(1)).first() is not None


def recent_drafts(connection: Connection, since: datetime, limit: int) -> list[RecentDraft]:
    """The newest drafts made since a time, newest first, whatever has become of them."""
    whose = (mention.c.platform, mention.c.author_id, mention.c.conversation_id)
    told = select(reply.c.kind, reply.c.created_at, *whose)
    told = told.select_from(reply.join(mention, mention.c.key == reply.c.mention_key))
    told = told.where(reply.c.created_at >= since, reply.c.kind.is_not(None))
    return load_all(RecentDraft, connection.execute(told.order_by(reply.c.created_at.desc()).limit(limit)))


def decisions(
    connection: Connection, since: datetime | None, after: int, limit: int
) -> list[tuple[int, Mention, StoredDecision]]:
    """The last decision on each mention, oldest first, made since a time: its number, the mention, and itself."""
    query = select(decision.c.id, *columns(Mention, mention, "m_"), *columns(StoredDecision, decision, "d_"))
    query = query.select_from(decision.join(mention, mention.c.key == decision.c.mention_key))
    query = query.where(decision.c.id > after, _last_decision(decision.c.mention_key))
    query = query if since is None else query.where(decision.c.at >= since)
    rows = connection.execute(query.order_by(decision.c.id).limit(limit))
    return [(row.id, load(Mention, row, "m_"), load(StoredDecision, row, "d_")) for row in rows]
