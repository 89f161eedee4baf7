"""What time ends: drafts that are too old to send, claims and snoozes that have run out."""

from datetime import datetime

from sqlalchemy import Connection

from listener.policy import Policy
from listener.store import notices, platforms, replies
from listener.store.engine import Store

BATCH = 200  # drafts closed in one transaction


def expire(store: Store, policy: Policy, now: datetime) -> int:
    """Close drafts whose mention is older than the limit; let go of claims and snoozes. Returns how many were closed.

    Escalations never expire: nobody has answered them. A text that a person wrote is reckoned from when it was written.
    """
    with store.write() as connection:
        replies.clear_expired_leases(connection, now)
        _pauses(connection, now)
    closed = 0
    while last := _close(store, policy, now):
        closed += last
    return closed


def _close(store: Store, policy: Policy, now: datetime) -> int:
    """One batch, so that the write lock is never held for long."""
    reason = f"older than {policy.limits.draft_expires}"
    with store.write() as connection:
        found = replies.stale(connection, now - policy.limits.draft_expires, BATCH)
        return sum(replies.end(connection, one, "expired", reason, by="upkeep", now=now) for one in found)


def _pauses(connection: Connection, now: datetime) -> None:
    """A pause with an end has ended: its notice goes with it."""
    in_force = {one.scope for one in platforms.pauses(connection, now)}
    for notice in notices.opened(connection):
        if notice.kind == "paused" and notice.platform not in in_force:
            notices.clear(connection, "paused", notice.platform, now)
