"""Erasing a person's words. What happened stays, the bare ledger: ids of posts, times, states, scores and who decided.

The person themselves stays as a digest, so that what they wrote before is not kept again when a platform lists it late.
"""

import re
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    cast,
    delete,
    insert,
    literal,
    literal_column,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from listener.errors import StoreError
from listener.model import Json, Mention
from listener.store.people import Person
from listener.store.records import chunks
from listener.store.tables import metadata

mention = metadata.tables["mention"]
decision = metadata.tables["decision"]
reply = metadata.tables["reply"]
approval = metadata.tables["approval"]
event = metadata.tables["event"]
note = metadata.tables["note"]
optout = metadata.tables["optout"]
shunted = metadata.tables["shunted"]
forgotten = metadata.tables["forgotten"]
notice = metadata.tables["notice"]
billed = metadata.tables["billed"]
BARE: dict[str, Any] = {  # what a mention is without its words
    **dict.fromkeys(("author_handle", "author_name", "author_followers", "url", "brand", "why_not")),
    "text": "",
    "stage": "forgotten",
}
EVERYWHERE = "*"  # as a platform's name: whatever the platform
UNDER_WAY = ("sending", "unknown")  # the text is needed to find out whether it arrived
WAIT = 30.0  # seconds for other processes to let go of the file
OF_PERSONS = ("opted_out", "opted_in")  # events that name a person in their detail


def digest(person: Person) -> str:
    """What is kept of who was forgotten: it recognises the person and names nobody."""
    return sha256(f"{person[0]}:{person[1]}".encode()).hexdigest()


def known(connection: Connection, person: Person) -> bool:
    """True when this person was forgotten before."""
    return connection.execute(select(forgotten).where(forgotten.c.digest == digest(person))).first() is not None


def remembered(connection: Connection, found: Sequence[Mention]) -> list[Mention]:
    """These mentions without what somebody wrote before they were forgotten."""
    silent = {row.digest: row.at for row in connection.execute(select(forgotten))}
    if not silent:
        return list(found)
    since = [(one, silent.get(digest((one.platform, one.author_id)))) for one in found]
    return [one for one, at in since if at is None or one.created_at > at]


def erase(connection: Connection, person: Person, by: str, now: datetime) -> dict[str, int]:
    """Erase a person's words in every table. Returns how many rows lost some, by noun; `vacuum` cleans the file."""
    same = (mention.c.platform == person[0], mention.c.author_id == person[1])
    keys = select(mention.c.key).where(*same)
    count = _about(connection, keys, by, now)
    count["shunted"] += _shunted(connection, person, now)
    theirs = (note.c.platform == person[0], note.c.author_id == person[1])
    count["notes"] = connection.execute(delete(note).where(*theirs)).rowcount
    _opted(connection, person)
    _beside(connection, person)
    gone = {**BARE, "author_id": f"forgotten-{digest(person)[:16]}"}
    count["mentions"] = connection.execute(update(mention).where(*same).values(**gone)).rowcount
    kept = upsert(forgotten).values(digest=digest(person), at=now)
    connection.execute(kept.on_conflict_do_update(["digest"], set_={"at": now}))
    return count


def old(connection: Connection, before: datetime, limit: int) -> list[int]:
    """Mentions seen before a time. What a reply is still to be made to, or settled for, is not among them."""
    query = _wordy(reply.c.state.not_in(("sent", "closed"))).where(mention.c.seen_at < before, mention.c.stage != "new")
    return list(connection.execute(query.order_by(mention.c.seen_at).limit(limit)).scalars())


def deleted(connection: Connection, before: Mapping[str, datetime], limit: int) -> list[int]:
    """Mentions gone from their platform before its time, or that of EVERYWHERE; none with a reply under way."""
    times = [
        and_(mention.c.gone_at < at, literal(name).in_((mention.c.platform, EVERYWHERE))) for name, at in before.items()
    ]
    query = _wordy(reply.c.state.in_(UNDER_WAY)).where(mention.c.gone_at < max(before.values()), or_(*times))
    return list(connection.execute(query.order_by(mention.c.gone_at).limit(limit)).scalars())


def _wordy(needed: ColumnElement[bool]) -> Select[Any]:
    """Mentions that have their words, and no reply that needs them."""
    bare: ColumnElement[bool] = literal_column("mention.stage <> 'forgotten'")  # as its index has it
    return select(mention.c.key).where(
        bare, ~select(reply.c.id).where(reply.c.mention_key == mention.c.key, needed).exists()
    )


def aside(connection: Connection, before: datetime, now: datetime) -> int:
    """Erase what was set aside before a time and never became a mention. Returns of how many."""
    lies = (shunted.c.at < before, shunted.c.raw != "")
    return _set(connection, shunted, and_(*lies), raw="", error="forgotten", resolved_at=now)


def expire(connection: Connection, keys: Sequence[int], why: str, now: datetime) -> None:
    """Erase the words of mentions whose time is over; who wrote them stays known by the platform's id."""
    connection.exec_driver_sql("PRAGMA secure_delete=ON")  # what is freed from now on is overwritten
    for piece in chunks(keys):
        chosen = mention.c.key.in_(piece)
        same = (mention.c.platform == optout.c.platform, mention.c.author_id == optout.c.author_id)
        asked = select(mention.c.key).where(chosen, *same).exists()
        _set(connection, optout, and_(optout.c.by == "author", asked), why=None)  # "stop", in their words
        _about(connection, select(mention.c.key).where(chosen), "upkeep", now, {"says": why})
        connection.execute(update(mention).where(chosen).values(**BARE))


def _about(
    connection: Connection, keys: Select[Any], by: str, now: datetime, detail: Json | None = None
) -> dict[str, int]:
    """Erase what is kept beside these mentions: facts, hits, texts, reasons, raw items, and the details of events."""
    named = (mention.c.platform == shunted.c.platform, mention.c.id == shunted.c.mention_id)
    raw = and_(shunted.c.raw != "", keys.where(*named).correlate(shunted).exists())
    mine = reply.c.mention_key.in_(keys)
    replies = select(reply.c.id).where(mine)
    told = event.c.mention_key.in_(keys) & event.c.detail.is_not(None)
    count = {
        "decisions": _set(connection, decision, decision.c.mention_key.in_(keys), facts={}, hits=[]),
        "events": _set(connection, event, told, detail=null()),
        "approvals": _set(connection, approval, approval.c.reply_id.in_(replies), text=""),
        "replies": _set(connection, reply, mine, text=None, reason=None, error=None, request=null()),
        "shunted": _set(connection, shunted, raw, raw="", error="forgotten", resolved_at=now),
    }
    row = (literal(now, event.c.at.type), literal("forgotten"), literal(by), mention.c.key)
    new = select(*row, literal(detail, event.c.detail.type)).where(mention.c.key.in_(keys))
    connection.execute(insert(event).from_select(["at", "what", "by", "mention_key", "detail"], new))
    return count


def _set(connection: Connection, table: Any, where: Any, **changes: Any) -> int:
    return connection.execute(update(table).where(where).values(**changes)).rowcount


def _names(connection: Connection, person: Person) -> set[str]:
    """Every id and handle the person went by."""
    query = select(mention.c.author_handle).where(mention.c.platform == person[0], mention.c.author_id == person[1])
    return {person[1], *(name for name in connection.execute(query.distinct()).scalars() if name)}


def _shunted(connection: Connection, person: Person, now: datetime) -> int:
    """What was set aside unread and names the person: it never became a mention."""
    names = map(re.escape, sorted(_names(connection, person)))
    called = re.compile(rf'"@?(?:{"|".join(names)})"', re.IGNORECASE)  # a value of JSON
    query = select(shunted.c.id, shunted.c.raw).where(shunted.c.platform == person[0])
    theirs = [row.id for row in connection.execute(query) if called.search(row.raw)]
    for one in theirs:
        _set(connection, shunted, shunted.c.id == one, raw="", error="forgotten", resolved_at=now)
    return len(theirs)


def _opted(connection: Connection, person: Person) -> None:
    """The opt-out stays, without the words by which it was asked for; so do its events, without the name."""
    same = (optout.c.platform == person[0], optout.c.author_id == person[1])
    connection.execute(update(optout).where(*same).values(why=None))
    query = select(event.c.id, event.c.detail).where(event.c.mention_key.is_(None), event.c.what.in_(OF_PERSONS))
    for row in connection.execute(query).all():
        if row.detail and (row.detail.get("platform"), row.detail.get("author_id")) == person:
            _set(connection, event, event.c.id == row.id, detail=null())


def _beside(connection: Connection, person: Person) -> None:
    """The id where it stands alone: in notices of a flood, and in what was billed today (told once more at most)."""
    flood = and_(notice.c.platform == person[0], notice.c.subject.endswith(f" {person[1]}", autoescape=True))
    _set(connection, notice, flood, what="forgotten", subject=literal("forgotten ") + cast(notice.c.id, Text))
    units = billed.c.unit.endswith(f":{person[1]}", autoescape=True)
    connection.execute(delete(billed).where(billed.c.platform == person[0], units))


def vacuum(path: Path) -> None:
    """Write the file anew, so that no free page and no log beside it holds what was erased. Raises StoreError."""
    with closing(sqlite3.connect(path, timeout=WAIT, isolation_level=None)) as connection:
        try:
            connection.execute("VACUUM")
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.OperationalError as error:
            raise StoreError(
                f"the words are erased, but the file may hold traces of them ({error})",
                "run the same command again when nothing else writes and the disk has room for the database once more",
            ) from error
    if busy:
        raise StoreError(
            f"the words are erased, but another process keeps traces of them in {path.name}-wal",
            "run the same command again",
        )
