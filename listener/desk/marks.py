"""Claim, assign and snooze a reply: columns, not states."""

from datetime import timedelta
from typing import Unpack

from sqlalchemy import Connection

from listener.desk.acting import act
from listener.desk.approve import DeskContext
from listener.errors import DeskError
from listener.store import events, replies
from listener.store.engine import Store
from listener.store.loading import Data
from listener.store.records import Exchange, Reply, ReplyChanges
from listener.store.states import OPEN, QUEUED


def claim(store: Store, desk: DeskContext, reply_id: int) -> None:
    """Claim a reply, so that no colleague works on it too. Raises DeskError."""

    def work(connection: Connection, item: Exchange, reply: Reply) -> bool:
        events.add(connection, "claimed", desk.by, desk.clock(), mention_key=item.key, reply_id=reply.id)
        return _claim(connection, desk, reply)

    act(store, desk, reply_id, OPEN, work)


def claim_quietly(store: Store, desk: DeskContext, reply_id: int) -> None:
    """Claim a reply that somebody merely looks at: as `claim`, without an event. Raises DeskError."""
    act(store, desk, reply_id, OPEN, lambda connection, item, reply: _claim(connection, desk, reply))


def _claim(connection: Connection, desk: DeskContext, reply: Reply) -> bool:
    now = desk.clock()
    return replies.claim(connection, reply.id, desk.by, now + desk.policy.limits.claim_lease, now)


def release_quietly(store: Store, desk: DeskContext, reply_id: int) -> None:
    """Release what `claim_quietly` took; do nothing when that has ended or the reply has moved on."""
    with store.write() as connection:
        replies.release(connection, reply_id, desk.by)


def release(store: Store, desk: DeskContext, reply_id: int) -> None:
    """Release one's own claim. Raises DeskError, also when there is none."""

    def work(connection: Connection, item: Exchange, reply: Reply) -> bool:
        now = desk.clock()
        if reply.claimed_until is None or reply.claimed_until <= now:
            raise DeskError(f"reply {reply_id} was not claimed", "nothing was changed")
        ended: ReplyChanges = {"claimed_by": None, "claimed_until": None}
        replies.update_fields(connection, reply, "released", desk.by, now, None, **ended)
        return True

    act(store, desk, reply_id, OPEN, work)


def assign(store: Store, desk: DeskContext, reply_id: int, name: str | None) -> None:
    """Assign a reply to a colleague, or (None) to nobody. Raises DeskError."""
    name = name.strip() if name is not None else None
    if name is None:
        _mark(store, desk, reply_id, OPEN, "unassigned", None, assigned_to=None)
        return
    if not name or not name.isprintable():
        raise DeskError("the name is empty or cannot be printed", "run `earshot assign ID NAME`")
    names = ", ".join(desk.policy.staff)
    if names and name not in desk.policy.staff:
        raise DeskError(f"{name} is not on the staff list", f"choose one of `[staff] names`: {names}")
    _mark(store, desk, reply_id, OPEN, "assigned", {"to": name}, assigned_to=name)


def snooze(store: Store, desk: DeskContext, reply_id: int, span: timedelta) -> None:
    """Hide a reply for a while; not an approved one, which is sent all the same. Raises DeskError."""
    until = desk.clock() + span
    _mark(store, desk, reply_id, QUEUED, "snoozed", {"until": f"{until:%FT%TZ}"}, snoozed_until=until)


def _mark(
    store: Store,
    desk: DeskContext,
    reply_id: int,
    states: tuple[str, ...],
    what: str,
    detail: Data | None,
    **changes: Unpack[ReplyChanges],
) -> None:
    def work(connection: Connection, item: Exchange, reply: Reply) -> bool:
        replies.update_fields(connection, reply, what, desk.by, desk.clock(), detail, **changes)
        return True

    act(store, desk, reply_id, states, work)
