"""Business hours, quiet hours and due times: one arithmetic for all three, with summer time right in each.

Pure: every time comes in as an argument. Windows are laid out in UTC, because Python compares and subtracts two times
of one zone by what the clock on the wall shows. A wall time that comes twice means the first time it comes; one that
summer time skips means the moment of the jump.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from listener.policy import Policy, TimeWindow, WeekTime

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
HORIZON_DAYS = 3653  # ten years: a target that takes longer falls due at the last closing time within them
SHORTEST = timedelta(minutes=10)  # what a tier leaves of a target
URGENCY_IMMEDIATE = 2  # the highest urgency: danger to people
Interval = tuple[datetime, datetime]  # from and to, in UTC


def business_time(policy: Policy, start: datetime, end: datetime) -> timedelta:
    """Return how much of start to end lies in business hours; all of it where the policy has none. Never negative."""
    if not policy.business_hours:
        return max(end - start, timedelta())
    last_day = end.astimezone(ZoneInfo(policy.timezone)).date()
    intervals = _open_intervals(policy, start, last_day)
    return sum((min(closes, end) - opens for opens, closes in intervals if opens < end), timedelta())


def due_at(policy: Policy, start: datetime, target: timedelta) -> datetime:
    """Return when `target` has passed since start, counted in business hours where the policy has them."""
    if not policy.business_hours:
        return start + target
    left, closed = target, start
    last_day = start.astimezone(ZoneInfo(policy.timezone)).date() + HORIZON_DAYS * DAY
    for opens, closes in _open_intervals(policy, start, last_day):
        if left <= closes - opens:
            return opens + left
        left, closed = left - (closes - opens), closes
    return closed


def response_due(
    policy: Policy, kind: str | None, urgency: int, start: datetime, share: float = 1.0
) -> datetime | None:
    """Return when a reply is due: the response target of its kind (None: an escalation) after start, in business hours.

    share: of the target, for a member; at least SHORTEST of it is left. An urgent reply has half the target. One that
    cannot wait (URGENCY_IMMEDIATE) has a quarter of the shortest target of the policy, whatever its kind, and its time
    runs around the clock. None where the policy has no target.
    """
    config = policy.responder_config(kind) if kind else None
    target = config.due if config else policy.limits.escalation_due
    if urgency >= URGENCY_IMMEDIATE:
        targets = [responder.due for responder in policy.responders] + [target]
        shortest = min((span for span in targets if span is not None), default=None)
        return None if shortest is None else start + shortest / 4
    return None if target is None else due_at(policy, start, _shorten(target / 2**urgency, share))


def _shorten(target: timedelta, share: float) -> timedelta:
    return min(target, max(target * share, SHORTEST))


def quiet_until(policy: Policy, now: datetime) -> datetime | None:
    """Return when the quiet hours end that `now` lies in, in UTC; None outside them."""
    zone = ZoneInfo(policy.timezone)
    today = now.astimezone(zone).date()
    for window in policy.quiet_hours:
        for day in (today, today - DAY):  # a window over midnight began yesterday
            interval = _interval(window, day, zone)
            if interval is not None and interval[0] <= now < interval[1]:
                return interval[1]
    return None


def opens_at(policy: Policy, windows: tuple[TimeWindow, ...], now: datetime) -> datetime:
    """Return now if it lies in one of these windows, else when the next of them begins; now where there is none."""
    zone = ZoneInfo(policy.timezone)
    today = now.astimezone(zone).date()
    for number in range(9):  # a window comes at least once a week; one over midnight began yesterday
        intervals = (_interval(window, today + (number - 1) * DAY, zone) for window in windows)
        ahead = sorted(interval for interval in intervals if interval is not None and interval[1] > now)
        if ahead:
            return max(ahead[0][0], now)
    return now


def latest_time(policy: Policy, times: tuple[WeekTime, ...], now: datetime) -> datetime | None:
    """Return when one of these times was last, now included; None where there is none."""
    zone = ZoneInfo(policy.timezone)
    today = now.astimezone(zone).date()
    days = [today - number * DAY for number in range(-1, 8)]  # tomorrow too: a jump of the clock may move midnight
    instants = [
        _instant(datetime.combine(day, moment.at), zone)
        for day in days
        for moment in times
        if day.weekday() in moment.days
    ]
    return max((instant for instant in instants if instant <= now), default=None)


def duration_text(span: timedelta) -> str:
    """Return a duration of the policy as people write it: 7 days, 36 h, 90 min."""
    minutes = round(span.total_seconds() / 60)
    if minutes % 1440 == 0:
        return "1 day" if minutes == 1440 else f"{minutes // 1440} days"
    return f"{minutes} min" if minutes % 60 else f"{minutes // 60} h"


def _open_intervals(policy: Policy, start: datetime, last_day: date) -> Iterator[Interval]:
    """Yield the business hours from start on, in order and without overlap, up to the end of the last day."""
    zone = ZoneInfo(policy.timezone)
    day, reached = start.astimezone(zone).date(), start
    while day <= last_day:
        for opens, closes in () if day in policy.holidays else _business_day(policy.business_hours, day, zone):
            if closes > reached:
                yield max(opens, reached), closes
                reached = closes
        day += DAY


@lru_cache(maxsize=4_000)
def _business_day(windows: tuple[TimeWindow, ...], day: date, zone: ZoneInfo) -> list[Interval]:
    """Return the business hours from midnight to midnight: a holiday keeps no part of a night shift beside it."""
    begins, ends = (
        _instant(datetime.combine(day, time.min), zone),
        _instant(datetime.combine(day + DAY, time.min), zone),
    )
    shifts = [_interval(window, first, zone) for window in windows for first in (day - DAY, day)]
    inside = [(max(shift[0], begins), min(shift[1], ends)) for shift in shifts if shift is not None]
    return sorted((opens, closes) for opens, closes in inside if opens < closes)


def _interval(window: TimeWindow, day: date, zone: ZoneInfo) -> Interval | None:
    """Return the interval of a window that begins on this day; None when it begins on other days only."""
    if day.weekday() not in window.days:
        return None
    if window.end == time.max:
        last = datetime.combine(day + DAY, time.min)
    else:
        last = datetime.combine(day + DAY if window.end <= window.start else day, window.end)
    return _instant(datetime.combine(day, window.start), zone), _instant(last, zone)


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment, in UTC, at which the clock on the wall shows this, or jumps over it."""
    early, late = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (1, 0))
    if late <= early or late.astimezone(zone).replace(tzinfo=None) == wall:
        return late
    while late - early > SECOND:
        middle = early + (late - early) / 2
        has_jumped = middle.astimezone(zone).replace(tzinfo=None) > wall
        early, late = (early, middle) if has_jumped else (middle, late)
    return late.replace(microsecond=0)
