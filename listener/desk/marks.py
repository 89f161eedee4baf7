"""Claim, assign, snooze and note: what marks a reply and leaves its state as it is."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Unpack

from sqlalchemy import Connection

from listener.desk.acting import act
from listener.desk.approve import DeskContext, require_staff
from listener.desk.typed import find_closest, require_storable
from listener.errors import DeskError
from listener.store import beside, events, items, moves, replies
from listener.store.engine import Store
from listener.store.loading import Data
from listener.store.records import Exchange, Reply, ReplyChanges
from listener.store.states import OPEN, QUEUED

SHOWN = 9  # names in a message


class UnknownColleague(DeskError):
    """Nobody of this name has acted yet: it may be misspelled. meant: such as `did you mean dana? `, or nothing."""

    def __init__(self, name: str, known: Sequence[str], meant: str) -> None:
        self.meant = meant
        what = f"nobody named {name} has acted here yet (known: {', '.join(known[:SHOWN])})"
        super().__init__(what, f"{meant}add --new if the name is right")


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
        moves.update_fields(connection, reply, "released", desk.by, now, None, **ended)
        return True

    act(store, desk, reply_id, OPEN, work)


def assign(store: Store, desk: DeskContext, reply_id: int, name: str | None, *, is_new: bool = False) -> None:
    """Assign a reply to a colleague, or (None) to nobody. Raises DeskError, UnknownColleague.

    is_new: the name is right, although nobody of it has acted or was assigned a reply yet.
    """
    name = name.strip() if name is not None else None
    if name is None:
        _mark(store, desk, reply_id, OPEN, "unassigned", None, assigned_to=None)
        return
    if not name or not name.isprintable():
        raise DeskError("the name is empty or cannot be printed", "run `earshot assign ID NAME`")
    _require_colleague(name, desk, list_colleagues(store, desk), is_new)
    _mark(store, desk, reply_id, OPEN, "assigned", {"to": name}, assigned_to=name)


def list_colleagues(store: Store, desk: DeskContext) -> tuple[str, ...]:
    """List who can be assigned a reply: the staff list, else who acts now, and who has acted or was assigned lately."""
    if desk.policy.staff:
        return desk.policy.staff
    with store.read() as connection:
        names = events.list_staff_names(connection)
    return tuple(dict.fromkeys((*names, desk.by)))


def _require_colleague(name: str, desk: DeskContext, known: Sequence[str], is_new: bool) -> None:
    """Raise DeskError for a name that is not known, with the one that may be meant."""
    if name in known or (is_new and not desk.policy.staff):
        return
    closest = find_closest(name, known)
    meant = f"did you mean {closest}? " if closest else ""
    if desk.policy.staff:
        raise DeskError(f"{name} is not on the staff list", f"{meant}choose one of `[staff] names`: {', '.join(known)}")
    raise UnknownColleague(name, known, meant)


def note(store: Store, desk: DeskContext, reply_id: int, text: str) -> None:
    """Keep what colleagues should know about a reply's mention, whoever has claimed it. Raises DeskError."""
    if not text.strip():
        raise DeskError("the note is empty", "write what colleagues should know")
    require_storable(text, "the note")
    with store.write() as connection:
        require_staff(desk)
        beside.add_note(connection, items.item(connection, reply_id=reply_id), desk.by, text.strip(), desk.clock())


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
        moves.update_fields(connection, reply, what, desk.by, desk.clock(), detail, **changes)
        return True

    act(store, desk, reply_id, states, work)
