"""`earshot report`: the metrics of a period, as docs/report.md defines them. Reads, never writes.

A report covers the mentions received from `since` to `until`, with their status at `until`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from listener.analysis.report.announced import AnnouncementFigures, count_announcements
from listener.analysis.report.club import ClubFigures, count_club
from listener.analysis.report.drafts import (
    Edits,
    PersonFigures,
    Reason,
    RuleDrafts,
    count_drafts,
    count_people,
    count_reasons,
    measure_edits,
)
from listener.analysis.report.learning import Learning, list_learning
from listener.analysis.report.listening import Listening, measure_listening
from listener.analysis.report.numbers import Durations
from listener.analysis.report.opinions import Complaints, NetSentiment, count_complaints, summarize_sentiment
from listener.analysis.report.responses import (
    Response,
    Targets,
    count_responses,
    count_targets,
    measure_first_responses,
    measure_waiting,
)
from listener.analysis.report.volume import Volume, count_volume
from listener.policy import Policy
from listener.store import period
from listener.store.period import MentionCount, Spend


@dataclass(frozen=True, slots=True)
class Previous:
    """The main metrics of the period of the same length that ended where this one begins."""

    since: datetime
    until: datetime
    mentions: int
    asked: int
    answered_rate: float | None
    median_seconds: float | None
    wall_median_seconds: float | None
    targets_rate: float | None
    net_sentiment: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """Every metric; the fields are the keys of `earshot report --json`."""

    since: datetime
    until: datetime
    timezone: str
    clock: str
    mentions: int
    previous: Previous
    volume: Volume
    response: Response
    first_response: Durations
    waiting: Durations
    targets: Targets
    people: list[PersonFigures]
    rules: list[RuleDrafts]
    reject_reasons: list[Reason]
    edits: Edits
    sentiment: NetSentiment
    complaints: Complaints
    listening: Listening
    learning: list[Learning]
    club: ClubFigures
    announcements: AnnouncementFigures
    spend: list[Spend]


def report(connection: Connection, policy: Policy, since: datetime, until: datetime) -> Report:
    """Compute every metric of a period, and the main ones of the period before."""
    counts = period.mention_counts(connection, since, until)
    replies = period.list_cases(connection, since, until)
    return Report(
        since=since,
        until=until,
        timezone=policy.timezone,
        clock="in business hours" if policy.business_hours else "around the clock",
        mentions=_total(counts),
        previous=_previous(connection, policy, since, until),
        volume=count_volume(counts, policy),
        response=count_responses(replies),
        first_response=measure_first_responses(replies, policy),
        waiting=measure_waiting(replies, policy, until),
        targets=count_targets(replies, until),
        people=count_people(replies, policy),
        rules=count_drafts(replies),
        reject_reasons=count_reasons(replies),
        edits=measure_edits(connection, replies),
        sentiment=summarize_sentiment(period.sentiment(connection, since, until, policy.languages), policy),
        complaints=count_complaints(period.complaints(connection, since, until)),
        listening=measure_listening(connection, since, until),
        learning=list_learning(connection, since, until),
        club=count_club(connection, policy.club, since, until),
        announcements=count_announcements(connection, since, until),
        spend=period.sum_spend(connection, since, until),
    )


def _total(counts: Sequence[MentionCount]) -> int:
    return sum(count.number for count in counts)


def _previous(connection: Connection, policy: Policy, since: datetime, until: datetime) -> Previous:
    """Compute the main metrics of the period before, with the status of its mentions now."""
    length = min(max(until - since, timedelta()), since - datetime.min.replace(tzinfo=UTC))
    begins = since - length
    replies = period.list_cases(connection, begins, since)
    response, first = count_responses(replies), measure_first_responses(replies, policy)
    sentiment = summarize_sentiment(period.sentiment(connection, begins, since, policy.languages), policy)
    return Previous(
        since=begins,
        until=since,
        mentions=_total(period.mention_counts(connection, begins, since)),
        asked=response.asked,
        answered_rate=response.rate,
        median_seconds=first.median_seconds,
        wall_median_seconds=first.wall_median_seconds,
        targets_rate=count_targets(replies, until).rate,
        net_sentiment=sentiment.net,
    )
