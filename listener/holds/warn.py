"""What staff should see before they approve: read once for a whole page of the queue."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from listener.holds import bulk
from listener.holds.hold import DEFAULT_HOLDS, ApprovalWarning, Hold
from listener.holds.limits import first
from listener.policy import Holds
from listener.store import people, platforms
from listener.store.records import Exchange, Pause, Reply
from listener.store.states import STANDING


@dataclass(frozen=True, slots=True)
class WarningContext:
    """What warnings need to know, read once for a whole page of the queue.

    activity: recent drafts and today's texts, empty when nothing waits; spikes: platform -> its spike of anger.
    """

    silent: frozenset[tuple[str, str]]
    pauses: Sequence[Pause]
    activity: bulk.RecentActivity
    spikes: Mapping[str, Hold]
    bounds: Holds


def around(
    connection: Connection, items: Sequence[Exchange], now: datetime, bounds: Holds = DEFAULT_HOLDS
) -> WarningContext:
    """Read it in a handful of queries, however many items there are."""
    waiting = {one.mention.platform for one in items if one.reply is not None and one.reply.state in STANDING}
    spikes = {name: bulk.spike(connection, bounds, name, now) for name in waiting}
    return WarningContext(
        people.silent(connection, [(one.mention.platform, one.mention.author_id) for one in items]),
        platforms.pauses(connection, now),
        bulk.load_recent_activity(connection, bounds, now, coming=False) if waiting else bulk.RecentActivity((), {}),
        {name: hold for name, hold in spikes.items() if hold is not None},
        bounds,
    )


def warnings(known: WarningContext, item: Exchange) -> tuple[ApprovalWarning, ...]:
    """What staff should see before they approve this reply."""
    mention, reply = item.mention, item.reply
    found: list[ApprovalWarning] = []
    if reply is not None and item.edited_at is not None and item.edited_at > reply.created_at:
        found.append(ApprovalWarning("edited", "the author edited the mention after this was drafted"))
    if item.deleted_at is not None:
        found.append(ApprovalWarning("gone", "the mention is no longer on the platform"))
    if (mention.platform, mention.author_id) in known.silent:
        found.append(ApprovalWarning("opted_out", "this person asked never to be answered"))
    if reply is not None and reply.state in STANDING:
        found += _of_sending(known, item, reply)
    return tuple(found)


def _of_sending(known: WarningContext, item: Exchange, reply: Reply) -> Iterator[ApprovalWarning]:
    """What concerns only a text that is still to go out."""
    same = known.activity.out.get(reply.text or "", 0)
    near = bulk.repeats(reply.text or "", known.activity.out, known.bounds)
    if near:
        text = "this text" if near == same else "nearly this text"
        yield ApprovalWarning("duplicate", f"{text} went out {'once' if near == 1 else f'{near} times'} today")
    for hold in (bulk.flood(known.activity.recent, known.bounds, item), known.spikes.get(item.mention.platform)):
        if hold is not None:
            yield ApprovalWarning(hold.reason, hold.message)
    pause = first(known.pauses, item.mention.platform)
    if pause is not None:
        yield ApprovalWarning("paused", f"sending is {pause.message}")
