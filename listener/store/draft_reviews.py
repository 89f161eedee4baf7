"""What staff decided on our drafts: all of it for the figures; inside the auto band it is the record of a kind.

By that record a kind earns to be sent automatically. `record_review` is called at every move of a reply, in the move's
own transaction, so that no way of deciding can miss it, and a rejection or a change ends the autonomy of its kind
before anything else can be approved.
"""

from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, true, update

from listener.store import notices
from listener.store.dialect import upsert
from listener.store.loading import columns, load
from listener.store.notices import EVERYWHERE
from listener.store.operation_records import Autonomy
from listener.store.records import Reply, ReplyChanges
from listener.store.tables import autonomy, event
from listener.store.tables import draft_review as review

MACHINE = "policy"  # who approves by itself; no member of staff can have this name
TAKEN_BACK = ("approval_revoked", "returned_to_staff")  # by staff; because the mention was edited, or of a lasting hold
# what staff do -> is it a rejection or a change? Anything else (expired, withdrawn, handled elsewhere) is no review.
_CHANGED = {"approved": False, "rejected": True, "escalated": True, "edited": True}


def record_review(
    connection: Connection, seen: Reply, what: str, by: str, now: datetime, changes: ReplyChanges
) -> str | None:
    """Record what staff decided, if this move of a draft of ours is their decision.

    An edit that keeps the wording changes nothing that is seen; an approval that was revoked does not count. A draft
    that staff had edited is theirs: approved it stays edited, rejected it is rejected. Returns why, when it ended the
    autonomy of the reply's kind.
    """
    if seen.kind is None or by == MACHINE:
        return None
    of_reply = review.c.reply_id == seen.id
    if what in TAKEN_BACK:
        connection.execute(delete(review).where(of_reply, review.c.what == "approved"))
    if what == "reopened":
        _take_back_rejection(connection, seen)
    if seen.variant is None and what == "rejected":
        connection.execute(update(review).where(of_reply).values(what=what, by=by, at=now))
    if seen.variant is None or what not in _CHANGED or (what == "edited" and "variant" not in changes):
        return None
    connection.execute(delete(review).where(of_reply))
    row = {"reply_id": seen.id, "kind": seen.kind, "at": now, "by": by, "what": what, "changed": _CHANGED[what]}
    connection.execute(insert(review), [{**row, "auto": seen.auto}])
    why = f"{by} {what} reply {seen.id}"
    return why if seen.auto and _CHANGED[what] and end(connection, seen.kind, by, why, now) else None


def _take_back_rejection(connection: Connection, seen: Reply) -> None:
    """Undo the rejection of a draft that staff reopened: one that they had edited before is an edited one again."""
    rejection = (review.c.reply_id == seen.id, review.c.what == "rejected")
    if seen.variant is None:
        connection.execute(update(review).where(*rejection).values(what="edited"))
    else:
        connection.execute(delete(review).where(*rejection))


def count_reviews(connection: Connection, kind: str, last: int) -> tuple[int, int]:
    """Count the last reviews of a kind's drafts inside its auto band, and those of them that changed nothing."""
    inside = select(review.c.changed).where(review.c.kind == kind, review.c.auto == true())
    latest = inside.order_by(review.c.id.desc()).limit(last).subquery()
    changes = func.count().filter(latest.c.changed)  # a sum of booleans would be read back as one
    total, changed = connection.execute(select(func.count(), changes).select_from(latest)).one()
    return total, total - changed


def read_autonomy(connection: Connection, kind: str) -> Autonomy | None:
    """Read the autonomy of a kind; None when it has not begun."""
    row = connection.execute(select(*columns(Autonomy, autonomy)).where(autonomy.c.kind == kind)).one_or_none()
    return None if row is None else load(Autonomy, row)


def begin(connection: Connection, kind: str, now: datetime) -> bool:
    """Begin to send this kind automatically. Returns False when that had begun already, or was ended."""
    row = upsert(connection, autonomy).values(kind=kind, began_at=now).on_conflict_do_nothing()
    begun = connection.execute(row.returning(autonomy.c.kind)).first() is not None
    if begun:
        _log_event(connection, "autonomy_began", MACHINE, now, kind=kind)
    return begun


def end(connection: Connection, kind: str, by: str, why: str, now: datetime) -> bool:
    """End a kind's autonomy until a person resumes it. Returns False when it had none."""
    running = (autonomy.c.kind == kind, autonomy.c.ended_at.is_(None))
    if not connection.execute(update(autonomy).where(*running).values(ended_at=now, ended_by=by, why=why)).rowcount:
        return False
    what = f"{kind} replies are no longer sent automatically: {why}"
    do = f"fix what was wrong with the draft, then run `earshot resume --kind {kind}`"
    notices.open_notice(connection, "autonomy", EVERYWHERE, what, do, now, subject=kind)
    _log_event(connection, "autonomy_ended", by, now, kind=kind, message=why)
    return True


def resume(connection: Connection, kind: str, by: str, now: datetime) -> bool:
    """Let a kind's autonomy begin again as soon as its record allows. Returns False when it was not ended."""
    ended = (autonomy.c.kind == kind, autonomy.c.ended_at.is_not(None))
    if not connection.execute(delete(autonomy).where(*ended)).rowcount:
        return False
    notices.clear(connection, "autonomy", EVERYWHERE, now, subject=kind)
    _log_event(connection, "autonomy_resumed", by, now, kind=kind)
    return True


def _log_event(connection: Connection, what: str, by: str, now: datetime, **detail: str) -> None:
    connection.execute(insert(event), [{"at": now, "what": what, "by": by, "detail": detail}])
