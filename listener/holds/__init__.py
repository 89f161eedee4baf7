"""What else is happening: reasons not to send just now, and what staff are warned of at approval.

No part of a decision: a decision is about what is said and by whom. Quiet hours, caps, floods, near-duplicates and a
spike of anger hold only what goes out by itself; what a person approved is held by a pause, the budget and the
platform's own limits alone.
"""

from datetime import datetime

from sqlalchemy import Connection

from listener.holds import bulk, limits
from listener.holds.bulk import bulk_hold, load_recent_activity, spike
from listener.holds.hold import DEFAULT_HOLDS, ApprovalWarning, Hold
from listener.holds.limits import paused
from listener.holds.warn import WarningContext, around, warnings
from listener.policy import Policy
from listener.store.records import Exchange

__all__ = [
    "DEFAULT_HOLDS",
    "ApprovalWarning",
    "Hold",
    "WarningContext",
    "around",
    "automatic",
    "bulk_hold",
    "load_recent_activity",
    "paused",
    "spike",
    "warnings",
]


def automatic(connection: Connection, policy: Policy, item: Exchange, now: datetime) -> Hold | None:
    """What stops a reply that would go out by itself: first what concerns it alone, then what stops all of them."""
    seen = load_recent_activity(connection, policy.holds, now, item.reply.id if item.reply is not None else None)
    return (
        limits.too_old(policy, item, now)
        or limits.one_per_conversation(connection, item)
        or bulk_hold(seen, policy.holds, item, now)
        or limits.quiet(policy, now)
        or bulk.spike(connection, policy.holds, item.mention.platform, now)
        or limits.cap(connection, policy, item, now)
    )
