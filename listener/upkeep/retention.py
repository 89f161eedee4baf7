"""How long texts are kept: after the policy's time they are erased, batch by batch; the bare ledger stays.

The text of a deleted post is erased sooner, after the policy's `retain_deleted_text` or the platform's own limit.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from listener.policy import Policy
from listener.store import erasure, replies
from listener.store.engine import Store

BATCH = 200  # mentions per transaction
DELETED = "the post was deleted on the platform"
OLD = "older than the policy keeps texts"
Find = Callable[[Connection], Sequence[int]]  # the keys of up to BATCH mentions to erase


def retain(store: Store, policy: Policy, now: datetime, deleted: Mapping[str, timedelta]) -> int:
    """Erase the texts of mentions older than `retain_text`, and of posts deleted for longer than allowed.

    deleted: platform -> how long it allows the text of a deleted post to be kept; the policy may ask for less. Returns
    how many mentions were erased. A mention that waits for an answer keeps its text until it is answered or closed; but
    nobody can answer a deleted post, so its reply is withdrawn.
    """
    limits = {erasure.EVERYWHERE: policy.limits.retain_deleted_text, **deleted}
    before = {platform: now - span for platform, span in limits.items() if span is not None}
    erased = (
        _erase(store, lambda connection: erasure.list_deleted(connection, before, BATCH), DELETED, now) if before else 0
    )
    if policy.limits.retain_text is None:
        return erased
    oldest = now - policy.limits.retain_text
    with store.write() as connection:
        erasure.erase_quarantined(connection, oldest, now)
    return erased + _erase(store, lambda connection: erasure.list_old(connection, oldest, BATCH), OLD, now)


def _erase(store: Store, find: Find, why: str, now: datetime) -> int:
    """Erase batch by batch, so that the write lock is never held for long. Returns how many mentions were erased."""
    erased = 0
    while batch := _erase_batch(store, find, why, now):
        erased += batch
    return erased


def _erase_batch(store: Store, find: Find, why: str, now: datetime) -> int:
    with store.read() as connection:
        if not find(connection):
            return 0
    with store.write() as connection:
        keys = find(connection)
        for reply in replies.list_open(connection, keys):
            replies.close(connection, reply, "withdrawn", why, by="upkeep", now=now)
        erasure.expire(connection, keys, why, now)
    return len(keys)
