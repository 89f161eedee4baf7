"""Who was answered, how soon, by whom, and who still waits."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from listener.analysis.report.numbers import Durations, measure, rate
from listener.policy import Policy
from listener.store.draft_reviews import MACHINE
from listener.store.period import ReplyCase
from listener.store.states import GOING

SENT = ("staff", "automatic")  # the groups that have a sent reply of ours


@dataclass(frozen=True, slots=True)
class Response:
    """Of the mentions that asked for an answer, how many are in each group of docs/report.md."""

    asked: int
    staff: int
    automatic: int
    on_platform: int
    ended: int
    waiting: int
    rate: float | None


@dataclass(frozen=True, slots=True)
class KindTargets:
    """How many response targets were met."""

    met: int
    missed: int
    rate: float | None


@dataclass(frozen=True, slots=True)
class Targets(KindTargets):
    """How many response targets were met, in all and by kind of reply."""

    kinds: dict[str, KindTargets]


def count_responses(replies: Sequence[ReplyCase]) -> Response:
    """Put each mention that asked for an answer into its group. replies: in the order they were made."""
    groups = Counter(group for group, _ in _last_groups(replies).values())
    answered = groups["staff"] + groups["automatic"] + groups["on_platform"]
    return Response(
        asked=groups.total(),
        staff=groups["staff"],
        automatic=groups["automatic"],
        on_platform=groups["on_platform"],
        ended=groups["ended"],
        waiting=groups["waiting"],
        rate=rate(answered, groups.total()),
    )


def _last_groups(replies: Sequence[ReplyCase]) -> Mapping[int, tuple[str, ReplyCase]]:
    """Return by mention its group and the reply that decides it: the last one, unless an earlier one was sent."""
    groups: dict[int, tuple[str, ReplyCase]] = {}
    for reply in replies:
        if reply.key not in groups or groups[reply.key][0] not in SENT:
            groups[reply.key] = (_group(reply), reply)
    return groups


def _group(reply: ReplyCase) -> str:
    if reply.state == "sent":
        return "automatic" if reply.approved_by == MACHINE else "staff"
    if reply.answered_remotely:
        return "on_platform"
    return "ended" if reply.state == "closed" and reply.closed_as != "expired" else "waiting"


def measure_waiting(replies: Sequence[ReplyCase], policy: Policy, now: datetime) -> Durations:
    """Measure how long the mentions have waited until now that still wait; an expired one waits no more."""
    waiting = [reply for group, reply in _last_groups(replies).values() if group == "waiting"]
    return measure(policy, [(reply.age_start_at, now) for reply in waiting if reply.state != "closed"])


def measure_first_responses(replies: Iterable[ReplyCase], policy: Policy) -> Durations:
    """Measure from a mention to the first answer by staff in its conversation."""
    first = [reply for reply in replies if is_sent_by_staff(reply) and not reply.follows]
    return measure(policy, [(reply.age_start_at, reply.sent_at) for reply in first if reply.sent_at])


def is_sent_by_staff(reply: ReplyCase) -> bool:
    """Tell whether it was sent and a person approved it."""
    return reply.state == "sent" and reply.approved_by != MACHINE


def is_automatic(reply: ReplyCase) -> bool:
    """Tell whether it was approved automatically and is sent or on its way; one that failed waits for staff."""
    return reply.approved_by == MACHINE and reply.state in GOING


def count_targets(replies: Iterable[ReplyCase], now: datetime) -> Targets:
    """Count the due times that were kept; replies that are not due yet, or ended by staff, are left out."""
    kinds: dict[str, Counter[bool]] = defaultdict(Counter)
    for reply in replies:
        is_met = _met_target(reply, now)
        if is_met is not None:
            kinds[reply.kind or "escalated"][is_met] += 1
    total = sum(kinds.values(), Counter[bool]())
    by_kind = {
        kind: KindTargets(met[True], met[False], rate(met[True], met.total())) for kind, met in sorted(kinds.items())
    }
    return Targets(total[True], total[False], rate(total[True], total.total()), by_kind)


def _met_target(reply: ReplyCase, now: datetime) -> bool | None:
    """Tell whether a reply was sent by its due time; None where that is not known yet, or nobody promised it."""
    if reply.due_at is None or is_automatic(reply) or (reply.state == "closed" and reply.closed_as != "expired"):
        return None
    if reply.state == "sent" and reply.sent_at is not None:
        return reply.sent_at <= reply.due_at
    return False if reply.due_at < now or reply.state == "closed" else None
