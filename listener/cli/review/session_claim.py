"""The claim of a review: on the reply that is open, renewed while somebody works on it."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from listener.cli import render
from listener.desk import marks
from listener.desk.approve import DeskContext
from listener.desk.views import ReplyView
from listener.errors import DeskError, StoreError
from listener.store import replies
from listener.store.states import QUEUED

if TYPE_CHECKING:
    from listener.store.engine import Store

RETRY_AFTER = timedelta(seconds=20)  # until a failed renewal is tried again: each attempt may take seconds


@dataclass(frozen=True, slots=True)
class Lease:
    """A claim on one reply: until when, when it was last taken or tried, and whether this session took it."""

    reply_id: int
    until: datetime | None
    tried_at: datetime
    is_ours: bool


class SessionClaim:
    """At most one lease: on the reply that is open."""

    def __init__(self, store: "Store", desk: DeskContext) -> None:
        self._store, self._desk = store, desk
        self._lease: Lease | None = None
        self.trouble = ""  # why the lease was not renewed

    def take(self, reply: ReplyView) -> str:
        """Claim the open reply and release the one before. Returns who works on it, if somebody else does."""
        has_approved = any(approval.by == self._desk.by for approval in reply.approvals)
        if self._lease is not None and (has_approved or self._lease.reply_id != reply.reply_id):
            self.release()
        if reply.claimed_by not in (None, self._desk.by):
            return f"{reply.claimed_by} works on reply {reply.id} until {render.moment(reply.claimed_until)}"
        if self._lease is None and reply.state in QUEUED and not has_approved:  # the second person's turn
            self._lease = self._claim(reply.reply_id, is_ours=reply.claimed_by is None)
        return ""

    def _claim(self, reply_id: int, *, is_ours: bool) -> Lease:
        marks.claim_quietly(self._store, self._desk, reply_id)
        return Lease(reply_id, self._until(reply_id), self._desk.clock(), is_ours)

    def _until(self, reply_id: int) -> datetime | None:
        with self._store.read() as connection:
            return replies.get(connection, reply_id).claimed_until

    def renew(self) -> None:
        """Renew the lease once a third of it has passed. Raises StoreError, and tries again later."""
        lease, now, third = self._lease, self._desk.clock(), self._desk.policy.limits.claim_lease / 3
        if lease is None or now - lease.tried_at < third:
            return
        self._lease, self.trouble = replace(lease, tried_at=now - third + RETRY_AFTER), ""
        try:
            is_alone = self._until(lease.reply_id) in (lease.until, None)  # no other session of this name renewed it
            self._lease = self._claim(lease.reply_id, is_ours=lease.is_ours and is_alone)
        except StoreError as error:
            self.trouble = str(error)
            raise
        except DeskError:  # the reply has moved on, or is somebody else's by now: the next act reports that
            return

    def forget(self, reply_ids: Collection[int]) -> None:
        """Renew no claim on these replies any more: their approval has ended it."""
        if self._lease is not None and self._lease.reply_id in reply_ids:
            self._lease = None

    def release(self) -> None:
        """Release the lease taken here; one that another session of this name renewed runs out by itself."""
        lease, self._lease = self._lease, None
        with suppress(StoreError):  # it runs out by itself
            if lease is not None and lease.is_ours and self._until(lease.reply_id) == lease.until:
                marks.release_quietly(self._store, self._desk, lease.reply_id)
