"""What staff did with our drafts: by rule and by person, why they rejected, and how much they changed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from listener.analysis.report.numbers import distance, measure, middle, rate
from listener.analysis.report.responses import is_automatic, is_sent_by_staff
from listener.policy import Policy
from listener.store import period
from listener.store.period import ReplyCase

TOP = 10  # reasons that are listed
REVIEWS = ("approved", "edited", "rejected", "escalated")  # what staff do with a draft


@dataclass(frozen=True, slots=True)
class RuleDrafts:
    """What became of one rule's drafts; the rates are of those that staff decided on."""

    rule: str
    kind: str
    drafts: int
    decided: int
    approved: int
    edited: int
    rejected: int
    escalated: int
    automatic: int
    ended: int
    open: int
    approve_rate: float | None
    edit_rate: float | None
    reject_rate: float | None


@dataclass(frozen=True, slots=True)
class PersonFigures:
    """What one member of staff did: replies sent that they approved, drafts reviewed, and first responses."""

    name: str
    sent: int
    approved: int
    edited: int
    rejected: int
    escalated: int
    first_responses: int
    median_seconds: float | None
    wall_median_seconds: float | None


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason given for rejecting, and how often."""

    reason: str
    number: int


@dataclass(frozen=True, slots=True)
class Edits:
    """How far the texts of staff are from our drafts: the medians in words, and as a share of the longer text."""

    of: int
    median_words: float | None
    median_share: float | None


def count_drafts(replies: Iterable[ReplyCase]) -> list[RuleDrafts]:
    """Count what became of each rule's drafts."""
    outcomes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for reply in replies:
        if _is_our_draft(reply):
            outcomes[reply.rule, reply.decided_kind or ""][_outcome(reply)] += 1
    return [_rule_drafts(rule, kind, counts) for (rule, kind), counts in sorted(outcomes.items())]


def _is_our_draft(reply: ReplyCase) -> bool:
    """Tell whether it began as a draft of a rule: not as an escalation, nor as a person's own text."""
    return reply.action == "draft" and reply.rule == reply.decided_rule


def _outcome(reply: ReplyCase) -> str:
    if reply.verdict is not None:
        return reply.verdict
    if is_automatic(reply):
        return "automatic"
    return "ended" if reply.state == "closed" else "open"


def _rule_drafts(rule: str, kind: str, counts: Counter[str]) -> RuleDrafts:
    decided = sum(counts[review] for review in REVIEWS)
    return RuleDrafts(
        rule=rule,
        kind=kind,
        drafts=counts.total(),
        decided=decided,
        **{name: counts[name] for name in (*REVIEWS, "automatic", "ended", "open")},
        approve_rate=rate(counts["approved"], decided),
        edit_rate=rate(counts["edited"], decided),
        reject_rate=rate(counts["rejected"], decided),
    )


def count_people(replies: Sequence[ReplyCase], policy: Policy) -> list[PersonFigures]:
    """Count by member of staff, who sent most first."""
    by_sender: dict[str, list[ReplyCase]] = defaultdict(list)
    reviews: dict[str, Counter[str]] = defaultdict(Counter)
    for reply in replies:
        if is_sent_by_staff(reply) and reply.approved_by:
            by_sender[reply.approved_by].append(reply)
        if reply.reviewed_by and reply.verdict and _is_our_draft(reply):
            reviews[reply.reviewed_by][reply.verdict] += 1
    people = [_person(name, by_sender[name], reviews[name], policy) for name in {*by_sender, *reviews}]
    return sorted(people, key=lambda person: (-person.sent, person.name))


def _person(name: str, sent: Sequence[ReplyCase], reviews: Counter[str], policy: Policy) -> PersonFigures:
    first = measure(
        policy, [(reply.age_start_at, reply.sent_at) for reply in sent if reply.sent_at and not reply.follows]
    )
    return PersonFigures(
        name=name,
        sent=len(sent),
        **{review: reviews[review] for review in REVIEWS},
        first_responses=first.of,
        median_seconds=first.median_seconds,
        wall_median_seconds=first.wall_median_seconds,
    )


def count_reasons(replies: Iterable[ReplyCase]) -> list[Reason]:
    """Count the reasons for rejecting, the most frequent first."""
    counts = Counter(" ".join((reply.reason or "").split()) for reply in replies if reply.closed_as == "rejected")
    return [Reason(reason or "no reason kept", number) for reason, number in counts.most_common(TOP)]


def measure_edits(connection: Connection, replies: Iterable[ReplyCase]) -> Edits:
    """Measure in words how far the approved texts are from our drafts."""
    edited = [reply.id for reply in replies if _is_our_draft(reply) and reply.verdict == "edited" and reply.approved_by]
    pairs = [(old.split(), new.split()) for old, new in period.first_texts(connection, edited).values()]
    words = [distance(old, new) for old, new in pairs]
    shares = [steps / max(len(old), len(new), 1) for steps, (old, new) in zip(words, pairs, strict=True)]
    return Edits(len(pairs), middle(words), middle(shares))
