"""Erasing a person's words. What happened stays, the bare ledger: ids of posts, times, states, scores and who decided.

The person themselves stays as a digest, so that what they wrote before is not kept again when a platform lists it late.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from secrets import token_hex
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

from listener.model import AuthorOf, Json, Mention
from listener.store import quarantine as unread
from listener.store import vacuum
from listener.store.people import Person, called, digest
from listener.store.quarantine import OVERWRITE
from listener.store.records import chunks
from listener.store.tables import metadata

mention = metadata.tables["mention"]
decision = metadata.tables["decision"]
reply = metadata.tables["reply"]
approval = metadata.tables["approval"]
event = metadata.tables["event"]
note = metadata.tables["note"]
optout = metadata.tables["optout"]
quarantined = metadata.tables["quarantine"]
forgotten = metadata.tables["forgotten"]
notice = metadata.tables["notice"]
billed = metadata.tables["billed"]
ERASED_FIELDS: dict[str, Any] = {  # what a mention is without its words
    **dict.fromkeys(
        ("author_handle", "author_name", "author_followers", "url", "extra_brand_term", "ineligible_reason")
    ),
    "text": "",
    "stage": "forgotten",
}
EVERYWHERE = "*"  # as a platform's name: whatever the platform
UNDER_WAY = ("sending", "unconfirmed")  # the text is needed to find out whether it arrived
_lies_aside = (  # undecided, until a person puts it back or dismisses it
    select(quarantined.c.id)
    .where(quarantined.c.platform == mention.c.platform, quarantined.c.mention_id == mention.c.id)
    .where(quarantined.c.stage == "route", quarantined.c.resolved_at.is_(None))
    .exists()
)
OF_PERSONS = ("opted_out", "opted_in")  # events that name a person in their detail


def remembered(connection: Connection, found: Sequence[Mention]) -> list[Mention]:
    """These mentions without what somebody wrote before they were forgotten."""
    silent = {row.digest: row.at for row in connection.execute(select(forgotten))}
    if not silent:
        return list(found)
    since = [(one, silent.get(digest((one.platform, one.author_id)))) for one in found]
    return [one for one, at in since if at is None or one.created_at > at]


def at(connection: Connection, key: int) -> datetime | None:
    """When the words of a mention were last erased."""
    query = select(event.c.at).where(event.c.mention_key == key, event.c.what == "forgotten")
    return connection.execute(query.order_by(event.c.id.desc()).limit(1)).scalar_one_or_none()


def erase(connection: Connection, person: Person, author_of: AuthorOf, by: str, now: datetime) -> dict[str, int]:
    """Erase a person's words in every table. Returns how many rows lost some, by noun; `clean` does the file."""
    connection.exec_driver_sql(OVERWRITE)
    whose = unread.names(connection, *person)
    same = (mention.c.platform == person[0], mention.c.author_id == person[1])
    keys = select(mention.c.key).where(*same)
    count = _about(connection, keys, by, now)
    count["quarantine"] += unread.erase(connection, whose, author_of, now)
    theirs = (note.c.platform == person[0], note.c.author_id == person[1])
    count["notes"] = connection.execute(delete(note).where(*theirs)).rowcount
    _opted(connection, person)
    _beside(connection, person)
    gone = {
        **ERASED_FIELDS,
        "author_id": f"forgotten-{token_hex(8)}",
    }  # by chance: exports show it, and ids can be tried
    count["mentions"] = connection.execute(update(mention).where(*same).values(**gone)).rowcount
    kept = upsert(forgotten).values([{"digest": digest(one), "at": now} for one in (person, *called(whose))])
    connection.execute(kept.on_conflict_do_update(["digest"], set_={"at": now}))
    vacuum.due(connection, now)
    return count


def old(connection: Connection, before: datetime, limit: int) -> list[int]:
    """Mentions seen before a time. What a reply is still to be made to or settled for, or lies aside, is not there."""
    query = _wordy(reply.c.state.not_in(("sent", "closed"))).where(mention.c.seen_at < before, mention.c.stage != "new")
    query = query.where(~and_(mention.c.stage == "quarantined", _lies_aside))
    return list(connection.execute(query.order_by(mention.c.seen_at).limit(limit)).scalars())


def deleted(connection: Connection, before: Mapping[str, datetime], limit: int) -> list[int]:
    """Mentions gone from their platform before its time, or that of EVERYWHERE; none with a reply under way."""
    times = [
        and_(mention.c.deleted_at < at, literal(name).in_((mention.c.platform, EVERYWHERE)))
        for name, at in before.items()
    ]
    query = _wordy(reply.c.state.in_(UNDER_WAY)).where(mention.c.deleted_at < max(before.values()), or_(*times))
    return list(connection.execute(query.order_by(mention.c.deleted_at).limit(limit)).scalars())


def _wordy(needed: ColumnElement[bool]) -> Select[Any]:
    """Mentions that have their words, and no reply that needs them."""
    bare: ColumnElement[bool] = literal_column("mention.stage <> 'forgotten'")  # as its index has it
    return select(mention.c.key).where(
        bare, ~select(reply.c.id).where(reply.c.mention_key == mention.c.key, needed).exists()
    )


def aside(connection: Connection, before: datetime, now: datetime) -> int:
    """Erase what was set aside before a time and is done with; the rest waits for a person. Returns of how many."""
    lies = (quarantined.c.at < before, quarantined.c.raw != "", quarantined.c.resolved_at.is_not(None))
    return _set(connection, quarantined, and_(*lies), raw="", error=unread.FORGOTTEN, resolved_at=now)


def expire(connection: Connection, keys: Sequence[int], why: str, now: datetime) -> None:
    """Erase the words of mentions whose time is over; who wrote them stays known by the platform's id."""
    connection.exec_driver_sql(OVERWRITE)
    for piece in chunks(keys):
        chosen = mention.c.key.in_(piece)
        same = (mention.c.platform == optout.c.platform, mention.c.author_id == optout.c.author_id)
        asked = select(mention.c.key).where(chosen, *same).exists()
        _set(connection, optout, and_(optout.c.by == "author", asked), why=None)  # "stop", in their words
        _about(connection, select(mention.c.key).where(chosen), "upkeep", now, {"message": why})
        connection.execute(update(mention).where(chosen).values(**ERASED_FIELDS))


def _about(
    connection: Connection, keys: Select[Any], by: str, now: datetime, detail: Json | None = None
) -> dict[str, int]:
    """Erase what is kept beside these mentions: facts, hits, texts, reasons, raw items, and the details of events."""
    named = (mention.c.platform == quarantined.c.platform, mention.c.id == quarantined.c.mention_id)
    raw = and_(quarantined.c.raw != "", keys.where(*named).correlate(quarantined).exists())
    mine = reply.c.mention_key.in_(keys)
    replies = select(reply.c.id).where(mine)
    told = event.c.mention_key.in_(keys) & event.c.detail.is_not(None)
    count = {
        "decisions": _set(connection, decision, decision.c.mention_key.in_(keys), signals={}, hits=[]),
        "events": _set(connection, event, told, detail=null()),
        "approvals": _set(connection, approval, approval.c.reply_id.in_(replies), text=""),
        "replies": _set(connection, reply, mine, text=None, reason=None, error=None, request=null()),
        "quarantine": _set(connection, quarantined, raw, raw="", error=unread.FORGOTTEN, resolved_at=now),
    }
    row = (literal(now, event.c.at.type), literal("forgotten"), literal(by), mention.c.key)
    new = select(*row, literal(detail, event.c.detail.type)).where(mention.c.key.in_(keys))
    connection.execute(insert(event).from_select(["at", "what", "by", "mention_key", "detail"], new))
    return count


def _set(connection: Connection, table: Any, where: Any, **changes: Any) -> int:
    return connection.execute(update(table).where(where).values(**changes)).rowcount


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
    named = (notice.c.kind == "flood", notice.c.subject == f"to the author {person[1]}")  # as holds name it
    flood = and_(notice.c.platform == person[0], *named)
    _set(connection, notice, flood, what="forgotten", subject=literal("forgotten ") + cast(notice.c.id, Text))
    units = billed.c.unit.endswith(f":{person[1]}", autoescape=True)
    connection.execute(delete(billed).where(billed.c.platform == person[0], units))
