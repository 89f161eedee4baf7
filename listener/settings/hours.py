"""Stretches of the week, written as `21:00-08:00` or `sat-sun 00:00-24:00`."""

import re
from datetime import time

from listener.policy import TimeWindow
from listener.settings.scalars import ConfigLocation

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPAN = re.compile(r"(?:([a-z,-]+)\s+)?([0-9]{2}:[0-9]{2})-([0-9]{2}:[0-9]{2})")


def span(text: str, spot: ConfigLocation) -> TimeWindow:
    """`21:00-08:00` or `sat-sun 00:00-24:00`; without days: every day."""
    found = SPAN.fullmatch(text.strip().lower())
    days = _days(found[1]) if found else None
    start, end = (_clock(found[2]), _clock(found[3])) if found else (None, None)
    if days is None or start is None or end is None or start == time.max:
        raise spot.fault(f"is no stretch of time: {text!r}", 'write it as "21:00-08:00" or "sat-sun 00:00-24:00"')
    if start == end:
        raise spot.fault(f"is empty: {text!r}", "write 00:00-24:00 for the whole day")
    return TimeWindow(start, end, days)


def _clock(text: str) -> time | None:
    """A time of day; 24:00 is its last instant."""
    if text == "24:00":
        return time.max
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None


def _days(text: str | None) -> frozenset[int] | None:
    """`mon`, `mon-fri`, `sat-mon`, `mon,wed`; None when it is none of these."""
    days: set[int] = set()
    for part in (text or "mon-sun").split(","):
        first, _, last = part.partition("-")
        if first not in DAYS or (last or first) not in DAYS or part.endswith("-"):
            return None
        start, length = DAYS.index(first), (DAYS.index(last or first) - DAYS.index(first)) % 7
        days |= {(start + n) % 7 for n in range(length + 1)}
    return frozenset(days)
