"""Persons: their history, notes and opt-outs."""

from listener.desk.approve import DeskContext, require_staff
from listener.errors import DeskError
from listener.model import Json
from listener.store import events, items, people, replies
from listener.store.engine import Store
from listener.store.records import Exchange
from listener.store.states import WATCHED


def person(store: Store, handle: str) -> Json:
    """Who this is, and every exchange with them. Raises DeskError."""
    with store.read() as connection:
        who = people.find(connection, handle)
        found = items.of_person(connection, *who)
        silent, notes = people.opted_out(connection, who), people.notes(connection, who)
    newest = found[-1].mention if found else None  # forgotten, or opted out and forgotten
    return {
        "platform": who[0],
        "author_id": who[1],
        "handle": newest and newest.author_handle,
        "name": newest and newest.author_name,
        "followers": newest and newest.author_followers,
        "opted_out": None if silent is None else {"at": silent.at, "by": silent.by, "why": silent.why},
        "notes": [{"at": one.at, "by": one.by, "text": one.text} for one in notes],
        "exchanges": [_exchange(one) for one in found],
    }


def _exchange(item: Exchange) -> Json:
    reply, decided = item.reply, item.decided
    return {
        "mention_id": item.mention.id,
        "at": item.mention.created_at,
        "text": item.mention.text,
        "decision": decided.action if decided else None,
        "reply_id": reply.id if reply else None,
        "state": reply.state if reply else None,
        "reply_text": reply.text if reply else None,
        "sent_at": reply.sent_at if reply else None,
        "approved_by": reply.approved_by if reply else None,
    }


def note(store: Store, desk: DeskContext, handle: str, text: str) -> Json:
    """Keep a note about a person."""
    if not text.strip():
        raise DeskError("the note is empty", "write what colleagues should know")
    with store.write() as connection:
        require_staff(desk)
        people.add_note(connection, people.find(connection, handle), desk.by, text, desk.clock())
    return person(store, handle)


def opt_out(store: Store, desk: DeskContext, handle: str, why: str | None) -> Json:
    """Never answer this person: open drafts are closed, approved replies withdrawn before they go."""
    with store.write() as connection:
        require_staff(desk)
        who = people.find(connection, handle)
        now = desk.clock()
        people.opt_out(connection, who, desk.by, why, now)
        for item in items.of_person(connection, *who, limit=None):
            reply = item.reply
            if reply is not None and reply.state in WATCHED:
                reason = "this person asked never to be answered"
                replies.end(connection, reply, "withdrawn", reason, by=desk.by, now=now)
        events.add(connection, "opted_out", desk.by, now, detail={"platform": who[0], "author_id": who[1], "why": why})
    return person(store, handle)


def opt_in(store: Store, desk: DeskContext, handle: str) -> Json:
    """Take an opt-out back. Raises DeskError when there is none."""
    with store.write() as connection:
        require_staff(desk)
        who = people.find(connection, handle)
        if not people.opt_in(connection, who):
            raise DeskError(f"{handle} has not opted out", "`earshot person` tells")
        events.add(connection, "opted_in", desk.by, desk.clock(), detail={"platform": who[0], "author_id": who[1]})
    return person(store, handle)
