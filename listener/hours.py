"""The business-hours clock: how much of a stretch of time lies inside the hours that the policy names."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from listener.policy import Policy, TimeWindow

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def business_time(policy: Policy, start: datetime, end: datetime) -> timedelta:
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
    """When business is open, in order; what a span over midnight has of a holiday does not count."""
    zone = ZoneInfo(policy.timezone)
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        if day not in policy.holidays:
            yield from _of_day(policy.business, day, zone)
        day += DAY


@lru_cache(maxsize=1000)
def _of_day(spans: tuple[TimeWindow, ...], day: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """In UTC: Python compares and subtracts times of one zone by their clock faces, whatever summer time does."""
    faces = [face for span in spans for face in _faces(span, day)]
    return sorted((_instant(start, zone), _instant(end, zone)) for start, end in faces)


def _faces(span: TimeWindow, day: date) -> Iterator[tuple[datetime, datetime]]:
    """What a span has of this day, by the clock's face: its beginning, and the rest of the one of the day before."""
    midnight = datetime.combine(day + DAY, time.min)
    over = span.end == time.max or span.end <= span.start
    if day.weekday() in span.days:
        yield datetime.combine(day, span.start), midnight if over else datetime.combine(day, span.end)
    if over and span.end not in (time.max, time.min) and (day - DAY).weekday() in span.days:
        yield datetime.combine(day, time.min), datetime.combine(day, span.end)


def _instant(face: datetime, zone: ZoneInfo) -> datetime:
    """When the clock shows this; a time that summer time passes over is the moment at which it does."""
    early, late = (face.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (1, 0))
    if late <= early or late.astimezone(zone).replace(tzinfo=None) == face:
        return late
    while late - early > SECOND:
        middle = early + (late - early) / 2
        passed = middle.astimezone(zone).replace(tzinfo=None) > face
        early, late = (early, middle) if passed else (middle, late)
    return late.replace(microsecond=0)
