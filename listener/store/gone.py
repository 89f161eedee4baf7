"""Mentions that seem gone from their platform: believed after two checks, and taken back once when listed again."""

from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from listener.store import moves, replies
from listener.store.records import ReplyChanges
from listener.store.tables import event, mention, reply

GONE = "the mention is no longer on the platform"  # why a reply was withdrawn that is reopened when it is listed again


def note_missing(connection: Connection, key: int, since: datetime, now: datetime) -> datetime:
    """Note that a check did not find a post. Returns when a check first did not.

    since: a check before it counts no more: it belongs to an earlier approval, and nobody has looked meanwhile.
    """
    counts_no_more = or_(mention.c.missing_at.is_(None), mention.c.missing_at > now, mention.c.missing_at < since)
    connection.execute(update(mention).where(mention.c.key == key, counts_no_more).values(missing_at=now))
    first: datetime = connection.execute(select(mention.c.missing_at).where(mention.c.key == key)).scalar_one()
    return first


def record_presence(connection: Connection, key: int) -> None:
    """Record that a post is on the platform after all."""
    connection.execute(update(mention).where(mention.c.key == key).values(missing_at=None, deleted_at=None))


def was_taken_back(connection: Connection, mention_key: int) -> bool:
    """Return True when a reply to it was reopened before because it was listed again."""
    reopened = (event.c.mention_key == mention_key, event.c.what == "reopened", event.c.by == "poll")
    return connection.execute(select(event.c.id).where(*reopened).limit(1)).first() is not None


def reopen_gone(connection: Connection, mention_key: int, now: datetime) -> None:
    """Give the reply that was withdrawn because its mention seemed gone back to staff: it is listed again."""
    if replies.find_live(connection, mention_key) is not None:
        return
    withdrawn = (reply.c.mention_key == mention_key, reply.c.closed_as == "withdrawn", reply.c.reason == GONE)
    for seen in replies.list_where(connection, *withdrawn)[-1:]:
        changes: ReplyChanges = {**moves.UNAPPROVED, "closed_as": None, "reason": None, "error": None, "attempts": 0}
        detail = {"message": "the mention is listed on the platform again"}
        changes["revision"] = seen.revision + 1
        moves.transition(connection, seen, "drafted", by="poll", now=now, what="reopened", detail=detail, **changes)
