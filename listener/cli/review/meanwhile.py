"""What a colleague did to a reply while it was on somebody's screen: no act on it overrides that."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection

from listener.desk.approve import find_live_claim
from listener.desk.views import ReplyView
from listener.errors import DeskError
from listener.store import events, replies
from listener.store.engine import Store
from listener.store.exchange_tables import MACHINES
from listener.store.records import Reply

VERBS = {  # what an event did, in words
    "first_approval": "approved",
    "approved": "approved",
    "approval_revoked": "undid the approval of",
    "edited": "edited",
    "testimonial_asked": "put a question into",
    "rejected": "rejected",
    "handled": "closed",
    "withdrawn": "closed",
    "expired": "closed",
    "escalated": "escalated",
    "reopened": "reopened",
    "retried": "retried",
    "returned_to_staff": "returned",
    "decided_again": "decided again on",
    "done_by_hand": "posted",
    "resolved": "settled",
    "snoozed": "snoozed",
    "assigned": "assigned",
    "sent": "sent",
    "coupon_reserved": "put a coupon into",
    "coupon_dropped": "took the coupon out of",
}


class SeenStore(Store):
    """The store of one act: every write begins with a check, in the same transaction."""

    def __init__(self, store: Store, require: Callable[[Connection], None]) -> None:
        self.place, self.database, self.lock = store.place, store.database, store.lock
        self._store, self._require = store, require

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read one snapshot. Raises StoreError."""
        with self._store.read() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Hold the write lock for a short transaction. Raises what the check raises, StoreError."""
        with self._store.write() as connection:
            self._require(connection)
            yield connection


def essence(view: ReplyView) -> tuple[object, ...]:
    """Return what an act on this reply relies on: its state, its revision and its approvals."""
    return view.state, view.revision, view.approved_by, [approval.by for approval in view.approvals]


def is_as_shown(connection: Connection, shown: ReplyView, reply: Reply) -> bool:
    """Return True while the reply is what was on the screen."""
    standing = events.list_valid_approvals(connection, reply)
    return essence(shown) == (reply.state, reply.revision, reply.approved_by, [approval.by for approval in standing])


def describe_change(connection: Connection, shown: ReplyView, by: str) -> str:
    """Return who did what to a reply since it was shown, as `dana approved reply 21`. by: who looks at it."""
    reply = replies.get(connection, shown.reply_id)
    if reply.approved_by not in (None, shown.approved_by):
        return f"{_name(str(reply.approved_by), by)} approved reply {reply.id}"
    return f"{describe_last_act(connection, reply, by)} reply {reply.id}"


def _name(who: str, by: str) -> str:
    return "you" if who == by else "Earshot" if who in MACHINES else who


def describe_last_act(connection: Connection, reply: Reply, by: str) -> str:
    """Return who did what last, as `dana approved`. by: who asks, and is called `you`."""
    acts = [
        (event.by, VERBS[event.what])
        for event in events.list_events(connection, reply.mention_key)
        if event.reply_id == reply.id and event.what in VERBS
    ]
    who, verb = acts[-1] if acts else ("someone else", "changed")
    return f"{_name(who, by)} {verb}"


def require_free(connection: Connection, reply_id: int, by: str, now: datetime) -> None:
    """Raise DeskError when a colleague works on the reply."""
    if claim := find_live_claim(replies.get(connection, reply_id), by, now):
        other, until = claim
        raise DeskError(f"{other} works on reply {reply_id} until {until:%H:%M} UTC", f"ask {other}, or press s")
