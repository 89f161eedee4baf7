"""Who has a reply, and when it is to be seen: claim, assignee and snooze are columns, not states."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from listener.desk.approve import DeskContext
from listener.desk.transitions import act
from listener.errors import DeskError
from listener.store import events, replies
from listener.store.engine import Store
from listener.store.records import Exchange, Reply
from listener.store.states import OPEN, QUEUED


def claim(store: Store, desk: DeskContext, reply_id: int) -> None:
    """Take the lease on a reply, so that no colleague works on it too."""

    def work(connection: Connection, item: Exchange, reply: Reply) -> bool:
        now = desk.clock()
        until = now + desk.policy.limits.claim_lease
        taken = replies.claim(connection, reply.id, desk.by, until, now)
        events.add(connection, "claimed", desk.by, now, mention_key=item.key, reply_id=reply.id)
        return taken

    act(store, desk, reply_id, OPEN, work)


def release_quietly(store: Store, desk: DeskContext, reply_id: int) -> None:
    """Give the lease back in passing: nothing is wrong when it has ended, or the reply has moved on."""
    with store.write() as connection:
        if replies.release(connection, reply_id, desk.by):
            key = replies.get(connection, reply_id).mention_key
            events.add(connection, "released", desk.by, desk.clock(), mention_key=key, reply_id=reply_id)


def release(store: Store, desk: DeskContext, reply_id: int) -> None:
    """Give the lease back; only whose it is."""
    _mark(store, desk, reply_id, OPEN, "released", None, claimed_by=None, claimed_until=None)


def assign(store: Store, desk: DeskContext, reply_id: int, name: str) -> None:
    """Make it somebody's."""
    name = name.strip()
    if not name or not name.isprintable():
        raise DeskError("that is no name", "`earshot assign ID NAME`")
    if desk.policy.staff and name not in desk.policy.staff:
        raise DeskError(f"{name} is not on the staff list", f"`[staff] names` has {', '.join(desk.policy.staff)}")
    _mark(store, desk, reply_id, OPEN, "assigned", {"to": name}, assigned_to=name)


def snooze(store: Store, desk: DeskContext, reply_id: int, span: timedelta) -> None:
    """Out of sight for a while; only what waits for a person, for an approval goes out all the same."""
    until = desk.clock() + span
    _mark(store, desk, reply_id, QUEUED, "snoozed", {"until": f"{until:%FT%TZ}"}, snoozed_until=until)


def _mark(
    store: Store,
    desk: DeskContext,
    reply_id: int,
    states: tuple[str, ...],
    what: str,
    detail: dict[str, Any] | None,
    **changes: Any,
) -> None:
    def work(connection: Connection, item: Exchange, reply: Reply) -> bool:
        replies.update_fields(connection, reply, what, desk.by, desk.clock(), detail, **changes)
        return True

    act(store, desk, reply_id, states, work)
