"""The digest: what happened in a period and what waits now, in numbers; the figures are those of `earshot report`."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from listener.analysis.report import Report, report
from listener.analysis.report.opinions import count_categories
from listener.policy import Policy
from listener.store import acts, alert_causes, notices, period, postings, replies
from listener.store.period import Spend
from listener.store.states import WAITING


@dataclass(frozen=True, slots=True)
class Subject:
    """What so many complaints are about, and how many were in the period before. quote: None where none is shown."""

    category: str
    number: int
    before: int
    quote: str | None


@dataclass(frozen=True, slots=True)
class OpenNotice:
    """A notice that is open now."""

    kind: str
    platform: str
    since: datetime
    what: str


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest; the fields are the keys of `earshot digest --json`.

    asked: mentions that asked for an answer; answered by staff, automatically, or by a person on the platform.
    automatic: replies that no person approved, sent or on their way, by kind. announced: announcements sent, by
    platform. applauded: acts of applause done, by kind. waiting, overdue, announcements_waiting, applause_waiting,
    notices: now, whatever the period.
    """

    since: datetime
    until: datetime
    timezone: str
    mentions: int
    mentions_before: int
    asked: int
    by_staff: int
    automatically: int
    on_platform: int
    automatic: dict[str, int]
    waiting: int
    overdue: int
    complaints: int
    complaints_before: int
    subjects: list[Subject]
    announced: dict[str, int]
    announcements_waiting: int
    applauded: dict[str, int]
    applause_waiting: int
    spend: list[Spend]
    notices: list[OpenNotice]


def gather(
    connection: Connection, policy: Policy, since: datetime, until: datetime, now: datetime, *, quotes: bool
) -> Digest:
    """Compute the digest of a period. quotes: with a customer's words for each subject of complaints."""
    measured = report(connection, policy, since, until)
    earlier = period.complaints(connection, measured.previous.since, since)
    states = replies.count_by_state(connection)
    return Digest(
        since=since,
        until=until,
        timezone=policy.timezone,
        mentions=measured.mentions,
        mentions_before=measured.previous.mentions,
        asked=measured.response.asked,
        by_staff=measured.response.staff,
        automatically=measured.response.automatic,
        on_platform=measured.response.on_platform,
        automatic=_automatic(measured),
        waiting=sum(states.get(state, 0) for state in WAITING),
        overdue=alert_causes.count_overdue(connection, now)[0],
        complaints=measured.complaints.of,
        complaints_before=len(earlier),
        subjects=_subjects(measured, earlier, quotes),
        announced=measured.announcements.sent,
        announcements_waiting=len(postings.list_waiting(connection)),
        applauded=acts.count_done(connection, since, until),
        applause_waiting=acts.count_waiting(connection),
        spend=measured.spend,
        notices=_open_notices(connection),
    )


def _automatic(measured: Report) -> dict[str, int]:
    """Count by kind the replies that no person approved."""
    counts: Counter[str] = Counter()
    for rule in measured.rules:
        counts[rule.kind] += rule.automatic
    return dict((+counts).most_common())


def _subjects(measured: Report, earlier: Sequence[period.Complaint], quotes: bool) -> list[Subject]:
    before = count_categories(earlier)
    return [
        Subject(category.category, category.number, before[category.category], category.quote if quotes else None)
        for category in measured.complaints.categories
    ]


def _open_notices(connection: Connection) -> list[OpenNotice]:
    opened = notices.list_open(connection)
    return [OpenNotice(notice.kind, notice.platform, notice.since, notice.what) for notice in opened]
