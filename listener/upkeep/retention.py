"""How long words are kept: after the policy's time the ledger stays and the words go, batch by batch."""

from datetime import datetime, timedelta

from listener.policy import Policy
from listener.store import forget
from listener.store.engine import Store

BATCH = 200  # mentions a transaction


def retain(store: Store, policy: Policy, now: datetime) -> int:
    """Erase the words of mentions that are older than `keep_words`, or deleted for longer than `keep_deleted`.

    Returns of how many. What waits for an answer keeps its words until it has one, or is closed.
    """
    seen, gone = (_before(now, kept) for kept in (policy.limits.keep_words, policy.limits.keep_deleted))
    erased = 0
    while seen or gone:
        with store.write() as connection:
            keys = forget.old(connection, seen, gone, BATCH)
            forget.expire(connection, keys, now)
        erased += len(keys)
        if not keys:
            break
    return erased


def _before(now: datetime, kept: timedelta | None) -> datetime | None:
    return None if kept is None else now - kept
