"""Time windows and times of the week, written as `21:00-08:00`, `sat-sun 00:00-24:00` or `mon-fri 08:00`."""

import re
from datetime import time

from listener.policy import TimeWindow, WeekTime
from listener.settings.scalars import ConfigLocation

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TIME = re.compile(r"(?:([a-z,-]+)\s+)?([0-9]{2}:[0-9]{2})")
WINDOW = re.compile(r"(?:([a-z,-]+)\s+)?([0-9]{2}:[0-9]{2})-([0-9]{2}:[0-9]{2})")


def parse_window(text: str, spot: ConfigLocation) -> TimeWindow:
    """Read `21:00-08:00` or `sat-sun 00:00-24:00`; without days: every day. Raises ConfigError."""
    match = WINDOW.fullmatch(text.strip().lower())
    days = _parse_days(match[1]) if match else None
    start, end = (_parse_time(match[2]), _parse_time(match[3])) if match else (None, None)
    if days is None or start is None or end is None or start == time.max:
        raise spot.as_error(f"is not a time window: {text!r}", 'write it as "21:00-08:00" or "sat-sun 00:00-24:00"')
    if start == end:
        raise spot.as_error(f"is empty: {text!r}", "write 00:00-24:00 for the whole day")
    return TimeWindow(start, end, days)


def parse_week_time(text: str, spot: ConfigLocation) -> WeekTime:
    """Read `08:00` or `mon-fri 08:00`; without days: every day. Raises ConfigError."""
    match = TIME.fullmatch(text.strip().lower())
    days, at = (_parse_days(match[1]), _parse_time(match[2])) if match else (None, None)
    if days is None or at is None or at == time.max:
        raise spot.as_error(f"is not a time: {text!r}", 'write it as "08:00", "mon-fri 08:00" or "mon 08:00"')
    return WeekTime(at, days)


def _parse_time(text: str) -> time | None:
    """Return a time of day, None when it is not one; 24:00 is the last instant of the day."""
    if text == "24:00":
        return time.max
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None


def _parse_days(text: str | None) -> frozenset[int] | None:
    """Return the days of `mon`, `mon-fri`, `sat-mon` or `mon,wed`, 0 being Monday; None when it is none of these."""
    days: set[int] = set()
    for part in (text or "mon-sun").split(","):
        first, _, last = part.partition("-")
        if first not in DAYS or (last or first) not in DAYS or part.endswith("-"):
            return None
        start, length = DAYS.index(first), (DAYS.index(last or first) - DAYS.index(first)) % 7
        days |= {(start + n) % 7 for n in range(length + 1)}
    return frozenset(days)
