"""How long words are kept: after the policy's time the ledger stays and the words go, batch by batch.

A post that is gone from its platform goes sooner, by the policy's `retain_deleted_text` or by the platform's own rule.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from listener.policy import Policy
from listener.store import erasure, replies
from listener.store.engine import Store

BATCH = 200  # mentions a transaction
GONE = "the post is gone from the platform"
OLD = "the policy keeps words no longer"


def retain(store: Store, policy: Policy, now: datetime, deleted: Mapping[str, timedelta]) -> int:
    """Erase the words of mentions that are older than `retain_text`, or deleted for longer than may be.

    deleted: platform -> how long it allows the text of a deleted post to stay; the policy may ask for less. Returns of
    how many. What waits for an answer keeps its words until it has one, or is closed; but nobody can answer
    a deleted post, and what is still to be said to it is withdrawn.
    """
    kept = {erasure.EVERYWHERE: policy.limits.retain_deleted_text, **deleted}
    gone = {platform: now - span for platform, span in kept.items() if span is not None}
    erased = _erase(store, lambda connection: erasure.deleted(connection, gone, BATCH), GONE, now) if gone else 0
    if policy.limits.retain_text is None:
        return erased
    before = now - policy.limits.retain_text
    with store.write() as connection:
        erasure.aside(connection, before, now)
    return erased + _erase(store, lambda connection: erasure.old(connection, before, BATCH), OLD, now)


def _erase(store: Store, find: Callable[[Connection], Sequence[int]], why: str, now: datetime) -> int:
    """Batch by batch, so that the write lock is never held for long."""
    erased = 0
    while keys := _batch(store, find, why, now):
        erased += keys
    return erased


def _batch(store: Store, find: Callable[[Connection], Sequence[int]], why: str, now: datetime) -> int:
    with store.read() as connection:
        if not find(connection):
            return 0
    with store.write() as connection:
        keys = find(connection)
        for one in replies.open_to(connection, keys):
            replies.end(connection, one, "withdrawn", why, by="upkeep", now=now)
        erasure.expire(connection, keys, why, now)
    return len(keys)
