"""What goes out without a person: drafts inside their auto band, of a kind the policy lets go, that no hold stops.

`earned` behaves as `never` until the record of staff's decisions is kept.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from listener import holds
from listener.model import Mention, Preview
from listener.policy import Policy
from listener.store import events, people, replies
from listener.store.engine import Store
from listener.store.records import Item

ROUND = 200  # approvals a round: the caps are far below


def approve(
    store: Store, policy: Policy, preview: Callable[[str, Mention], Preview], platform: str, now: datetime
) -> Counter[str]:
    """Approve what may go out by itself; returns how many drafts were held, by reason."""
    kinds = [one.kind for one in policy.responders if one.auto == "always"]
    held: Counter[str] = Counter()
    if not kinds:
        return held
    with store.read() as connection:
        found = replies.automatic_drafts(connection, platform, kinds, now)[:ROUND]
    for item in found:
        reason = _one(store, policy, preview, item, now)
        if reason is not None:
            held[reason] += 1
    return held


def _one(
    store: Store, policy: Policy, preview: Callable[[str, Mention], Preview], item: Item, now: datetime
) -> str | None:
    """Approve one in a transaction of its own, so that the next one's caps count it. Returns the hold's reason."""
    reply = item.reply
    if reply is None or reply.text is None:
        return None
    with store.write() as connection:
        hold = holds.paused(connection, item.mention.platform, now) or holds.automatic(connection, policy, item, now)
        if hold is not None:
            return hold.reason
        if people.opted_out(connection, (item.mention.platform, item.mention.author_id)) is not None:
            return None
        text = preview(reply.text, item.mention).text
        who = {"approved_by": "policy", "approved_at": now}
        detail = {"revision": reply.revision, "text": text}
        if replies.move(connection, reply, "approved", by="policy", now=now, what="approved", detail=detail, **who):
            events.approved(connection, reply.id, reply.revision, "policy", text, now, automatic=True)
    return None
