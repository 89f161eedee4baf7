"""What time ends: drafts that are too old to send, claims and snoozes that have run out."""

from datetime import datetime

from listener.policy import Policy
from listener.store import replies
from listener.store.engine import Store


def expire(store: Store, policy: Policy, now: datetime) -> int:
    """Close drafts whose mention is older than the limit; let go of claims and snoozes. Returns how many were closed.

    Escalations never expire: nobody has answered them.
    """
    reason = f"older than {policy.limits.draft_expires}"
    with store.write() as connection:
        replies.let_go(connection, now)
        return sum(
            replies.move(
                connection,
                reply,
                "closed",
                by="upkeep",
                now=now,
                what="expired",
                detail={"says": reason},
                closed_as="expired",
                reason=reason,
            )
            for reply in replies.stale(connection, now - policy.limits.draft_expires)
        )
