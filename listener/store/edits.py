"""What an edit by its author means for a mention, and which texts a reply had before.

A reply that waits, whoever approved it, goes back to staff at once and is decided again; one that is on its way or out
stands, and its mention is decided again for staff alone. An approval of what was seen before is refused: the revision
has changed.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from listener.errors import StoreError
from listener.model import Mention
from listener.store import acts, events, mentions, moves, replies
from listener.store.loading import chunks, columns, load
from listener.store.records import Event, Exchange, Reply, ReplyChanges
from listener.store.states import DECIDED_AGAIN
from listener.store.tables import event

EDITED = "edited"  # the event of an edit by the author; one by staff has the same name, and a reply
DECIDED = "decided_again"  # the event of a reply that followed the new words
WHY = "the mention was edited"
BEFORE_ESCALATION = "before it was escalated"
TOOK_TEXT = {DECIDED: "before the mention was edited", "escalated": BEFORE_ESCALATION}  # events
KEPT = 10  # newest edits that are read of one mention


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit of a mention by its author: when we saw it, and the words before and after it."""

    at: datetime
    before: str
    after: str | None


@dataclass(frozen=True, slots=True)
class EarlierText:
    """A reply's text that a decision on new words took away, or an escalation by staff. by_staff: staff wrote it.

    until: what ended it, as it follows "the text ": `before the mention was edited`, `before it was escalated`. kind:
    the kind of reply that it was, where that is known.
    """

    at: datetime
    text: str
    by_staff: bool
    until: str
    kind: str | None

    @property
    def is_offered(self) -> bool:
        """Return True where whoever answers should go on from it, not from the program's draft for other words."""
        return self.by_staff or self.until == BEFORE_ESCALATION


@dataclass(frozen=True, slots=True)
class WordChanges:
    """How the words of a mention changed: its edits, oldest first, and the text that its reply had before.

    earlier_text: the last one to go on from, else the last one.
    """

    edits: tuple[Edit, ...] = ()
    earlier_text: EarlierText | None = None


def record(connection: Connection, key: int, before: str, newer: Mention, *, by: str, now: datetime) -> None:
    """Keep the new words of a mention; its reply, if it waits, returns to staff, and no person is to applaud it.

    before: the words until now. Applause that the outbox is to do is withdrawn there: it looks for edits.

    Raises StoreError.
    """
    reply = replies.find_live(connection, key)
    mentions.record_edit(connection, key, newer, now, again=reply is None or reply.state not in DECIDED_AGAIN)
    detail = {"before": before, "after": newer.text}
    events.add(connection, EDITED, "author", now, mention_key=key, detail=detail)
    if reply is not None and reply.state in DECIDED_AGAIN:
        return_reply(connection, reply, by, now)
    for kept in acts.list_of_mention(connection, key):
        if kept.state == "by_hand":
            acts.withdraw(connection, kept, WHY, by, now)


def return_reply(connection: Connection, reply: Reply, by: str, now: datetime) -> None:
    """Return a reply to staff because its mention's words changed, and let these be decided. Raises StoreError."""
    mentions.requeue_mention(connection, reply.mention_key)
    changes: ReplyChanges = {**moves.UNAPPROVED, "error": WHY, "revision": reply.revision + 1}
    to, what, detail = "drafted" if reply.text else "escalated", "returned_to_staff", {"message": WHY}
    if not moves.transition(connection, reply, to, by=by, now=now, what=what, detail=detail, **changes):
        raise StoreError(f"reply {reply.id} changed meanwhile", "the next round tries again")


def is_changed_under(item: Exchange) -> bool:
    """Return True when the author edited the mention after its reply was first made."""
    return item.reply is not None and item.edited_at is not None and item.edited_at > item.reply.created_at


def read_changes(connection: Connection, exchanges: Sequence[Exchange]) -> dict[int, WordChanges]:
    """Map edited mentions, and those of escalated replies, to the words before; one query, or none."""
    changed = [exchange.key for exchange in exchanges if exchange.edited_at is not None or _lost_text(exchange.reply)]
    by_mention: dict[int, list[Event]] = defaultdict(list)
    for piece in chunks(changed):
        query = select(event.c.mention_key, *columns(Event, event)).order_by(event.c.id)
        query = query.where(event.c.mention_key.in_(piece), event.c.what.in_((EDITED, *TOOK_TEXT)))
        for row in connection.execute(query):
            by_mention[row.mention_key].append(load(Event, row))
    return {key: _make_changes(happened) for key, happened in by_mention.items()}


def _lost_text(reply: Reply | None) -> bool:
    """Return True for a reply without a text that may have had one."""
    return reply is not None and reply.state == "escalated" and reply.revision > 1


def _make_changes(happened: Sequence[Event]) -> WordChanges:
    """Make it of a mention's events; an erasure has emptied their details."""
    known = [(row, row.detail) for row in happened if row.detail]
    edits = [
        Edit(row.at, detail["before"], detail.get("after"))
        for row, detail in known
        if row.what == EDITED and row.reply_id is None
    ]
    texts = [
        EarlierText(row.at, detail["before"], bool(detail.get("by_staff")), TOOK_TEXT[row.what], detail.get("kind"))
        for row, detail in known
        if row.what in TOOK_TEXT and detail.get("before")
    ]
    offered = [text for text in texts if text.is_offered]
    newest = (offered or texts)[-1:]
    return WordChanges(tuple(edits[-KEPT:]), newest[0] if newest else None)
