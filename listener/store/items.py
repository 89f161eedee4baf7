"""Replies as people see them: each with its mention and the latest decision, read in one query."""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, ScalarSelect, Select, and_, case, literal, or_, select

from listener.errors import DeskError
from listener.model import Mention
from listener.store import decisions
from listener.store.dialect import UtcTime
from listener.store.loading import columns, load, load_all
from listener.store.queued import QueuedReply
from listener.store.records import Exchange, RecentDraft, Reply, StoredDecision
from listener.store.replies import due_order, is_waiting
from listener.store.states import GOING, WAITING
from listener.store.tables import approval, basis, decision, mention, reply

any_reply = reply.alias("any_reply")


@cache
def _select_columns() -> Select[Any]:
    return select(
        mention.c.key,
        mention.c.seen_at,
        mention.c.edited_at,
        mention.c.deleted_at,
        mention.c.missing_at,
        mention.c.answered_remotely,
        *columns(Mention, mention, "m_"),
        *decisions.columns("d_"),
        *columns(Reply, reply, "r_"),
    )


@cache
def _select_by_mention() -> Select[Any]:
    """Select mentions with their latest decision and their live or latest reply."""
    live_first = (
        select(any_reply.c.id)
        .where(any_reply.c.mention_key == mention.c.key)
        .order_by(case((any_reply.c.state == "closed", 1), else_=0), any_reply.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    source = mention.outerjoin(decision, decisions.is_latest).outerjoin(basis)
    return _select_columns().select_from(source.outerjoin(reply, reply.c.id == live_first))


@cache
def _select_by_reply() -> Select[Any]:
    """Select replies with their mention and its latest decision: driven by the reply, so that a queue stays quick."""
    source = reply.join(mention, mention.c.key == reply.c.mention_key)
    return _select_columns().select_from(source.outerjoin(decision, decisions.is_latest).outerjoin(basis))


def _load_parts(row: Row[tuple[object, ...]]) -> dict[str, Any]:
    return {
        "key": row.key,
        "mention": load(Mention, row, "m_"),
        "seen_at": row.seen_at,
        "edited_at": row.edited_at,
        "deleted_at": row.deleted_at,
        "missing_at": row.missing_at,
        "answered_remotely": row.answered_remotely,
        "decided": load(StoredDecision, row, "d_") if row.d_mention_key is not None else None,
    }


def _load_queued(row: Row[tuple[object, ...]]) -> QueuedReply:
    return QueuedReply(**_load_parts(row), reply=load(Reply, row, "r_"))


def _load_item(row: Row[tuple[object, ...]]) -> Exchange:
    return Exchange(**_load_parts(row), reply=None) if row.r_id is None else _load_queued(row)


def _load_items(connection: Connection, query: Select[Any]) -> list[Exchange]:
    return [_load_item(row) for row in connection.execute(query)]


def item(connection: Connection, *, reply_id: int | None = None, key: int | None = None) -> Exchange:
    """Read one line of the queue, by reply or by mention. Raises DeskError."""
    if reply_id is not None:
        return queued(connection, reply_id)
    return _load_item(connection.execute(_select_by_mention().where(mention.c.key == key)).one())


def queued(connection: Connection, reply_id: int) -> QueuedReply:
    """Read a reply with its mention. Raises DeskError."""
    row = connection.execute(_select_by_reply().where(reply.c.id == reply_id)).one_or_none()
    if row is None:
        raise DeskError(f"there is no reply {reply_id}", "`earshot queue` lists the ids")
    return _load_queued(row)


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
    author: tuple[str, str] | None = None,
    late: bool = False,
) -> list[Exchange]:
    """Read the queue: due first (without a due time last), then the more urgent, then by id.

    after: the last id of the page before; awake: leave out what is snoozed; words: in the mention, its author's name or
    the reply; author: platform and id of who wrote the mention; late: only what is overdue. Raises DeskError.
    """
    in_states = is_waiting if states is WAITING else reply.c.state.in_(states)
    equal = [(reply.c.kind, kind), (_select_platform(), platform), (reply.c.assigned_to, assigned_to)]
    wanted = [column == value for column, value in equal if value is not None]
    wanted += [or_(reply.c.snoozed_until.is_(None), reply.c.snoozed_until <= now)] if awake else []
    wanted += [due_order < literal(now, UtcTime)] if late else []
    wanted += [_has_words(words)] if words else []
    wanted += [_is_by(*author)] if author else []
    wanted += [] if after is None else [_is_after(connection, after)]
    order = (due_order, reply.c.urgency.desc(), reply.c.id)
    page = select(reply.c.id).where(in_states, *wanted).order_by(*order).limit(limit).scalar_subquery()
    return _load_items(connection, _select_by_reply().where(reply.c.id.in_(page)).order_by(*order))


def _select_platform() -> ScalarSelect[str]:
    """Select a reply's platform, reply by reply: a join would begin with every mention of the platform."""
    return select(mention.c.platform).where(mention.c.key == reply.c.mention_key).scalar_subquery()


def _is_by(platform: str, author_id: str) -> ColumnElement[bool]:
    """Match replies to mentions of this author, reply by reply."""
    by_author = (mention.c.platform == platform, mention.c.author_id == author_id)
    return select(mention.c.key).where(mention.c.key == reply.c.mention_key, *by_author).exists()


def _has_words(words: str) -> ColumnElement[bool]:
    """Match words in the reply's text, in its mention or in the author's name, reply by reply."""
    fields = (mention.c.text, mention.c.author_handle, mention.c.author_name)
    in_mention = or_(*(column.icontains(words, autoescape=True) for column in fields))
    mention_matches = select(mention.c.key).where(mention.c.key == reply.c.mention_key, in_mention).exists()
    return or_(reply.c.text.icontains(words, autoescape=True), mention_matches)


def _is_after(connection: Connection, after: int) -> ColumnElement[bool]:
    """Match what comes after this reply in the order of the queue. Raises DeskError."""
    query = select(due_order, reply.c.urgency).select_from(reply).where(reply.c.id == after)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise DeskError(f"there is no reply {after}", "--after takes the last id of the page before")
    due, urgency = row
    later = or_(reply.c.urgency < urgency, and_(reply.c.urgency == urgency, reply.c.id > after))
    return and_(due_order >= due, or_(due_order > due, later))


def list_of_platform(connection: Connection, platform: str, state: str) -> list[QueuedReply]:
    """List the replies of a platform in a state, oldest first, with their mentions."""
    query = _select_by_reply().where(mention.c.platform == platform, reply.c.state == state).order_by(reply.c.id)
    return [_load_queued(row) for row in connection.execute(query)]


def list_of_conversation(
    connection: Connection, platform: str, conversation_id: str, limit: int = 50
) -> list[Exchange]:
    """List the stored mentions of a conversation with their replies, oldest first."""
    in_conversation = (mention.c.platform == platform, mention.c.conversation_id == conversation_id)
    query = _select_by_mention().where(*in_conversation).order_by(mention.c.key.desc()).limit(limit)
    return _load_items(connection, query)[::-1]


def list_of_person(connection: Connection, platform: str, author_id: str, limit: int | None = 50) -> list[Exchange]:
    """List a person's mentions with their replies, oldest first (the newest `limit` of them)."""
    by_person = (mention.c.platform == platform, mention.c.author_id == author_id)
    query = _select_by_mention().where(*by_person).order_by(mention.c.key.desc()).limit(limit)
    return _load_items(connection, query)[::-1]


def automatic_drafts(connection: Connection, platform: str, kinds: Collection[str], now: datetime) -> list[QueuedReply]:
    """List drafts inside their auto band that nobody has: no live claim, assignee or snooze.

    A draft that was approved before and came back (undone, tried again, held without an end) waits for a person.
    """
    approved_before = select(approval.c.id).where(approval.c.reply_id == reply.c.id)
    query = _select_by_reply().where(
        mention.c.platform == platform,
        reply.c.state == "drafted",
        reply.c.auto,
        reply.c.kind.in_(kinds),
        reply.c.assigned_to.is_(None),
        or_(reply.c.claimed_until.is_(None), reply.c.claimed_until <= now),
        or_(reply.c.snoozed_until.is_(None), reply.c.snoozed_until <= now),
        mention.c.edited_at.is_(None),
        mention.c.can_reply,
        ~approved_before.exists(),
    )
    return [_load_queued(row) for row in connection.execute(query.order_by(reply.c.id))]


def has_automatic_reply(connection: Connection, platform: str, conversation_id: str, but: int) -> bool:
    """Return True when another automatic reply was sent, or is on its way, into this conversation."""
    query = (
        select(reply.c.id)
        .join(mention, mention.c.key == reply.c.mention_key)
        .where(mention.c.platform == platform, mention.c.conversation_id == conversation_id, reply.c.id != but)
        .where(reply.c.approved_by == "policy", reply.c.state.in_(GOING))
    )
    return connection.execute(query.limit(1)).first() is not None


def recent_drafts(connection: Connection, since: datetime, limit: int) -> list[RecentDraft]:
    """List the drafts made since a time, newest first, whatever has become of them."""
    recipient = (mention.c.platform, mention.c.author_id, mention.c.conversation_id)
    query = select(reply.c.kind, reply.c.created_at, *recipient)
    query = query.select_from(reply.join(mention, mention.c.key == reply.c.mention_key))
    query = query.where(reply.c.created_at >= since, reply.c.kind.is_not(None))
    return load_all(RecentDraft, connection.execute(query.order_by(reply.c.created_at.desc()).limit(limit)))
