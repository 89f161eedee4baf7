"""What staff see: a reply with its mention, exact text, trail, thread and person, in the shape of CONTRACT.md.

Reads, never writes. Times stay datetimes; the command line renders them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from listener import holds
from listener.errors import DeskError
from listener.model import Json, Mention, Preview, RuleResult
from listener.policy import Holds
from listener.store import events, items, mentions, people, platforms, replies
from listener.store.engine import Store
from listener.store.records import Approval, Exchange, Reply, StoredDecision
from listener.store.states import WAITING
from listener.triage.decide import GUARDS
from listener.wording import hosts

Explain = Callable[[StoredDecision, Mention], Sequence[RuleResult]]
GUARD_NAMES = frozenset(name for name, _, _ in GUARDS)
OWN = (
    *("id", "state", "revision", "kind", "auto", "claimed_by", "claimed_until", "assigned_to", "snoozed_until"),
    *("approved_by", "approved_at", "created_at", "due_at", "not_before", "hold", "sent_at", "remote_id", "remote_url"),
    *("error", "closed_as", "reason", "urgency"),
)  # columns of a reply that are shown as they are


@dataclass(frozen=True, slots=True)
class ItemRef:
    """What a person names: a reply by its id, or a mention by its platform and id."""

    reply_id: int | None = None
    mention: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which part of the queue. states None: what waits for a person and is not snoozed; limit None: all.

    words: in the mention, its author's name or the text; assigned_to: whose; late: only what is overdue.
    """

    states: tuple[str, ...] | None = None
    kind: str | None = None
    platform: str | None = None
    after: int | None = None
    limit: int | None = 50
    words: str | None = None
    assigned_to: str | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class QueueTotals:
    """What stands under the queue. counts: replies by state; listened: when listening last succeeded, if ever."""

    counts: dict[str, int]
    snoozed: int
    overdue: int
    listened: datetime | None


@dataclass(frozen=True, slots=True)
class RenderContext:
    """What showing needs: each platform's preview, and the trail with its misses (decide is pure: made again).

    bounds: the policy's, of floods, near-duplicates and anger, for the warnings.
    """

    preview: Callable[[str, Mention], Preview]
    explain: Explain
    now: datetime
    bounds: Holds = holds.DEFAULT_HOLDS
    signed: Callable[[str], str] = str  # the text with the signature of who looks, who would approve it
    two: Callable[[Exchange], bool] = lambda item: False  # whether two names must approve it


def lines(connection: Connection, view: RenderContext, items: Sequence[Exchange]) -> list[Json]:
    """Replies as the contract has them, in a handful of queries however many there are."""
    around = holds.around(connection, items, view.now, view.bounds)
    approved = [one.reply.id for one in items if one.reply is not None]
    given = events.approvals_of(connection, approved)
    return [_line(view, item, holds.warnings(around, item), given) for item in items]


def line(connection: Connection, view: RenderContext, item: Exchange) -> Json:
    """A reply as the contract has it; its own columns are null for a mention without a reply."""
    return lines(connection, view, [item])[0]


def _line(
    view: RenderContext,
    item: Exchange,
    warnings: Sequence[holds.ApprovalWarning],
    given: Mapping[int, Sequence[Approval]],
) -> Json:
    reply, decided = item.reply, item.decided
    standing = _standing(reply, given)
    preview = _preview(view, item, standing)
    return {
        **_reply(reply, preview, view.now),
        "platform": item.mention.platform,
        "rule": reply.rule if reply else decided.rule if decided else None,
        "decision": decided.action if decided else None,
        "mention": _mention(item),
        "sentiment": {"compound": decided.compound if decided else None},
        "eligibility": {"can_reply": item.mention.can_reply, "reason": item.mention.ineligible_reason},
        "guards": [
            {"name": one["rule"], "message": one["message"]} for one in _hits(decided) if one["rule"] in GUARD_NAMES
        ],
        "warnings": [{"name": one.name, "message": one.message} for one in warnings],
        "approvals": [{"by": one.by, "at": one.at} for one in standing],
        "needs_second_approval": view.two(item),
        "link_hosts": list(hosts(preview.text)) if preview else [],
        "cost_usd": preview.cost_usd if preview else None,
        "reply_url": (preview.link if preview else None) or item.mention.url,
    }


def _reply(reply: Reply | None, preview: Preview | None, now: datetime) -> Json:
    own = {name: getattr(reply, name) if reply else None for name in OWN}
    if reply is not None and reply.claimed_until is not None and reply.claimed_until <= now:
        own |= {"claimed_by": None, "claimed_until": None}  # upkeep takes it out of the row a little later
    if reply is not None and reply.snoozed_until is not None and reply.snoozed_until <= now:
        own["snoozed_until"] = None
    shown = {"text": preview.text, "length": preview.length, "limit": preview.limit} if preview else {}
    return {**own, "text": None, "length": None, "limit": None, **shown}


def _mention(item: Exchange) -> Json:
    one = item.mention
    author = {
        "id": one.author_id,
        "handle": one.author_handle,
        "name": one.author_name,
        "followers": one.author_followers,
    }
    lang = item.decided.lang if item.decided else one.lang
    own = {"id": one.id, "url": one.url, "text": one.text, "lang": lang, "created_at": one.created_at, "author": author}
    return {**own, "edited_at": item.edited_at, "deleted_at": item.deleted_at}


def _hits(decided: StoredDecision | None) -> list[Json]:
    return decided.hits if decided else []


def _standing(reply: Reply | None, given: Mapping[int, Sequence[Approval]]) -> list[Approval]:
    """The approvals that stand: of this revision, and not taken back."""
    mine = given.get(reply.id, ()) if reply is not None else ()
    return [one for one in mine if reply and one.revision == reply.revision and one.revoked_at is None]


def _preview(view: RenderContext, item: Exchange, standing: Sequence[Approval]) -> Preview | None:
    """The words that were approved, else those that would be: with the signature of who looks, while it is a draft."""
    reply = item.reply
    if reply is None or not reply.text:
        return None
    words = view.signed(reply.text) if reply.state == "drafted" else reply.text
    return view.preview(standing[0].text if standing else words, item.mention)


def detail(connection: Connection, view: RenderContext, item: Exchange) -> Json:
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


def _trail(view: RenderContext, item: Exchange) -> list[Json]:
    if item.decided is None:
        return []
    found = view.explain(item.decided, item.mention)
    return [{"rule": one.rule, "hit": one.hit, "words": list(one.words), "message": one.message} for one in found]


def _thread(connection: Connection, view: RenderContext, item: Exchange) -> list[Json]:
    """The stored mentions and sent replies of the conversation, oldest first."""
    found: list[Json] = []
    said = items.of_conversation(connection, item.mention.platform, item.mention.conversation_id)
    given = events.approvals_of(connection, [one.reply.id for one in said if one.reply is not None])
    for one in said:
        who = one.mention.author_handle or one.mention.author_name or one.mention.author_id
        found.append({"who": who, "text": one.mention.text, "at": one.mention.created_at, "ours": False})
        if one.reply is not None and one.reply.state == "sent":
            shown = _preview(view, one, _standing(one.reply, given))
            text = shown.text if shown else ""
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


def find(connection: Connection, asked: ItemRef) -> Exchange:
    """What a person named. Raises DeskError."""
    if asked.mention is None:
        return items.item(connection, reply_id=asked.reply_id)
    key = mentions.locate(connection, *asked.mention)
    if key is None:
        message = f"there is no mention {':'.join(asked.mention)}"
        raise DeskError(message, "`earshot log` and `earshot quarantine` list what came in")
    return items.item(connection, key=key)


def show(store: Store, view: RenderContext, asked: ItemRef) -> Json:
    """Everything about a reply or a mention. Raises DeskError."""
    with store.read() as connection:
        return detail(connection, view, find(connection, asked))


def single(store: Store, view: RenderContext, reply_id: int) -> Json:
    """One reply. Raises DeskError."""
    with store.read() as connection:
        return line(connection, view, items.item(connection, reply_id=reply_id))


def listing(store: Store, view: RenderContext, page: QueueFilter) -> tuple[list[Json], QueueTotals]:
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
            words=page.words,
            assigned_to=page.assigned_to,
            late=page.late,
        )
        return lines(connection, view, found), _totals(connection, view.now)


def _totals(connection: Connection, now: datetime) -> QueueTotals:
    asleep, late = replies.count_snoozed_overdue(connection, now)
    heard = [one.ok_at for one in platforms.states(connection) if one.ok_at is not None]
    return QueueTotals(replies.counts(connection), asleep, late, max(heard, default=None))
