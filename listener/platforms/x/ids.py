"""X's ids: text everywhere, compared as numbers, and a clock: a snowflake id holds its millisecond of creation."""

from datetime import UTC, datetime, timedelta
from typing import TypeGuard

_EPOCH_MS = 1288834974657  # ms = (id >> 22) + this: X's snowflake epoch, in many field reports
_MOST = 19  # digits: X's own pattern is ^[0-9]{1,19}$


def is_id(value: object) -> TypeGuard[str]:
    """True for one to nineteen ASCII digits."""
    return isinstance(value, str) and 0 < len(value) <= _MOST and value.isascii() and value.isdecimal()


def number(value: str) -> int:
    """The id as a number; an empty text is 0: before every post."""
    return int(value) if value else 0


def id_at(moment: datetime) -> str:
    """The smallest id of a post made at this moment; "" before X's first."""
    ms = int(moment.timestamp() * 1000) - _EPOCH_MS
    return str(ms << 22) if ms > 0 else ""


def time_of_id(value: str) -> datetime:
    """When the post of this id was made."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=(number(value) >> 22) + _EPOCH_MS)


def earlier_id(value: str, span: timedelta) -> str:
    """The id that lies this span of time before; "" at the start of time."""
    lowered = number(value) - (int(span.total_seconds() * 1000) << 22)
    return str(lowered) if lowered > 0 else ""


def highest(*values: str) -> str:
    """The newest of these ids, compared as numbers; "" when there is none."""
    return max(values, key=number, default="")


def lowest(*values: str) -> str:
    """The oldest of these ids, leaving out empty ones; "" when there is none."""
    return min((value for value in values if value), key=number, default="")
