"""How long texts are kept: after the policy's time they are erased, batch by batch; the bare ledger stays.

Some platforms have a limit of their own, and the text of a deleted post may have to go sooner; the policy may ask for
less.
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
OLD_THERE = "older than texts of this platform are kept"
Find = Callable[[Connection], Sequence[int]]  # the keys of up to BATCH mentions to erase


def retain(
    store: Store,
    policy: Policy,
    now: datetime,
    deleted: Mapping[str, timedelta],
    kept: Mapping[str, timedelta] | None = None,
) -> int:
    """Erase the texts of mentions older than `retain_text`, and of posts deleted for longer than allowed.

    deleted: platform -> how long it allows the text of a deleted post to be kept; kept: the same for any text; the
    policy may ask for less. Returns how many mentions were erased. A mention that waits for an answer keeps its text
    until it is answered or closed; but nobody can answer a deleted post, so its reply is withdrawn.
    """
    limits = {erasure.EVERYWHERE: policy.limits.retain_deleted_text, **deleted}
    before = {platform: now - span for platform, span in limits.items() if span is not None}
    erased = (
        _erase(store, lambda connection: erasure.list_deleted(connection, before, BATCH), DELETED, now) if before else 0
    )
    ages = {erasure.EVERYWHERE: policy.limits.retain_text, **(kept or {})}
    return erased + sum(_erase_old(store, name, now - age, now) for name, age in ages.items() if age is not None)


def _erase_old(store: Store, platform: str, oldest: datetime, now: datetime) -> int:
    """Erase what is older on a platform, or EVERYWHERE. Returns how many mentions were erased."""
    with store.write() as connection:
        erasure.erase_quarantined(connection, oldest, now, platform)
    why = OLD if platform == erasure.EVERYWHERE else OLD_THERE
    return _erase(store, lambda connection: erasure.list_old(connection, oldest, BATCH, platform), why, now)


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
