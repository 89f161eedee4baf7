"""Read what staff see: the queue, and a reply with its mention, exact text, trail, thread and person."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from listener import holds
from listener.desk import people
from listener.desk.views import (
    ApprovalView,
    AuthorView,
    EligibilityView,
    EventView,
    GuardView,
    MentionView,
    ReplyDetail,
    ReplyView,
    SentimentView,
    ThreadLine,
    values,
)
from listener.errors import DeskError
from listener.model import Mention, Preview, RuleResult
from listener.policy import Holds
from listener.store import edits, events, items, mentions, platforms, replies
from listener.store.engine import Store
from listener.store.records import Approval, Exchange, Reply, StoredDecision
from listener.store.states import WAITING
from listener.triage.decide import GUARDS
from listener.wording import linked_hosts

Explain = Callable[[StoredDecision, Mention], Sequence[RuleResult]]
GUARD_NAMES = frozenset(name for name, _, _ in GUARDS)
OWN = (
    *("id", "state", "revision", "kind", "auto", "claimed_by", "claimed_until", "assigned_to", "snoozed_until"),
    *("approved_by", "approved_at", "created_at", "due_at", "not_before", "hold", "sent_at", "remote_id", "remote_url"),
    *("error", "closed_as", "reason", "urgency"),
)  # columns of a reply that are shown as they are


@dataclass(frozen=True, slots=True)
class ItemRef:
    """A reply by its id, or a mention by its platform and id."""

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
    needs_second: Callable[[Exchange], bool] = lambda item: False


def lines(connection: Connection, view: RenderContext, items: Sequence[Exchange]) -> list[ReplyView]:
    """Return replies as staff see them, in a handful of queries however many there are."""
    around = holds.load_warning_context(connection, items, view.now, view.bounds)
    given = events.approvals_of(connection, [item.reply.id for item in items if item.reply is not None])
    changes = edits.read_changes(connection, items)
    return [
        _make_line(view, item, holds.warnings(around, item), given, changes.get(item.key, edits.WordChanges()))
        for item in items
    ]


def _make_line(
    view: RenderContext,
    item: Exchange,
    warnings: Sequence[holds.ApprovalWarning],
    given: Mapping[int, Sequence[Approval]],
    changes: edits.WordChanges,
) -> ReplyView:
    reply, decided = item.reply, item.decided
    approvals = _list_standing(reply, given)
    preview = _preview_text(view, item, approvals)
    own = {name: getattr(reply, name) if reply else None for name in OWN} | _clear_ended(reply, view.now)
    return ReplyView(
        **own,
        text=preview.text if preview else None,
        length=preview.length if preview else None,
        limit=preview.limit if preview else None,
        platform=item.mention.platform,
        rule=reply.rule if reply else decided.rule if decided else None,
        decision=decided.action if decided else None,
        mention=_make_mention(item, changes.edits),
        sentiment=SentimentView(decided.compound if decided else None),
        eligibility=EligibilityView(item.mention.can_reply, item.mention.ineligible_reason),
        private=item.mention.is_private,
        earlier_text=_find_earlier(reply, changes),
        guards=_list_guards(decided),
        warnings=tuple(warnings),
        approvals=tuple(ApprovalView(approval.by, approval.at) for approval in approvals),
        needs_second_approval=view.needs_second(item),
        link_hosts=linked_hosts(preview.text) if preview else (),
        cost_usd=preview.cost_usd if preview else None,
        reply_url=(preview.link if preview else None) or item.mention.url,
    )


def _clear_ended(reply: Reply | None, now: datetime) -> dict[str, None]:
    """Return None for a claim and a snooze that have ended; upkeep takes them out of the row a little later."""
    ended: dict[str, None] = {}
    if reply is not None and reply.claimed_until is not None and reply.claimed_until <= now:
        ended |= {"claimed_by": None, "claimed_until": None}
    if reply is not None and reply.snoozed_until is not None and reply.snoozed_until <= now:
        ended["snoozed_until"] = None
    return ended


def _find_earlier(reply: Reply | None, changes: edits.WordChanges) -> edits.EarlierText | None:
    """Return the text from before an edit, unless the reply says it again."""
    earlier = changes.earlier_text
    return earlier if reply is not None and earlier is not None and earlier.text != reply.text else None


def _make_mention(item: Exchange, edited: tuple[edits.Edit, ...]) -> MentionView:
    mention = item.mention
    author = AuthorView(mention.author_id, mention.author_handle, mention.author_name, mention.author_followers)
    lang = item.decided.lang if item.decided else mention.lang
    return MentionView(
        id=mention.id,
        url=mention.url,
        text=mention.text,
        lang=lang,
        created_at=mention.created_at,
        author=author,
        attachments=mention.attachments,
        labels=mention.labels,
        edited_at=item.edited_at,
        edits=edited,
        deleted_at=item.deleted_at,
    )


def _list_guards(decided: StoredDecision | None) -> tuple[GuardView, ...]:
    hits = decided.hits if decided else ()
    return tuple(GuardView(hit["rule"], hit["message"]) for hit in hits if hit["rule"] in GUARD_NAMES)


def _list_standing(reply: Reply | None, given: Mapping[int, Sequence[Approval]]) -> list[Approval]:
    """Return the approvals that stand: of this revision, and not revoked."""
    if reply is None:
        return []
    same = (approval for approval in given.get(reply.id, ()) if approval.revision == reply.revision)
    return [approval for approval in same if approval.revoked_at is None]


def _preview_text(view: RenderContext, item: Exchange, standing: Sequence[Approval]) -> Preview | None:
    """Return the text that was approved, else the one that would be: while it is a draft, signed by who looks."""
    reply = item.reply
    if reply is None or not reply.text:
        return None
    text = view.signed(reply.text) if reply.state == "drafted" else reply.text
    return view.preview(standing[0].text if standing else text, item.mention)


def detail(connection: Connection, view: RenderContext, item: Exchange) -> ReplyDetail:
    """Return everything about one mention and its reply: trail in words, thread, person, events."""
    (line,) = lines(connection, view, [item])
    return ReplyDetail(
        **values(line),
        trail=tuple(view.explain(item.decided, item.mention)) if item.decided else (),
        thread=_list_thread(connection, view, item),
        person=people.summary(connection, item.mention),
        events=tuple(map(EventView.of, events.list_events(connection, item.key))),
    )


def _list_thread(connection: Connection, view: RenderContext, item: Exchange) -> tuple[ThreadLine, ...]:
    """Return the stored mentions and sent replies of the conversation, oldest first."""
    thread: list[ThreadLine] = []
    exchanges = items.list_of_conversation(connection, item.mention.platform, item.mention.conversation_id)
    given = events.approvals_of(connection, [other.reply.id for other in exchanges if other.reply is not None])
    for exchange in exchanges:
        mention, reply = exchange.mention, exchange.reply
        who = mention.author_handle or mention.author_name or mention.author_id
        thread.append(ThreadLine(who, mention.text, mention.created_at, ours=False))
        if reply is not None and reply.state == "sent" and reply.sent_at is not None:
            shown = _preview_text(view, exchange, _list_standing(reply, given))
            thread.append(ThreadLine(reply.approved_by, shown.text if shown else "", reply.sent_at, ours=True))
    return tuple(sorted(thread, key=lambda line: line.at))


def find(connection: Connection, ref: ItemRef) -> Exchange:
    """Return what a person named. Raises DeskError."""
    if ref.mention is None:
        return items.item(connection, reply_id=ref.reply_id)
    key = mentions.locate(connection, *ref.mention)
    if key is None:
        message = f"there is no mention {':'.join(ref.mention)}"
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
    return QueueTotals(replies.count_by_state(connection), snoozed, late, max(polls, default=None))
