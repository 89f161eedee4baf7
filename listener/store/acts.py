"""Applause: the acts that staff chose, at most one of a kind a mention, and the praise that may be applauded."""

from datetime import datetime

from sqlalchemy import Connection, Select, and_, func, insert, select

from listener.store import items, moves
from listener.store.due import is_due
from listener.store.loading import columns, load_all, values
from listener.store.people import Person
from listener.store.queued import QueuedAct
from listener.store.records import CLEAR_HOLD, Act, ReplyChanges
from listener.store.states import UNDER_WAY
from listener.store.tables import act, decision, mention

WITH_MENTION = act.join(mention, mention.c.key == act.c.mention_key)
WITHDRAWABLE = ("approved", "by_hand", "failed")
WAITING = (*WITHDRAWABLE, *UNDER_WAY)  # neither done nor over
PERSONAL = ("by_hand", "failed", "unconfirmed")  # waits for a person


def find(connection: Connection, mention_key: int, what: str) -> Act | None:
    """Return the act of this kind on a mention, or None."""
    return next((kept for kept in list_of_mention(connection, mention_key) if kept.what == what), None)


def list_of_mention(connection: Connection, mention_key: int) -> list[Act]:
    """List the acts on a mention, the first one first."""
    query = select(*columns(Act, act)).where(act.c.mention_key == mention_key)
    return load_all(Act, connection.execute(query.order_by(act.c.id)))


def add(connection: Connection, mention_key: int, what: str, now: datetime) -> Act:
    """Keep a new act, drafted."""
    row = {"mention_key": mention_key, "what": what, "state": "drafted", "created_at": now, "changed_at": now}
    counts = {"revision": 1, "attempts": 0, "check_count": 0, "trouble_count": 0}
    query = insert(act).values(**row, **counts).returning(*columns(Act, act))
    return load_all(Act, connection.execute(query))[0]


def queued(connection: Connection, act_id: int) -> QueuedAct:
    """Read an act with its mention."""
    (kept,) = load_all(Act, connection.execute(select(*columns(Act, act)).where(act.c.id == act_id)))
    return _with_mention(connection, kept)


def _with_mention(connection: Connection, kept: Act) -> QueuedAct:
    exchange = items.item(connection, key=kept.mention_key)
    return QueuedAct(**values(exchange), act=kept)


def list_waiting(connection: Connection) -> list[QueuedAct]:
    """List the acts that are neither done nor over, the oldest first."""
    query = select(*columns(Act, act)).where(act.c.state.in_(WAITING)).order_by(act.c.id)
    return [_with_mention(connection, kept) for kept in load_all(Act, connection.execute(query))]


def list_of_platform(connection: Connection, platform: str, state: str) -> list[QueuedAct]:
    """List the acts on a platform in a state, the oldest first."""
    query = select(*columns(Act, act)).select_from(WITH_MENTION).order_by(act.c.id)
    query = query.where(mention.c.platform == platform, act.c.state == state)
    return [_with_mention(connection, kept) for kept in load_all(Act, connection.execute(query))]


def list_due(connection: Connection, platform: str, now: datetime) -> list[int]:
    """List the ids of approved acts that may be done now, the least tried first, then the oldest."""
    query = _select_approved(platform).where(is_due(act, now)).order_by(act.c.attempts, act.c.id)
    return list(connection.execute(query).scalars())


def list_unstarted(connection: Connection, platform: str) -> list[Act]:
    """List the approved acts whose wait for an undo the sender has not begun to count."""
    query = _select_approved(platform).with_only_columns(*columns(Act, act)).order_by(act.c.id)
    return load_all(Act, connection.execute(query.where(act.c.undo_seconds.is_not(None))))


def count_held(connection: Connection, platform: str, now: datetime) -> dict[str, int]:
    """Count the approved acts of a platform that wait for a time, by reason."""
    reason = func.coalesce(act.c.hold, "retry")
    waiting = _select_approved(platform).where(~is_due(act, now)).with_only_columns(reason, func.count())
    return {row[0]: row[1] for row in connection.execute(waiting.group_by(reason))}


def read_next_time(connection: Connection, platform: str, now: datetime) -> datetime | None:
    """Return when the next approved act that waits for a time may be done; None where none waits."""
    waiting = _select_approved(platform).where(~is_due(act, now)).with_only_columns(func.min(act.c.not_before))
    next_time: datetime | None = connection.execute(waiting).scalar_one()
    return next_time


def count_in_state(connection: Connection, platform: str, state: str) -> int:
    """Count the acts of a platform in a state."""
    query = select(func.count()).select_from(WITH_MENTION)
    return connection.execute(query.where(mention.c.platform == platform, act.c.state == state)).scalar_one()


def count_by_state(connection: Connection) -> dict[str, int]:
    """Count the acts in each state."""
    query = select(act.c.state, func.count()).group_by(act.c.state)
    return {row[0]: row[1] for row in connection.execute(query)}


def count_waiting(connection: Connection) -> int:
    """Count the acts that wait for a person."""
    return sum(number for state, number in count_by_state(connection).items() if state in PERSONAL)


def count_done(connection: Connection, since: datetime, until: datetime) -> dict[str, int]:
    """Count the acts that were done in a period, by kind."""
    query = select(act.c.what, func.count()).where(act.c.sent_at >= since, act.c.sent_at < until)
    return {row[0]: row[1] for row in connection.execute(query.group_by(act.c.what).order_by(act.c.what))}


def list_praise(connection: Connection, since: datetime, min_score: float, limit: int) -> list[int]:
    """List the mentions since a time that were scored so high and have no act yet, the newest first."""
    has_act = select(act.c.id).where(act.c.mention_key == mention.c.key).exists()
    is_high = and_(decision.c.mention_key == mention.c.key, decision.c.compound >= min_score)
    query = select(mention.c.key).where(mention.c.seen_at >= since, mention.c.created_at >= since)
    query = query.where(~mention.c.is_private, mention.c.deleted_at.is_(None), mention.c.stage != "forgotten")
    query = query.where(select(decision.c.id).where(is_high).exists(), ~has_act)
    return list(connection.execute(query.order_by(mention.c.seen_at.desc()).limit(limit)).scalars())


def list_of_person(connection: Connection, person: Person) -> list[QueuedAct]:
    """List the acts on what a person wrote, the oldest first."""
    query = select(*columns(Act, act)).select_from(WITH_MENTION).order_by(act.c.id)
    query = query.where(mention.c.platform == person[0], mention.c.author_id == person[1])
    return [_with_mention(connection, kept) for kept in load_all(Act, connection.execute(query))]


def withdraw_open(connection: Connection, person: Person, why: str, by: str, now: datetime) -> int:
    """Close the acts on what a person wrote that can still be done. Returns how many."""
    chosen = [item.act for item in list_of_person(connection, person) if item.act.state in WITHDRAWABLE]
    return sum(withdraw(connection, kept, why, by, now) for kept in chosen)


def withdraw(connection: Connection, kept: Act, why: str, by: str, now: datetime) -> bool:
    """Close an act that is not done yet. Returns False when somebody changed it meanwhile."""
    changes: ReplyChanges = {"closed_as": "withdrawn", "reason": why, **CLEAR_HOLD}
    return moves.transition(
        connection, kept, "closed", by=by, now=now, what="withdrawn", detail={"message": why}, **changes
    )


def _select_approved(platform: str) -> Select[int]:
    query = select(act.c.id).select_from(WITH_MENTION)
    return query.where(mention.c.platform == platform, act.c.state == "approved")
