"""What else is happening: reasons not to send right now, and what staff are warned of before an approval.

No part of a decision, which is about what is said and by whom. Quiet hours, caps, floods, near-duplicates and a spike
of anger hold automatic replies only; what a person approved is held by a pause, the budget and the platform's own
limits alone. An announcement, which nobody waits for, is held by words of tragedy, quiet hours and anger as well.
"""

from datetime import datetime

from sqlalchemy import Connection

from listener.holds import limits
from listener.holds.announcements import APPROVAL_LASTS, MAX_LATENESS, announcement, tragedy
from listener.holds.bulk import bulk_hold, load_recent_activity, spike
from listener.holds.hold import DEFAULT_BOUNDS, ApprovalWarning, Hold
from listener.holds.limits import paused
from listener.holds.warn import WarningContext, load_warning_context, warnings
from listener.policy import Policy
from listener.store.queued import QueuedReply

__all__ = [
    "APPROVAL_LASTS",
    "DEFAULT_BOUNDS",
    "MAX_LATENESS",
    "ApprovalWarning",
    "Hold",
    "WarningContext",
    "announcement",
    "automatic",
    "bulk_hold",
    "load_recent_activity",
    "load_warning_context",
    "paused",
    "spike",
    "tragedy",
    "warnings",
]


def automatic(connection: Connection, policy: Policy, item: QueuedReply, now: datetime) -> Hold | None:
    """Return what holds an automatic reply: first what concerns it alone, then what holds all of them."""
    activity = load_recent_activity(connection, policy.holds, now, item.reply.id)
    return (
        limits.too_old(policy, item, now)
        or limits.one_per_conversation(connection, item)
        or bulk_hold(activity, policy.holds, item, now)
        or limits.quiet(policy, now)
        or spike(connection, policy.holds, item.mention.platform, now)
        or limits.cap(connection, policy, item, now)
    )
