"""Instants as Bluesky writes them, and TIDs: record keys that carry a time (atproto.com/specs/tid)."""

from datetime import UTC, datetime, timedelta

from listener.platforms.kit.values import time_in

_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: sorts as text, and is what Bluesky's own cursors look like."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def instant(value: object) -> datetime | None:
    """Return the instant that a text names, in UTC; None when it names none, also for a date alone."""
    return time_in(value) if isinstance(value, str) and "T" in value else None  # eight digits would pass for a date


def tid(moment: datetime, salt: int) -> str:
    """A TID of this millisecond; its low 20 bits come from `salt`, so that two mentions of one instant differ."""
    ms = max(0, (moment - _EPOCH) // timedelta(milliseconds=1))
    number = ((ms * 1000 + salt % 1000) << 10 | (salt // 1000) % 1024) & (2**63 - 1)
    return "".join(_DIGITS[(number >> shift) & 31] for shift in range(60, -1, -5))


def tid_instant(key: str) -> datetime | None:
    """When a TID was made; None when it is none."""
    number = _number(key)
    return None if number is None else _EPOCH + timedelta(microseconds=number >> 10)


def salted(key: str, salt: int) -> bool:
    """Whether a TID was made with this salt, as far as its 20 bits tell."""
    number = _number(key)
    return number is not None and (number >> 10) % 1000 == salt % 1000 and number % 1024 == (salt // 1000) % 1024


def _number(key: str) -> int | None:
    if len(key) != 13 or any(char not in _DIGITS for char in key):
        return None
    number = 0
    for char in key:
        number = number << 5 | _DIGITS.index(char)
    return number & (2**63 - 1)
