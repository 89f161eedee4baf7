"""The business-hours clock: how much of a stretch of time lies inside the hours that the policy names."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from listener.policy import Policy, Span

DAY = timedelta(days=1)


def worked(policy: Policy, start: datetime, end: datetime) -> timedelta:
    """The business hours from start to end; all of it where the policy names none. Never negative."""
    if not policy.business:
        return max(end - start, timedelta())
    total, reached = timedelta(), start
    for opens, closes in _open(policy, start, end):
        begins, ends = max(opens, reached), min(closes, end)  # of hours that overlap none is counted twice
        if begins < ends:
            total, reached = total + (ends - begins), ends
    return total


def _open(policy: Policy, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """When business is open, in order; a span that runs over midnight began the day before."""
    zone = ZoneInfo(policy.timezone)
    day, last = start.astimezone(zone).date() - DAY, end.astimezone(zone).date()
    while day <= last:
        if day not in policy.holidays:
            yield from _of_day(policy.business, day, zone)
        day += DAY


@lru_cache(maxsize=1000)
def _of_day(spans: tuple[Span, ...], day: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """In UTC: Python compares and subtracts times of one zone by their clock faces, whatever summer time does."""
    found = [bounds(span, day, zone) for span in spans if day.weekday() in span.days]
    return sorted((start.astimezone(UTC), end.astimezone(UTC)) for start, end in found)


def bounds(span: Span, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When a span of this day begins and ends."""
    if span.end == time.max:
        return datetime.combine(day, span.start, zone), datetime.combine(day + DAY, time.min, zone)
    over = span.end <= span.start
    return datetime.combine(day, span.start, zone), datetime.combine(day + DAY * over, span.end, zone)
