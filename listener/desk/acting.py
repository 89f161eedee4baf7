"""Act on one reply: read it, check who may act and on what, and change it by compare-and-swap, with who and when."""

from collections.abc import Callable

from sqlalchemy import Connection

from listener.desk.approve import DeskContext, reply_of, require_staff, require_unclaimed
from listener.desk.state_words import advise, describe, look_again
from listener.errors import DeskError
from listener.store import items, moves
from listener.store.engine import Store
from listener.store.loading import Data
from listener.store.records import CLEAR_HOLD, Exchange, Reply, ReplyChanges

CLEAR_APPROVAL: ReplyChanges = {"approved_by": None, "approved_at": None, **CLEAR_HOLD}


def act(
    store: Store,
    desk: DeskContext,
    reply_id: int,
    states: tuple[str, ...],
    work: Callable[[Connection, Exchange, Reply], bool],
) -> None:
    """Read, check who may act and on what, and do the work, in one write transaction. Raises DeskError."""
    with store.write() as connection:
        item = require_item(connection, desk, reply_id, states)
        if not work(connection, item, reply_of(item)):
            raise DeskError(f"someone else changed reply {reply_id}", look_again(reply_id))


def require_item(connection: Connection, desk: DeskContext, reply_id: int, states: tuple[str, ...]) -> Exchange:
    """Read a reply that may be in these states, and check who may act on it. Raises DeskError."""
    require_staff(desk)
    item = items.item(connection, reply_id=reply_id)
    reply = reply_of(item)
    if reply.state not in states:
        raise DeskError(f"reply {reply_id} {describe(reply)}", advise(item, reply))
    require_unclaimed(reply, desk.by, desk.clock())
    return item


def move(
    store: Store,
    desk: DeskContext,
    reply_id: int,
    states: tuple[str, ...],
    to: str,
    what: str,
    changes: ReplyChanges,
    detail: Data,
) -> None:
    """Make a move that needs nothing but the reply. what: the event. Raises DeskError."""

    def work(connection: Connection, item: Exchange, reply: Reply) -> bool:
        return move_on(connection, desk, reply, to, what, changes, detail)

    act(store, desk, reply_id, states, work)


def move_on(
    connection: Connection,
    desk: DeskContext,
    reply: Reply,
    to: str,
    what: str,
    changes: ReplyChanges,
    detail: Data | None = None,
) -> bool:
    """Move the reply, with an event, if it still is what was seen. Returns False when someone else was first."""
    now = desk.clock()
    return moves.transition(connection, reply, to, by=desk.by, now=now, what=what, detail=detail, **changes)
