"""Move what the outbox sends (a reply, a posting, an act) by compare-and-swap, with an event for every move."""

from datetime import datetime
from typing import TypeVar, Unpack

from sqlalchemy import Connection, Table, and_, select, update

from listener.store import draft_reviews, events, rewards
from listener.store.loading import Data, columns, load, load_all
from listener.store.records import Act, Outbound, Posting, Reply, ReplyChanges
from listener.store.states import require_transition
from listener.store.tables import act, posting, reply

Moved = TypeVar("Moved", bound=Outbound)
UNAPPROVED: ReplyChanges = {
    "approved_by": None, "approved_at": None, "not_before": None, "hold": None, "trouble_count": 0,
}  # fmt: skip


TABLES: dict[type[Outbound], Table] = {Act: act, Posting: posting, Reply: reply}


def _table_of(seen: Outbound) -> Table:
    return TABLES[type(seen)]


def read_again(connection: Connection, seen: Moved) -> Moved:
    """Read it as it is now."""
    table = _table_of(seen)
    return load(type(seen), connection.execute(select(*columns(type(seen), table)).where(table.c.id == seen.id)).one())


def transition(
    connection: Connection,
    seen: Outbound,
    to: str,
    *,
    by: str,
    now: datetime,
    what: str | None = None,
    detail: Data | None = None,
    **changes: Unpack[ReplyChanges],
) -> bool:
    """Move it to another state, if it still is what the caller saw (state and revision), with an event.

    Returns False when somebody else was first. Raises ValueError for a move that states.TRANSITIONS does not have.
    """
    require_transition(seen.state, to)
    moved: ReplyChanges = {**changes, "state": to, "changed_at": now}
    if not update_fields(connection, seen, what or to, by, now, detail, **moved):
        return False
    if isinstance(seen, Reply):
        rewards.follow(connection, seen, to, changes, by, now)
    if to in ("drafted", "escalated"):  # whatever brought it back: who approved it must look again
        events.revoke(connection, seen, now)
    if isinstance(seen, Reply):
        _record_review(connection, seen, what or to, by, now, changes)
    return True


def _record_review(
    connection: Connection, seen: Reply, what: str, by: str, now: datetime, changes: ReplyChanges
) -> None:
    why = draft_reviews.record_review(connection, seen, what, by, now, changes)
    if why is not None and seen.kind is not None:
        _recall(connection, seen.kind, why, now)


def _recall(connection: Connection, kind: str, why: str, now: datetime) -> None:
    """Return a kind's automatic approvals that are not being sent yet to staff: its autonomy has ended."""
    automatic = (reply.c.state == "approved", reply.c.kind == kind, reply.c.approved_by == draft_reviews.MACHINE)
    by, what, returned = draft_reviews.MACHINE, "returned_to_staff", UNAPPROVED | {"error": why}
    query = select(*columns(Reply, reply)).where(*automatic).order_by(reply.c.id)
    for approved in load_all(Reply, connection.execute(query)):
        transition(connection, approved, "drafted", by=by, now=now, what=what, detail={"message": why}, **returned)


def update_fields(
    connection: Connection,
    seen: Outbound,
    what: str,
    by: str,
    now: datetime,
    detail: Data | None = None,
    **changes: Unpack[ReplyChanges],
) -> bool:
    """Change columns other than the state (claim, snooze, assignee, hold) and log it, if nobody changed it meanwhile.

    Returns False when somebody did.
    """
    is_updated = set_fields(connection, seen, **changes)
    if is_updated:
        events.add_of(connection, seen, what, by, now, detail)
    return is_updated


def set_fields(connection: Connection, seen: Outbound, **changes: Unpack[ReplyChanges]) -> bool:
    """Change columns other than the state without an event. Returns False when somebody changed it meanwhile."""
    table = _table_of(seen)
    unchanged = and_(table.c.id == seen.id, table.c.state == seen.state, table.c.revision == seen.revision)
    return connection.execute(update(table).where(unchanged).values(**changes)).rowcount == 1
