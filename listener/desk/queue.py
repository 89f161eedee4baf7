"""Read what staff see: the queue, and a reply with its mention, exact text, trail, thread and person."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from listener.desk.showing import RenderContext, detail, lines
from listener.desk.views import ReplyDetail, ReplyView
from listener.errors import DeskError
from listener.store import acts, events, items, mentions, people, platforms, postings, replies
from listener.store.engine import Store
from listener.store.records import Exchange
from listener.store.states import WAITING

ItemRef = int | tuple[str, str]
"""A reply by its id, or a mention by its platform and id."""


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which part of the queue. states None: what waits for a person and is not snoozed; limit None: all.

    words: in the mention, its author's name or the text; assigned_to: whose; author: such as `x:ada`; late: only
    what is overdue.
    """

    states: tuple[str, ...] | None = None
    kind: str | None = None
    platform: str | None = None
    after: int | None = None
    limit: int | None = 50
    words: str | None = None
    assigned_to: str | None = None
    author: str | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class QueueTotals:
    """What stands under the queue. counts: replies by state; listened: when listening last succeeded, if ever.

    announcements: how many postings of announcements wait for a person; applause: how many acts of applause do.
    """

    counts: dict[str, int]
    snoozed: int
    overdue: int
    listened: datetime | None
    announcements: int = 0
    applause: int = 0


def find(connection: Connection, ref: ItemRef) -> Exchange:
    """Return what a person named. Raises DeskError."""
    if isinstance(ref, int):
        return items.item(connection, reply_id=ref)
    key = mentions.locate(connection, *ref)
    if key is None:
        message = f"there is no mention {':'.join(ref)}"
        raise DeskError(message, "`earshot log` and `earshot quarantine` list what came in")
    return items.item(connection, key=key)


def show(store: Store, view: RenderContext, ref: ItemRef) -> ReplyDetail:
    """Return everything about a reply or a mention. Raises DeskError."""
    with store.read() as connection:
        return detail(connection, view, find(connection, ref))


def single(store: Store, view: RenderContext, reply_id: int) -> ReplyView:
    """Return one reply. Raises DeskError."""
    with store.read() as connection:
        return lines(connection, view, [items.item(connection, reply_id=reply_id)])[0]


def listing(store: Store, view: RenderContext, page: QueueFilter) -> tuple[list[ReplyView], QueueTotals]:
    """Return a part of the queue, due first, and the totals of all of it. Raises DeskError."""
    with store.read() as connection:
        author = None if page.author is None else people.find_person(connection, page.author)
        exchanges = items.items(
            connection,
            view.now,
            states=page.states or WAITING,
            awake=page.states is None,
            kind=page.kind,
            platform=page.platform,
            after=page.after,
            limit=page.limit,
            words=page.words,
            assigned_to=page.assigned_to,
            author=author,
            late=page.late,
        )
        return lines(connection, view, exchanges), _count_totals(connection, view.now)


def stamp(store: Store) -> tuple[int, int, datetime | None]:
    """Return a value that stays the same while nothing happens: no event, no claim and no release."""
    with store.read() as connection:
        return (events.read_newest_id(connection), *replies.claims(connection))


def _count_totals(connection: Connection, now: datetime) -> QueueTotals:
    snoozed, late = replies.count_snoozed_overdue(connection, now)
    polls = [state.ok_at for state in platforms.list_states(connection) if state.ok_at is not None]
    announcements = len(postings.list_waiting(connection))
    newest, applause = max(polls, default=None), acts.count_waiting(connection)
    return QueueTotals(replies.count_by_state(connection), snoozed, late, newest, announcements, applause)
