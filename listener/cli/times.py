"""Times as people write them on the command line: ISO 8601, or an age such as 7d or 2h."""

from datetime import UTC, datetime, timedelta

from listener.errors import InputError

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
LONGEST = timedelta(days=3650)


def span(text: str) -> timedelta:
    """Read `90s`, `15m`, `2h`, `7d` or `1w`. Raises InputError."""
    number, unit = text[:-1], text[-1:]
    if unit not in UNITS or not number.isascii() or not number.isdigit() or int(number) == 0:
        raise InputError(f"{text!r} is not a span of time", "write 90s, 15m, 2h or 7d")
    if len(number) > 9 or timedelta(seconds=int(number) * UNITS[unit]) > LONGEST:
        raise InputError(f"{text!r} is too long", "ten years is the longest")
    return timedelta(seconds=int(number) * UNITS[unit])


def moment(text: str, now: datetime) -> datetime:
    """Read ISO 8601 (UTC where it names no zone), or an age. Raises InputError."""
    if text[-1:] in UNITS and text[:-1].isdigit():
        return now - span(text)
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InputError(f"{text!r} is not a time", "write 2026-11-22T09:00:00Z, 2026-11-22, 7d or 2h") from error


def coming(text: str, now: datetime) -> datetime:
    """Read a time to come: ISO 8601 (UTC where it names no zone), `2h` from now, or `now`. Raises InputError."""
    return now if text == "now" else ahead(text, now)


def ahead(text: str, now: datetime) -> datetime:
    """Read ISO 8601 or a span from now, such as 90d: a time to come. Raises InputError."""
    until = now + span(text) if text[-1:] in UNITS and text[:-1].isdigit() else moment(text, now)
    if until <= now:
        raise InputError(f"{text!r} is in the past", "write a time to come, such as 90d or 2027-01-31")
    return until


def ago(then: datetime | None, now: datetime) -> str:
    """Return such as `3 min ago`."""
    if then is None:
        return "never"
    seconds = (now - then).total_seconds()
    return f"in {compact_duration(-seconds)}" if seconds < 0 else f"{compact_duration(seconds)} ago"


def compact_duration(seconds: float) -> str:
    """Return a length of time in its largest unit, such as `3 min`."""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
