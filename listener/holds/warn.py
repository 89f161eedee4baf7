"""What staff should see before they approve: read once for a whole page of the queue."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from listener.holds import crowd
from listener.holds.hold import USUAL, Hold, Warning_
from listener.holds.limits import first
from listener.policy import Holds
from listener.store import people, platforms
from listener.store.records import Item, Pause, Reply

STANDING = ("drafted", "approved")  # a reply that is still to go out


@dataclass(frozen=True, slots=True)
class Around:
    """What warnings need to know, read once for a whole page of the queue.

    crowd: recent drafts and today's texts, empty when nothing waits; spikes: platform -> its spike of anger.
    """

    silent: frozenset[tuple[str, str]]
    pauses: Sequence[Pause]
    crowd: crowd.Crowd
    spikes: Mapping[str, Hold]
    bounds: Holds


def around(connection: Connection, items: Sequence[Item], now: datetime, bounds: Holds = USUAL) -> Around:
    """Read it in a handful of queries, however many items there are."""
    waiting = {one.mention.platform for one in items if one.reply is not None and one.reply.state in STANDING}
    spikes = {name: crowd.spike(connection, bounds, name, now) for name in waiting}
    return Around(
        people.silent(connection, [(one.mention.platform, one.mention.author_id) for one in items]),
        platforms.pauses(connection, now),
        crowd.look(connection, bounds, now, coming=False) if waiting else crowd.Crowd((), {}),
        {name: hold for name, hold in spikes.items() if hold is not None},
        bounds,
    )


def warnings(known: Around, item: Item) -> tuple[Warning_, ...]:
    """What staff should see before they approve this reply."""
    mention, reply = item.mention, item.reply
    found: list[Warning_] = []
    if reply is not None and item.edited_at is not None and item.edited_at > reply.created_at:
        found.append(Warning_("edited", "the author edited the mention after this was drafted"))
    if item.gone_at is not None:
        found.append(Warning_("gone", "the mention is no longer on the platform"))
    if (mention.platform, mention.author_id) in known.silent:
        found.append(Warning_("opted_out", "this person asked never to be answered"))
    if reply is not None and reply.state in STANDING:
        found += _of_sending(known, item, reply)
    return tuple(found)


def _of_sending(known: Around, item: Item, reply: Reply) -> Iterator[Warning_]:
    """What concerns only a text that is still to go out."""
    same = known.crowd.out.get(reply.text or "", 0)
    near = crowd.repeats(reply.text or "", known.crowd.out, known.bounds)
    if near:
        text = "this text" if near == same else "nearly this text"
        yield Warning_("duplicate", f"{text} went out {'once' if near == 1 else f'{near} times'} today")
    for hold in (crowd.flood(known.crowd.recent, known.bounds, item), known.spikes.get(item.mention.platform)):
        if hold is not None:
            yield Warning_(hold.reason, hold.says)
    pause = first(known.pauses, item.mention.platform)
    if pause is not None:
        yield Warning_("paused", f"sending is {pause.says}")
