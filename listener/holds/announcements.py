"""What holds an announcement or applause, approved or not: neither has a place in an hour of grief, anger or sleep."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from listener.holds.bulk import spike
from listener.holds.hold import Hold
from listener.holds.limits import DAY, quiet
from listener.policy import Policy
from listener.store import postings
from listener.store.queued import QueuedAct, QueuedPosting

MAX_LATENESS = timedelta(hours=2)  # after its time, an announcement is a draft again
APPROVAL_LASTS = timedelta(hours=24)  # who approves it has seen the day's news
OF_TRAGEDY = ("death", "safety")  # guards whose mentions count


def announcement(connection: Connection, policy: Policy, item: QueuedPosting | QueuedAct, now: datetime) -> Hold | None:
    """Return what holds it: words of tragedy since its approval, quiet hours, a spike of anger."""
    since = item.outbound.approved_at or now
    return (
        tragedy(connection, policy, now, since)
        or quiet(policy, now)
        or spike(connection, policy.holds, item.platform, now)
    )


def tragedy(connection: Connection, policy: Policy, now: datetime, since: datetime) -> Hold | None:
    """Hold when several people wrote of death or danger within 24 hours, and since a time."""
    limit = policy.holds.tragedy_min_authors
    times = postings.authors_hit(connection, OF_TRAGEDY, now - DAY, since) if limit else []
    if not limit or len(times) < limit:
        return None
    message = f"{len(times)} people wrote of death or danger within 24 hours"
    return Hold("tragedy", message, times[limit - 1] + DAY, platform_wide=True)
