"""What goes out without a person: drafts inside their auto band, of a kind the policy lets go, that no hold stops.

`earned` behaves as `never` until the record of staff's decisions is kept.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from listener import holds
from listener.desk.approve import UNHELD, fault, two_needed
from listener.model import Mention, Preview
from listener.policy import Policy
from listener.store import events, items, people, replies
from listener.store.engine import Store
from listener.store.records import Item


def approve(
    store: Store, policy: Policy, preview: Callable[[str, Mention], Preview], platform: str, now: datetime
) -> Counter[str]:
    """Approve what may go out by itself; returns how many drafts were held, by reason."""
    kinds = [one.kind for one in policy.responders if one.auto == "always"]
    held: Counter[str] = Counter()
    if not kinds:
        return held
    with store.read() as connection:
        found = items.automatic_drafts(connection, platform, kinds, now)
    for number, item in enumerate(found):
        hold = _one(store, policy, preview, item, now)
        if hold is None:
            continue
        held[hold.reason] += 1
        if hold.until is not None or hold.reason == "paused":  # it stops all the others too
            held[hold.reason] += len(found) - number - 1
            break
    return held


def _one(
    store: Store, policy: Policy, preview: Callable[[str, Mention], Preview], item: Item, now: datetime
) -> holds.Hold | None:
    """Approve one in a transaction of its own, so that the next one's caps count it. Returns what held it."""
    with store.write() as connection:
        hold = holds.paused(connection, item.mention.platform, now) or holds.automatic(connection, policy, item, now)
        if hold is None:
            _give(connection, policy, preview, item, now)
    return hold


def _give(
    connection: Connection,
    policy: Policy,
    preview: Callable[[str, Mention], Preview],
    item: Item,
    now: datetime,
) -> None:
    """Never with less care than a person's approval: an opted-out author or an unfit text waits for a person."""
    reply, mention = item.reply, item.mention
    if two_needed(policy, item):
        return
    if reply is None or not reply.text or people.opted_out(connection, (mention.platform, mention.author_id)):
        return
    shown = preview(reply.text, mention)
    if fault(policy, mention, reply.text, shown) is not None:
        return
    who = {"approved_by": "policy", "approved_at": now, **UNHELD}
    detail = {"revision": reply.revision, "text": shown.text}
    if replies.move(connection, reply, "approved", by="policy", now=now, what="approved", detail=detail, **who):
        events.approved(connection, reply.id, reply.revision, "policy", shown.text, now, automatic=True)
