"""The events of mentions, replies and postings, append-only, and the approvals: who approved which words."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, text, update

from listener.store.driver import insert_rows
from listener.store.exchange_tables import ACT_OF_STAFF
from listener.store.loading import Data, chunks, columns, load, load_all
from listener.store.records import Act, Approval, Event, Outbound, Reply
from listener.store.tables import approval, event, mention, reply

OF_ACT = "applause_"  # what the events of acts begin with; `act` in their detail is the kind
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


def add_of(
    connection: Connection, seen: Outbound, what: str, by: str, now: datetime, detail: Data | None = None
) -> None:
    """Append one event of a reply, a posting or an act."""
    if isinstance(seen, Act):
        what, detail = OF_ACT + what, {"act": seen.what, **(detail or {})}
    row = {"at": now, "what": what, "by": by, "detail": detail, **_owner(seen)}
    connection.execute(insert(event), [row])


def _owner(seen: Outbound) -> dict[str, int | None]:
    """Return the columns by which a row belongs to a reply, a posting, or the mention of an act."""
    if isinstance(seen, Act):
        return {"mention_key": seen.mention_key}
    if isinstance(seen, Reply):
        return {"mention_key": seen.mention_key, "reply_id": seen.id}
    return {"posting_id": seen.id}


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


def read_newest_work(connection: Connection) -> tuple[int, int]:
    """Return the keys of the newest mention, which is to be decided, and of the newest reply, which may be sent."""
    newest = (select(func.coalesce(func.max(key), 0)).scalar_subquery() for key in (mention.c.key, reply.c.id))
    row = connection.execute(select(*newest)).one()
    return row[0], row[1]


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


def list_of_posting(connection: Connection, posting_ids: Sequence[int]) -> list[Event]:
    """List all that happened to these postings, oldest first."""
    query = select(*columns(Event, event)).where(event.c.posting_id.in_(posting_ids)).order_by(event.c.id)
    return load_all(Event, connection.execute(query))


def has_event(connection: Connection, seen: Outbound, what: str) -> bool:
    """Return whether this ever happened to a reply or a posting."""
    query = select(event.c.id).where(*(event.c[name] == value for name, value in _owner(seen).items()))
    return connection.execute(query.where(event.c.what == what).limit(1)).first() is not None


def record_approval(
    connection: Connection, seen: Outbound, by: str, text: str, now: datetime, *, automatic: bool = False
) -> None:
    """Keep who approved which words of a reply or a posting, to the byte."""
    row = {"revision": seen.revision, "by": by, "at": now, "text": text, "automatic": automatic}
    connection.execute(insert(approval), [{**row, _owner_column(seen): seen.id}])


def _owner_column(seen: Outbound) -> str:
    return "reply_id" if isinstance(seen, Reply) else "posting_id"


def revoke(connection: Connection, seen: Outbound, now: datetime) -> None:
    """Revoke the approvals of a reply or a posting; an act has no words that could be approved."""
    if isinstance(seen, Act):
        return
    valid = (approval.c[_owner_column(seen)] == seen.id, approval.c.revoked_at.is_(None))
    connection.execute(update(approval).where(*valid).values(revoked_at=now))


def list_valid_approvals(connection: Connection, seen: Outbound) -> list[Approval]:
    """List the approvals of the revision that was seen and that were not revoked, oldest first."""
    given = approvals(connection, seen)
    return [approval for approval in given if approval.revision == seen.revision and approval.revoked_at is None]


def approvals(connection: Connection, seen: Outbound) -> list[Approval]:
    """List the approvals of a reply or a posting, oldest first."""
    is_its = approval.c[_owner_column(seen)] == seen.id
    query = select(*columns(Approval, approval)).where(is_its).order_by(approval.c.id)
    return load_all(Approval, connection.execute(query))


def approvals_of(connection: Connection, reply_ids: Sequence[int]) -> dict[int, list[Approval]]:
    """Map replies to their approvals, oldest first."""
    by_reply: dict[int, list[Approval]] = {}
    query = select(approval.c.reply_id, *columns(Approval, approval)).order_by(approval.c.id)
    for piece in chunks(reply_ids):
        for row in connection.execute(query.where(approval.c.reply_id.in_(piece))):
            by_reply.setdefault(row.reply_id, []).append(load(Approval, row))
    return by_reply
