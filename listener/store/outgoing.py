"""What is being sent: texts sent or on their way, replies that are approved and due, replies that wait for a time."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal

from sqlalchemy import BindParameter, Connection, Executable, Select, and_, bindparam, func, select

from listener.store import acts, items, moves, postings
from listener.store.due import is_due
from listener.store.loading import columns, load_all
from listener.store.queued import Queued
from listener.store.records import Act, Reply
from listener.store.states import NOT_GOING, ON_THE_WAY
from listener.store.tables import mention, reply


@dataclass(frozen=True, slots=True)
class DueItem:
    """The id of what may be sent, and of which kind it is."""

    id: int
    kind: Literal["reply", "posting", "act"]


def count_texts(connection: Connection, since: datetime, *, limit: int, but: int | None = None) -> dict[str, int]:
    """Count how often each of the newest texts was sent since a time, or is approved or being sent; at most `limit`.

    but: leave this reply out.
    """
    counts: dict[str, int] = {}
    for which in (reply.c.sent_at >= since, reply.c.state.in_(ON_THE_WAY)):
        query = select(reply.c.text, func.count()).where(which, reply.c.text.is_not(None))
        query = query if but is None else query.where(reply.c.id != but)
        newest = query.group_by(reply.c.text).order_by(func.max(reply.c.id).desc()).limit(limit)
        for text, number in connection.execute(newest):
            counts[text] = counts.get(text, 0) + number
    return counts


def list_variants(connection: Connection, since: datetime) -> dict[str, set[str]]:
    """Map each platform to the wordings ("kind/variant") drafted or sent there since a time, or on their way."""
    used: dict[str, set[str]] = defaultdict(set)
    for query in _select_variants():
        for platform, kind, variant in connection.execute(query, {"since": since}):
            used[platform].add(f"{kind}/{variant}")
    return used


@cache
def _select_variants() -> list[Executable]:
    since: BindParameter[datetime] = bindparam("since")
    query = select(mention.c.platform, reply.c.kind, reply.c.variant)
    query = query.join(mention, mention.c.key == reply.c.mention_key)
    drafted = and_(reply.c.created_at >= since, reply.c.state == "drafted")
    ways = (reply.c.sent_at >= since, reply.c.state.in_(ON_THE_WAY), drafted)
    return [query.where(which, reply.c.variant.is_not(None)).distinct() for which in ways]


def automatic_times(connection: Connection, since: datetime) -> list[datetime]:
    """List when automatic replies were approved since a time, oldest first; those on their way count."""
    query = select(reply.c.approved_at).where(reply.c.approved_by == "policy", reply.c.approved_at >= since)
    query = query.where(reply.c.state.not_in(NOT_GOING))  # with IN (GOING) SQLite takes the queue's index
    return list(connection.execute(query.order_by(reply.c.approved_at)).scalars())


def list_of_platform(connection: Connection, platform: str, state: str) -> list[Queued]:
    """List the replies, postings and acts of a platform in a state, each oldest first."""
    kinds = (items, postings, acts)
    return [item for kind in kinds for item in kind.list_of_platform(connection, platform, state)]


def count_in_state(connection: Connection, platform: str, state: str) -> int:
    """Count the replies, postings and acts of a platform in a state."""
    source = select(func.count()).select_from(reply.join(mention, mention.c.key == reply.c.mention_key))
    query = source.where(mention.c.platform == platform, reply.c.state == state)
    others = [kind.count_in_state(connection, platform, state) for kind in (postings, acts)]
    return sum([connection.execute(query).scalar_one(), *others])


def list_unstarted(connection: Connection, platform: str) -> list[Reply | Act]:
    """List the approved replies and acts whose wait for an undo the sender has not begun to count."""
    unstarted = _select_approved(platform).where(reply.c.undo_seconds.is_not(None))
    query = unstarted.with_only_columns(*columns(Reply, reply)).order_by(reply.c.id)
    return [*load_all(Reply, connection.execute(query)), *acts.list_unstarted(connection, platform)]


def start_undo_waits(connection: Connection, unstarted: Sequence[Reply | Act], now: datetime) -> None:
    """Count these waits from now on: the desk's clock may be ahead of this one, or behind it."""
    for seen in unstarted:
        until = now + timedelta(seconds=seen.undo_seconds or 0)
        moves.set_fields(connection, seen, not_before=until, undo_seconds=None, changed_at=now)


def count_held(connection: Connection, platform: str, now: datetime) -> Counter[str]:
    """Count what is approved on a platform and waits for a time, by reason."""
    waiting = _select_approved(platform).where(~is_due(reply, now)).group_by(reply.c.hold)
    rows = connection.execute(waiting.with_only_columns(reply.c.hold, func.count()))
    counts = Counter({row[0] or "retry": row[1] for row in rows})
    return counts + sum((Counter(kind.count_held(connection, platform, now)) for kind in (postings, acts)), Counter())


def read_next_time(connection: Connection, platform: str, now: datetime) -> datetime | None:
    """Return when the next of what is approved and waits for a time may be sent; None where nothing waits."""
    waiting = _select_approved(platform).where(~is_due(reply, now)).with_only_columns(func.min(reply.c.not_before))
    others = [kind.read_next_time(connection, platform, now) for kind in (postings, acts)]
    times = [connection.execute(waiting).scalar_one(), *others]
    return min((time for time in times if time is not None), default=None)


def list_due(connection: Connection, platform: str, now: datetime) -> list[DueItem]:
    """List what may be sent now: postings, which are few; replies, the least tried first, then the oldest; acts."""
    query = _select_approved(platform).where(is_due(reply, now)).order_by(reply.c.attempts, reply.c.id)
    due = [DueItem(posting_id, "posting") for posting_id in postings.list_due(connection, platform, now)]
    due += [DueItem(reply_id, "reply") for reply_id in connection.execute(query).scalars()]
    return [*due, *(DueItem(act_id, "act") for act_id in acts.list_due(connection, platform, now))]


def read_due(connection: Connection, item: DueItem) -> Queued:
    """Read what is to be sent, as it is now."""
    if item.kind == "act":
        return acts.queued(connection, item.id)
    return postings.queued(connection, item.id) if item.kind == "posting" else items.queued(connection, item.id)


def _select_approved(platform: str) -> Select[Any]:
    source = reply.join(mention, mention.c.key == reply.c.mention_key)
    return select(reply.c.id).select_from(source).where(mention.c.platform == platform, reply.c.state == "approved")
