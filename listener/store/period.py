"""What was received in a period and what has become of it until now: the rows that metrics are made of. Reads only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, or_, select

from listener.model import Json
from listener.store import decisions
from listener.store.dialect import minute_of
from listener.store.draft_reviews import MACHINE
from listener.store.loading import chunks, load_all, names
from listener.store.tables import basis, decision, event, gap, ledger, mention, notice, platform, reply
from listener.store.tables import draft_review as review
from listener.store.value_dialect import json_text

other = decision.alias()
earlier, before = mention.alias(), reply.alias()
OUTAGES = ("unreachable", "waiting", "account", "billing")  # kinds of notices that mean: the platform could not be read
POSITIVE_FROM = 0.05  # VADER's authors call a text positive from this compound on, negative from -0.05 down
COMPLAINTS = ("problem", "complaint", "threat_to_leave")  # cues
_is_origin = decision.c.id == (
    select(func.max(other.c.id))
    .where(other.c.mention_key == reply.c.mention_key, other.c.at <= reply.c.changed_at)
    .scalar_subquery()
)  # the decision that a reply follows: one that was closed before its mention was edited follows no later one


@dataclass(frozen=True, slots=True)
class MentionCount:
    """How many mentions of one minute (UTC, 2026-11-22T09:00) had one outcome; action None: not decided yet."""

    minute: str
    action: str | None
    kind: str | None
    number: int


@dataclass(frozen=True, slots=True)
class ReplyCase:
    """A reply to a mention of the period, with the decision that it came from (None: there was none yet).

    verdict: what staff decided on our draft (approved, edited, rejected, escalated), and reviewed_by who; follows:
    staff had answered in this conversation before.
    """

    key: int
    age_start_at: datetime
    answered_remotely: str | None
    action: str | None
    decided_rule: str | None
    decided_kind: str | None
    id: int
    rule: str
    kind: str | None
    state: str
    approved_by: str | None
    sent_at: datetime | None
    due_at: datetime | None
    closed_as: str | None
    reason: str | None
    verdict: str | None
    reviewed_by: str | None
    follows: bool


@dataclass(frozen=True, slots=True)
class Complaint:
    """A mention that names a problem, complains or threatens to leave; rule: the one that decided it.

    text: empty where it is erased, or private: figures are mailed and printed. signals: those of its decision.
    """

    text: str
    rule: str
    cues: frozenset[str]
    signals: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sentiment:
    """How many decided mentions were positive, negative or neither, and how many are in languages not read."""

    positive: int
    negative: int
    neutral: int
    of: int
    other_languages: int


@dataclass(frozen=True, slots=True)
class Outage:
    """When a platform could not be read, cut to the period; over: it ended in the period."""

    platform: str
    kind: str
    since: datetime
    until: datetime
    over: bool


@dataclass(frozen=True, slots=True)
class Spend:
    """What a platform's calls cost in US dollars; of it, what posting so many replies cost."""

    platform: str
    usd: float
    calls: int
    for_replies_usd: float
    replies: int


def _within(since: datetime, until: datetime) -> ColumnElement[bool]:
    return (mention.c.seen_at >= since) & (mention.c.seen_at < until)


def mention_counts(connection: Connection, since: datetime, until: datetime) -> list[MentionCount]:
    """Count the mentions received in the period by minute and by what was decided."""
    minute = minute_of(mention.c.seen_at).label("minute")
    by = (minute, decision.c.action, decision.c.kind)
    query = select(*by, func.count().label("number")).select_from(mention.outerjoin(decision, decisions.is_latest))
    return load_all(MentionCount, connection.execute(query.where(_within(since, until)).group_by(*by)))


def list_cases(connection: Connection, since: datetime, until: datetime) -> list[ReplyCase]:
    """Return every reply to a mention received in the period, closed ones too, in the order they were made."""
    follows = (  # state stands inside a case, or SQLite begins with all that was ever sent
        select(before.c.id)
        .join(earlier, earlier.c.key == before.c.mention_key)
        .where(earlier.c.platform == mention.c.platform, earlier.c.conversation_id == mention.c.conversation_id)
        .where(case((before.c.state == "sent", before.c.sent_at)) < reply.c.sent_at, before.c.approved_by != MACHINE)
        .exists()
    )
    computed: dict[str, ColumnElement[Any]] = {
        name: mention.c[name] for name in ("key", "age_start_at", "answered_remotely")
    }
    computed |= {"action": decision.c.action, "decided_rule": decision.c.rule, "decided_kind": decision.c.kind}
    computed |= {"verdict": review.c.what, "reviewed_by": review.c.by, "follows": follows}
    chosen = [computed[name].label(name) if name in computed else reply.c[name] for name in names(ReplyCase)]
    joined = mention.join(reply, reply.c.mention_key == mention.c.key).outerjoin(decision, _is_origin)
    joined = joined.outerjoin(review, review.c.reply_id == reply.c.id)
    query = select(*chosen).select_from(joined).where(_within(since, until))
    return load_all(ReplyCase, connection.execute(query.order_by(reply.c.id)))


def first_texts(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Of replies that staff edited: what we had drafted, and the text as it is now."""
    drafts: dict[int, tuple[str, str]] = {}
    query = select(event.c.reply_id, event.c.detail, reply.c.text).join(reply, reply.c.id == event.c.reply_id)
    for piece in chunks(ids):
        keys = select(reply.c.mention_key).where(reply.c.id.in_(piece))
        edits = query.where(event.c.mention_key.in_(keys), event.c.what == "edited", event.c.reply_id.in_(piece))
        for row in connection.execute(edits.order_by(event.c.id)):
            if row.text and row.detail and row.detail.get("before"):
                drafts.setdefault(row.reply_id, (row.detail["before"], row.text))
    return drafts


def sentiment(connection: Connection, since: datetime, until: datetime, languages: Collection[str]) -> Sentiment:
    """Count the positive, negative and neutral mentions decided in these languages, and those in others."""
    score, is_read = decision.c.compound, decision.c.lang.in_(languages)
    sums = {
        "positive": is_read & (score >= POSITIVE_FROM),
        "negative": is_read & (score <= -POSITIVE_FROM),
        "neutral": is_read & (score > -POSITIVE_FROM) & (score < POSITIVE_FROM),
        "of": is_read,
        "other_languages": ~is_read,
    }
    counted = [func.coalesce(func.sum(case((where, 1), else_=0)), 0).label(name) for name, where in sums.items()]
    query = select(*counted).select_from(mention.join(decision, decisions.is_latest)).where(_within(since, until))
    return Sentiment(**connection.execute(query).one()._mapping)


def complaints(connection: Connection, since: datetime, until: datetime) -> list[Complaint]:
    """Return the mentions that name a problem, complain or threaten to leave, the newest first."""
    signals = json_text(basis.c.signals)
    named = or_(*(signals.contains(f'"{cue}":') for cue in COMPLAINTS))
    public_text = case((mention.c.is_private, ""), else_=mention.c.text).label("text")
    with_signals = mention.join(decision, decisions.is_latest).join(basis)
    query = select(public_text, decision.c.rule, basis.c.signals).select_from(with_signals)
    rows = connection.execute(query.where(_within(since, until), named).order_by(mention.c.key.desc()))
    all_named = (
        Complaint(row.text or "", row.rule, frozenset(row.signals.get("cues", {})), row.signals) for row in rows
    )
    return [complaint for complaint in all_named if complaint.cues & set(COMPLAINTS)]


def list_lags(connection: Connection, since: datetime, until: datetime) -> list[float]:
    """Return in order the seconds until each mention was received that was written since listening began there."""
    joined = mention.join(platform, platform.c.name == mention.c.platform)
    query = select(mention.c.created_at, mention.c.seen_at).select_from(joined)
    rows = connection.execute(query.where(_within(since, until), mention.c.created_at >= platform.c.began_at))
    return sorted(max((row.seen_at - row.created_at).total_seconds(), 0.0) for row in rows)


def count_gaps(connection: Connection, since: datetime, until: datetime) -> tuple[int, int]:
    """Count the stretches that could not be read in the period, and those of them that no person has cleared."""
    joined = gap.outerjoin(notice, notice.c.id == gap.c.notice_id)
    query = select(func.count(), func.count(notice.c.id).filter(notice.c.cleared_at.is_(None))).select_from(joined)
    row = connection.execute(query.where(gap.c.at >= since, gap.c.at < until)).one()
    return row[0], row[1]


def list_outages(connection: Connection, since: datetime, until: datetime) -> list[Outage]:
    """Return when a platform could not be read: its notices that were open in the period."""
    chosen = (notice.c.kind.in_(OUTAGES), notice.c.subject == "reading", notice.c.since < until)
    query = select(notice.c.platform, notice.c.kind, notice.c.since, notice.c.cleared_at).where(*chosen)
    rows = connection.execute(query.where(or_(notice.c.cleared_at.is_(None), notice.c.cleared_at > since)))
    return [
        Outage(
            row.platform,
            row.kind,
            since=max(row.since, since),
            until=min(row.cleared_at or until, until),
            over=row.cleared_at is not None and row.cleared_at <= until,
        )
        for row in rows
    ]


def sum_spend(connection: Connection, since: datetime, until: datetime) -> list[Spend]:
    """Sum what each platform's calls cost in the period."""
    for_reply = case((ledger.c.reply_id.is_not(None), ledger.c.usd), else_=0.0)
    sums: list[ColumnElement[Any]] = [func.sum(ledger.c.usd).label("usd"), func.count().label("calls")]
    sums += [func.sum(for_reply).label("for_replies_usd"), func.count(ledger.c.reply_id.distinct()).label("replies")]
    query = select(ledger.c.platform, *sums).where(ledger.c.at >= since, ledger.c.at < until)
    return load_all(Spend, connection.execute(query.group_by(ledger.c.platform)))
