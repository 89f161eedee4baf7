"""What staff should see before they approve: read once for a whole page of the queue."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from listener.handles import find_others
from listener.holds import bulk
from listener.holds.hold import DEFAULT_BOUNDS, ApprovalWarning, Hold
from listener.holds.limits import pause_of
from listener.policy import Holds
from listener.store import edits, people, platforms
from listener.store.operation_records import Pause
from listener.store.records import Exchange, Reply
from listener.store.states import STANDING


@dataclass(frozen=True, slots=True)
class WarningContext:
    """What warnings need to know of a page of the queue.

    opted_out: authors as (platform, id); activity: empty when nothing is to be sent; spikes: platform -> its spike.
    """

    opted_out: frozenset[tuple[str, str]]
    pauses: Sequence[Pause]
    activity: bulk.RecentActivity
    spikes: Mapping[str, Hold]
    bounds: Holds


def load_warning_context(
    connection: Connection, items: Sequence[Exchange], now: datetime, bounds: Holds = DEFAULT_BOUNDS
) -> WarningContext:
    """Read it in a handful of queries, however many items there are."""
    waiting = {item.mention.platform for item in items if item.reply is not None and item.reply.state in STANDING}
    spikes = {name: bulk.spike(connection, bounds, name, now) for name in waiting}
    none = bulk.RecentActivity((), {})
    return WarningContext(
        people.filter_opted_out(connection, [(item.mention.platform, item.mention.author_id) for item in items]),
        platforms.list_pauses(connection, now),
        bulk.load_recent_activity(connection, bounds, now) if waiting else none,
        {name: hold for name, hold in spikes.items() if hold is not None},
        bounds,
    )


def warnings(context: WarningContext, item: Exchange) -> tuple[ApprovalWarning, ...]:
    """Return what staff should see before they approve this reply."""
    mention, reply = item.mention, item.reply
    result: list[ApprovalWarning] = []
    if edits.is_changed_under(item):
        result.append(ApprovalWarning("edited", "the author edited the mention after this was first drafted"))
    if item.deleted_at is not None:
        result.append(ApprovalWarning("gone", "the mention is no longer on the platform"))
    if (mention.platform, mention.author_id) in context.opted_out:
        result.append(ApprovalWarning("opted_out", "the author opted out of replies"))
    if reply is not None and reply.state in STANDING:
        result += _of_sending(context, item, reply)
    return tuple(result)


def _of_sending(context: WarningContext, item: Exchange, reply: Reply) -> Iterator[ApprovalWarning]:
    """Yield what concerns only a text that is still to be sent; a hold in the words of the hold itself."""
    activity, bounds, platform = context.activity, context.bounds, item.mention.platform
    text, sent = reply.text or "", Counter(activity.sent_texts)
    if others := find_others(text, item.mention):
        yield ApprovalWarning("other_handle", f"the text names @{', @'.join(others)}, who is notified")
    sent[text] -= reply.state == "approved"  # itself
    number = bulk.repeats(text, +sent, bounds)
    if number:
        is_same = number == sent[text]
        yield ApprovalWarning("duplicate", bulk.repeats_text("this text" if is_same else "similar text", number))
    flood = bulk.flood(activity.drafts, bounds, item.mention, reply.kind)
    for hold in (flood, context.spikes.get(platform), pause_of(context.pauses, platform)):
        if hold is not None:
            yield ApprovalWarning(hold.reason, hold.message)
