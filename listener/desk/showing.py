"""Make what staff see of a reply: its mention, exact text, warnings, trail, thread and person."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from listener import holds
from listener.club_rules import NO_CLUB, Club
from listener.desk import applause, coupon_views, people
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
    SuspectedFactView,
    ThreadLine,
    values,
)
from listener.model import Mention, Preview, RuleResult
from listener.policy import Fact, Holds
from listener.store import beside, edits, events, items
from listener.store.operation_records import Note
from listener.store.records import Approval, Exchange, Reply, StoredDecision, find_subject
from listener.store.states import OVER
from listener.triage.decide import GUARDS
from listener.triage.withhold import RULE as SUSPECTED
from listener.wording import linked_hosts

Explain = Callable[[StoredDecision, Mention], Sequence[RuleResult]]


GUARD_NAMES = frozenset(name for name, _, _ in GUARDS)


OWN = (
    *("id", "state", "revision", "kind", "auto", "claimed_by", "claimed_until", "assigned_to", "snoozed_until"),
    *("approved_by", "approved_at", "created_at", "due_at", "not_before", "hold", "sent_at", "remote_id", "remote_url"),
    *("error", "closed_as", "reason", "urgency"),
)  # columns of a reply that are shown as they are


@dataclass(frozen=True, slots=True)
class RenderContext:
    """What showing needs: each platform's preview, and the trail with its misses (decide is pure: made again).

    bounds: the policy's, of floods, near-duplicates and anger, for the warnings.
    """

    preview: Callable[[str, Mention], Preview]
    explain: Explain
    now: datetime
    bounds: Holds = holds.DEFAULT_BOUNDS
    signed: Callable[[str], str] = str  # the text with the signature of who looks, who would approve it
    needs_second: Callable[[Exchange], bool] = lambda item: False
    facts: Sequence[Fact] = ()  # of the fact sheet of today
    club: Club = NO_CLUB


def lines(connection: Connection, view: RenderContext, items: Sequence[Exchange]) -> list[ReplyView]:
    """Return replies as staff see them, in a handful of queries however many there are."""
    around = _Surroundings(
        warnings=holds.load_warning_context(connection, items, view.now, view.bounds),
        approvals=events.approvals_of(connection, [item.reply.id for item in items if item.reply is not None]),
        changes=edits.read_changes(connection, items),
        notes=beside.read_notes(connection, items),
        waiting=beside.read_waiting(connection, items),
    )
    return [_make_line(view, item, around) for item in items]


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What is read for all lines at once: by reply (approvals), by mention (changes, notes), by author (waiting)."""

    warnings: holds.WarningContext
    approvals: Mapping[int, Sequence[Approval]]
    changes: Mapping[int, edits.WordChanges]
    notes: Mapping[int, tuple[Note, ...]]
    waiting: Mapping[tuple[str, str], tuple[int, ...]]

    def list_others(self, item: Exchange) -> tuple[int, ...]:
        """List the other replies to the author that wait, where this one is not over."""
        if item.reply is None or item.reply.state in OVER:
            return ()
        own = self.waiting.get((item.mention.platform, item.mention.author_id), ())
        return tuple(number for number in own if number != item.reply.id)


def _make_line(view: RenderContext, item: Exchange, around: _Surroundings) -> ReplyView:
    reply, decided = item.reply, item.decided
    changes = around.changes.get(item.key, edits.WordChanges())
    approvals = _list_standing(reply, around.approvals)
    preview = _preview_text(view, item, approvals)
    own = {name: getattr(reply, name) if reply else None for name in OWN} | _clear_ended(reply, view.now)
    shown = {name: getattr(preview, name) if preview else None for name in ("text", "length", "limit", "cost_usd")}
    return ReplyView(
        **own,
        **shown,
        platform=item.mention.platform,
        needs=_list_needs(decided),
        rule=reply.rule if reply else decided.rule if decided else None,
        decision=decided.action if decided else None,
        mention=_make_mention(item, changes.edits),
        sentiment=SentimentView(decided.compound if decided else None),
        suggested_subject=find_subject(decided.signals) if decided else None,
        eligibility=EligibilityView(item.mention.can_reply, item.mention.ineligible_reason),
        private=item.mention.is_private,
        earlier_text=_find_earlier(reply, changes),
        suspected_fact=find_suspected(view.facts, decided),
        guards=_list_guards(decided),
        warnings=tuple(holds.warnings(around.warnings, item)),
        notes=around.notes.get(item.key, ()),
        also_waiting=around.list_others(item),
        approvals=tuple(ApprovalView(approval.by, approval.at) for approval in approvals),
        needs_second_approval=view.needs_second(item),
        link_hosts=linked_hosts(preview.text) if preview else (),
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


def _list_needs(decided: StoredDecision | None) -> tuple[str, ...]:
    """Return the kinds of need that the decision heard."""
    return tuple(need for hit in (decided.hits if decided else ()) for need in hit.get("needs", ()))


def find_suspected(facts: Iterable[Fact], decided: StoredDecision | None) -> SuspectedFactView | None:
    """Return the fact that a mention may be about, as the fact sheet of today has it."""
    suspected = decided.signals.get("suspected") if decided else None
    if decided is None or suspected is None or not any(hit["rule"] == SUSPECTED for hit in decided.hits):
        return None
    name, words = suspected
    fact = next((fact for fact in facts if fact.id == name), None)
    content = (fact.statement, fact.source, fact.link) if fact else (None, None, None)
    return SuspectedFactView(name, tuple(words), *content)


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
        weights_id=item.decided.weights_id if item.decided else None,
        coupon=coupon_views.find_coupon(connection, view.club, item, view.now),
        offers=_list_offers(connection, view, item),
        trail=tuple(view.explain(item.decided, item.mention)) if item.decided else (),
        thread=_list_thread(connection, view, item),
        person=people.summary(connection, item.mention, view.club, view.now),
        acts=applause.list_views(connection, item),
        applause=applause.suggest_acts(connection, view.club, item, view.now),
        events=tuple(map(EventView.of, events.list_events(connection, item.key))),
    )


def _list_offers(connection: Connection, view: RenderContext, item: Exchange) -> tuple[str, ...]:
    choices = coupon_views.list_choices(connection, view.club, item, view.now)
    return tuple(choice.name for choice in choices if choice.refusal is None)


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
