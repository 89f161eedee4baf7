"""What staff see: a reply with its mention, exact text, trail, thread and person, in the shape of CONTRACT.md.

Reads, never writes. Times stay datetimes; the command line renders them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from listener import holds
from listener.errors import DeskError
from listener.model import Hit, Json, Mention, Preview
from listener.store import events, items, mentions, people, platforms, replies
from listener.store.engine import Store
from listener.store.records import Approval, Decided, Item, Reply
from listener.store.tables import WAITING
from listener.triage.decide import GUARDS

Explain = Callable[[Decided, Mention], Sequence[Hit]]
GUARD_NAMES = frozenset(name for name, _, _ in GUARDS)
OWN = (
    *("id", "state", "revision", "kind", "auto", "claimed_by", "claimed_until", "assigned_to", "snoozed_until"),
    *("approved_by", "approved_at", "created_at", "due_at", "not_before", "hold", "sent_at", "remote_id", "remote_url"),
    *("error", "closed_as", "reason", "urgency"),
)  # columns of a reply that are shown as they are


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person names: a reply by its id, or a mention by its platform and id."""

    reply_id: int | None = None
    mention: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of the queue. states None: what waits for a person and is not snoozed; limit None: all."""

    states: tuple[str, ...] | None = None
    kind: str | None = None
    platform: str | None = None
    after: int | None = None
    limit: int | None = 50


@dataclass(frozen=True, slots=True)
class Totals:
    """What stands under the queue. counts: replies by state; listened: when listening last succeeded, if ever."""

    counts: dict[str, int]
    snoozed: int
    overdue: int
    listened: datetime | None


@dataclass(frozen=True, slots=True)
class View:
    """What showing needs: each platform's preview, and the trail with its misses (decide is pure: made again)."""

    preview: Callable[[str, Mention], Preview]
    explain: Explain
    now: datetime


def lines(connection: Connection, view: View, items: Sequence[Item]) -> list[Json]:
    """Replies as the contract has them, in a handful of queries however many there are."""
    around = holds.around(connection, items, view.now)
    approved = [one.reply.id for one in items if one.reply is not None and one.reply.approved_by is not None]
    given = events.approvals_of(connection, approved)
    return [_line(view, item, holds.warnings(around, item), given) for item in items]


def line(connection: Connection, view: View, item: Item) -> Json:
    """A reply as the contract has it; its own columns are null for a mention without a reply."""
    return lines(connection, view, [item])[0]


def _line(view: View, item: Item, warnings: Sequence[holds.Warning_], given: Mapping[int, Sequence[Approval]]) -> Json:
    reply, decided = item.reply, item.decided
    preview = view.preview(reply.text, item.mention) if reply is not None and reply.text else None
    return {
        **_reply(reply, preview, view.now),
        "platform": item.mention.platform,
        "rule": reply.rule if reply else decided.rule if decided else None,
        "decision": decided.action if decided else None,
        "mention": _mention(item),
        "sentiment": {"compound": decided.compound if decided else None},
        "eligibility": {"can_reply": item.mention.can_reply, "reason": item.mention.why_not},
        "guards": [{"name": one["rule"], "says": one["says"]} for one in _hits(decided) if one["rule"] in GUARD_NAMES],
        "warnings": [{"name": one.name, "says": one.says} for one in warnings],
        "approvals": _approvals(reply, given.get(reply.id, ()) if reply else ()),
        "cost_usd": preview.cost_usd if preview else None,
        "link": preview.link if preview else item.mention.url,
    }


def _reply(reply: Reply | None, preview: Preview | None, now: datetime) -> Json:
    own = {name: getattr(reply, name) if reply else None for name in OWN}
    if reply is not None and reply.claimed_until is not None and reply.claimed_until <= now:
        own |= {"claimed_by": None, "claimed_until": None}  # upkeep takes it out of the row a little later
    if reply is not None and reply.snoozed_until is not None and reply.snoozed_until <= now:
        own["snoozed_until"] = None
    shown = {"text": preview.text, "length": preview.length, "limit": preview.limit} if preview else {}
    return {**own, "text": None, "length": None, "limit": None, **shown}


def _mention(item: Item) -> Json:
    one = item.mention
    author = {
        "id": one.author_id,
        "handle": one.author_handle,
        "name": one.author_name,
        "followers": one.author_followers,
    }
    lang = item.decided.lang if item.decided else one.lang
    own = {"id": one.id, "url": one.url, "text": one.text, "lang": lang, "created_at": one.created_at, "author": author}
    return {**own, "edited_at": item.edited_at, "gone_at": item.gone_at}


def _hits(decided: Decided | None) -> list[Json]:
    return decided.hits if decided else []


def _approvals(reply: Reply | None, given: Sequence[Approval]) -> list[Json]:
    """The approvals that stand: of this revision, and not taken back."""
    if reply is None:
        return []
    standing = [one for one in given if one.revision == reply.revision and one.at == reply.approved_at]
    return [{"by": one.by, "at": one.at} for one in standing]


def detail(connection: Connection, view: View, item: Item) -> Json:
    """Everything about one mention and its reply: trail in words, thread, person, events."""
    mention = item.mention
    return {
        **line(connection, view, item),
        "trail": _trail(view, item),
        "thread": _thread(connection, view, item),
        "person": _person(connection, mention),
        "events": [
            {"at": one.at, "what": one.what, "by": one.by, "detail": one.detail}
            for one in events.of(connection, item.key)
        ],
    }


def _trail(view: View, item: Item) -> list[Json]:
    if item.decided is None:
        return []
    found = view.explain(item.decided, item.mention)
    return [{"rule": one.rule, "hit": one.hit, "words": list(one.words), "says": one.says} for one in found]


def _thread(connection: Connection, view: View, item: Item) -> list[Json]:
    """The stored mentions and sent replies of the conversation, oldest first."""
    found: list[Json] = []
    for one in items.of_conversation(connection, item.mention.platform, item.mention.conversation_id):
        who = one.mention.author_handle or one.mention.author_name or one.mention.author_id
        found.append({"who": who, "text": one.mention.text, "at": one.mention.created_at, "ours": False})
        if one.reply is not None and one.reply.state == "sent":
            text = view.preview(one.reply.text, one.mention).text if one.reply.text else ""  # of who was forgotten
            found.append({"who": one.reply.approved_by, "text": text, "at": one.reply.sent_at, "ours": True})
    return sorted(found, key=lambda row: row["at"])


def _person(connection: Connection, mention: Mention) -> Json:
    who = (mention.platform, mention.author_id)
    silent, notes = people.opted_out(connection, who), people.notes(connection, who)
    earlier = people.figures(connection, who)
    return {
        "handle": mention.author_handle,
        "name": mention.author_name,
        "author_id": mention.author_id,
        "followers": mention.author_followers,
        **earlier,
        "opted_out": silent is not None,
        "notes": [{"at": one.at, "by": one.by, "text": one.text} for one in notes],
    }


def find(connection: Connection, asked: Asked) -> Item:
    """What a person named. Raises DeskError."""
    if asked.mention is None:
        return items.item(connection, reply_id=asked.reply_id)
    key = mentions.locate(connection, *asked.mention)
    if key is None:
        says = f"there is no mention {':'.join(asked.mention)}"
        raise DeskError(says, "`earshot log` and `earshot shunted` list what came in")
    return items.item(connection, key=key)


def show(store: Store, view: View, asked: Asked) -> Json:
    """Everything about a reply or a mention. Raises DeskError."""
    with store.read() as connection:
        return detail(connection, view, find(connection, asked))


def single(store: Store, view: View, reply_id: int) -> Json:
    """One reply. Raises DeskError."""
    with store.read() as connection:
        return line(connection, view, items.item(connection, reply_id=reply_id))


def listing(store: Store, view: View, page: Page) -> tuple[list[Json], Totals]:
    """A part of the queue, due first, and the totals of all of it. Raises DeskError."""
    with store.read() as connection:
        found = items.items(
            connection,
            view.now,
            states=page.states or WAITING,
            awake=page.states is None,
            kind=page.kind,
            platform=page.platform,
            after=page.after,
            limit=page.limit,
        )
        return lines(connection, view, found), _totals(connection, view.now)


def _totals(connection: Connection, now: datetime) -> Totals:
    asleep, late = replies.asleep_and_late(connection, now)
    heard = [one.ok_at for one in platforms.states(connection) if one.ok_at is not None]
    return Totals(replies.counts(connection), asleep, late, max(heard, default=None))
