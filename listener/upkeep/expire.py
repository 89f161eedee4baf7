"""What time ends: drafts that are too old to send, claims, snoozes and pauses whose time is over."""

from datetime import datetime

from sqlalchemy import Connection

from listener.calendar import duration_text
from listener.club_rules import ACTS
from listener.policy import Policy
from listener.store import acts, notices, platforms, postings, replies
from listener.store.engine import Store
from listener.store.operation_records import Notice

BATCH = 200  # drafts closed in one transaction


def expire(store: Store, policy: Policy, now: datetime) -> int:
    """Close drafts whose mention is older than the limit; clear claims and snoozes. Returns how many were closed.

    Escalations never expire: nobody has answered them. For a text that a person wrote, the limit starts when it was
    written.
    """
    with store.write() as connection:
        replies.clear_expired_leases(connection, now)
        _clear_pause_notices(connection, now)
        _clear_unchecked_notices(connection, now)
    closed = 0
    while batch := _close_batch(store, policy, now):
        closed += batch
    return closed


def _close_batch(store: Store, policy: Policy, now: datetime) -> int:
    """Close a batch of drafts, so that the write lock is never held for long. Returns how many were closed."""
    limit = policy.limits.draft_expires
    reason = f"older than {duration_text(limit)}"
    with store.write() as connection:
        drafts = replies.list_stale(connection, now - limit, BATCH)
        return sum(replies.close(connection, draft, "expired", reason, by="upkeep", now=now) for draft in drafts)


def _clear_pause_notices(connection: Connection, now: datetime) -> None:
    """Clear the notices of pauses that have ended."""
    paused = {pause.scope for pause in platforms.list_pauses(connection, now)}
    for notice in notices.list_open(connection):
        if notice.kind == "paused" and notice.platform not in paused:
            notices.clear(connection, "paused", notice.platform, now)


def _clear_unchecked_notices(connection: Connection, now: datetime) -> None:
    """Clear the notices of what is not waiting to be sent any more: staff took it back."""
    for notice in notices.list_open(connection):
        if notice.kind == replies.UNCHECKED and _read_state(connection, notice) != "approved":
            notices.clear(connection, replies.UNCHECKED, notice.platform, now, subject=notice.subject)


def _read_state(connection: Connection, notice: Notice) -> str:
    """Return the state of the reply, of the announcement on the notice's platform, or of the act, that it is about."""
    if notice.subject.isdecimal():
        return replies.get(connection, int(notice.subject)).state
    kind, _, number = notice.subject.rpartition(" ")
    if kind in ACTS:
        return acts.queued(connection, int(number)).act.state
    return postings.find_by_subject(connection, notice.subject, notice.platform).state
