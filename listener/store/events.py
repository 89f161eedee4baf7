"""The events of mentions and replies, append-only, and the approvals: who approved which words."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, text, update

from listener.store.driver import insert_rows
from listener.store.exchange_tables import ACT_OF_STAFF
from listener.store.loading import Data, chunks, columns, load, load_all
from listener.store.records import Approval, Event
from listener.store.tables import approval, event

LOOK_BACK = 5_000  # acts of staff over which names are remembered: a bound, whatever the database's size


def add(
    connection: Connection,
    what: str,
    by: str,
    now: datetime,
    *,
    mention_key: int | None = None,
    reply_id: int | None = None,
    detail: Data | None = None,
) -> None:
    """Append one event."""
    row = {"at": now, "what": what, "by": by, "mention_key": mention_key, "reply_id": reply_id, "detail": detail}
    connection.execute(insert(event), [row])


def add_all(connection: Connection, rows: Sequence[Data]) -> None:
    """Append many events; each row has at, what, by, mention_key, reply_id, detail."""
    insert_rows(connection, event, rows)


def read_newest_id(connection: Connection) -> int:
    """Return the last event's id: while it stays the same, nothing has happened."""
    return int(connection.execute(select(func.coalesce(func.max(event.c.id), 0))).scalar_one())


def read_newest_act(connection: Connection) -> int:
    """Return the id of the last thing that a person of the staff did: what they approve or resume is to be sent."""
    return int(
        connection.execute(select(func.coalesce(func.max(event.c.id), 0)).where(text(ACT_OF_STAFF))).scalar_one()
    )


def list_staff_names(connection: Connection) -> list[str]:
    """List who has acted lately, or was assigned a reply, in alphabetical order."""
    acts = select(event.c.id).where(text(ACT_OF_STAFF)).order_by(event.c.id.desc()).limit(LOOK_BACK)
    query = select(event.c.by, event.c.what, event.c.detail).where(event.c.id.in_(acts.scalar_subquery()))
    names = set()
    for row in connection.execute(query):
        names.add(row.by)
        if row.what == "assigned" and row.detail:
            names.add(str(row.detail["to"]))
    return sorted(names)


def list_events(connection: Connection, mention_key: int) -> list[Event]:
    """List all that happened to a mention and its replies, oldest first."""
    query = select(*columns(Event, event)).where(event.c.mention_key == mention_key).order_by(event.c.id)
    return load_all(Event, connection.execute(query))


def has_event(connection: Connection, mention_key: int, reply_id: int, what: str) -> bool:
    """Return whether this ever happened to the reply to a mention."""
    query = select(event.c.id).where(event.c.mention_key == mention_key, event.c.reply_id == reply_id)
    return connection.execute(query.where(event.c.what == what).limit(1)).first() is not None


def record_approval(
    connection: Connection, reply_id: int, revision: int, by: str, text: str, now: datetime, *, automatic: bool = False
) -> None:
    """Keep who approved which words, to the byte."""
    row = {"reply_id": reply_id, "revision": revision, "by": by, "at": now, "text": text, "automatic": automatic}
    connection.execute(insert(approval), [row])


def revoke(connection: Connection, reply_id: int, now: datetime) -> None:
    """Revoke the approvals of a reply."""
    valid = (approval.c.reply_id == reply_id, approval.c.revoked_at.is_(None))
    connection.execute(update(approval).where(*valid).values(revoked_at=now))


def list_valid_approvals(connection: Connection, reply_id: int, revision: int) -> list[Approval]:
    """List the approvals of this revision that were not revoked, oldest first."""
    given = approvals(connection, reply_id)
    return [approval for approval in given if approval.revision == revision and approval.revoked_at is None]


def approvals(connection: Connection, reply_id: int) -> list[Approval]:
    """List the approvals of a reply, oldest first."""
    query = select(*columns(Approval, approval)).where(approval.c.reply_id == reply_id).order_by(approval.c.id)
    return load_all(Approval, connection.execute(query))


def approvals_of(connection: Connection, reply_ids: Sequence[int]) -> dict[int, list[Approval]]:
    """Map replies to their approvals, oldest first."""
    by_reply: dict[int, list[Approval]] = {}
    query = select(approval.c.reply_id, *columns(Approval, approval)).order_by(approval.c.id)
    for piece in chunks(reply_ids):
        for row in connection.execute(query.where(approval.c.reply_id.in_(piece))):
            by_reply.setdefault(row.reply_id, []).append(load(Approval, row))
    return by_reply
