"""What is read beside the replies of a page, in one query each: notes of staff, and what else waits for their authors.

A note about one mention is an event, so that it is erased with the rest of the mention; one about a person is a row of
`note` (people.py).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from listener.model import Mention
from listener.store import events
from listener.store.loading import chunks
from listener.store.operation_records import Note
from listener.store.records import Exchange
from listener.store.replies import is_waiting
from listener.store.states import PERSONAL
from listener.store.tables import event, mention, reply
from listener.store.value_dialect import is_any_of

NOTED = "noted"  # the event of a note; its detail has the text, until that is erased


def add_note(connection: Connection, item: Exchange, by: str, text: str, now: datetime) -> None:
    """Keep what colleagues should know about one mention."""
    reply_id = item.reply.id if item.reply else None
    events.add(connection, NOTED, by, now, mention_key=item.key, reply_id=reply_id, detail={"message": text})


def read_notes(connection: Connection, exchanges: Sequence[Exchange]) -> Mapping[int, tuple[Note, ...]]:
    """Map mentions to the notes about them, oldest first."""
    notes: dict[int, tuple[Note, ...]] = {}
    for piece in chunks([exchange.key for exchange in exchanges]):
        query = select(event.c.mention_key, event.c.at, event.c.by, event.c.detail)
        query = query.where(is_any_of(event.c.mention_key, piece), event.c.what == NOTED, event.c.detail.is_not(None))
        for row in connection.execute(query.order_by(event.c.id)):
            note = Note(row.at, row.by, row.detail["message"])
            notes[row.mention_key] = (*notes.get(row.mention_key, ()), note)
    return notes


def read_waiting(connection: Connection, exchanges: Sequence[Exchange]) -> Mapping[tuple[str, str], tuple[int, ...]]:
    """Map the authors of these mentions to the replies to them that wait for a person, oldest first."""
    waiting: dict[tuple[str, str], tuple[int, ...]] = {}
    authors = sorted({exchange.mention.author_id for exchange in exchanges})
    platforms = sorted({exchange.mention.platform for exchange in exchanges})
    for piece in chunks(authors):
        query = select(mention.c.platform, mention.c.author_id, reply.c.id)
        query = query.join_from(mention, reply, reply.c.mention_key == mention.c.key).where(is_waiting)
        query = query.where(is_any_of(mention.c.platform, platforms), is_any_of(mention.c.author_id, piece))
        for platform, author_id, reply_id in connection.execute(query.order_by(reply.c.id)):
            waiting[platform, author_id] = (*waiting.get((platform, author_id), ()), reply_id)
    return waiting


def has_waiting_mention(connection: Connection, newest: Mention, but: int) -> bool:
    """Return True when another mention of this author in this conversation waits for a person."""
    query = select(reply.c.id).join(mention, mention.c.key == reply.c.mention_key)
    same_author = (
        mention.c.platform == newest.platform,
        mention.c.conversation_id == newest.conversation_id,
        mention.c.author_id == newest.author_id,
    )
    open_ = or_(reply.c.state.in_(PERSONAL), and_(reply.c.state == "drafted", ~reply.c.auto))
    return connection.execute(query.where(*same_author, reply.c.id != but, open_).limit(1)).first() is not None
