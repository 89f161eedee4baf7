"""Values of JSON whose shape a server does not guarantee: each reader returns what is there, or nothing."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

Untrusted = Mapping[str, object]
"""A JSON object from outside: no value of it can be used before its type is checked."""

_NOT_STORABLE = re.compile(r"[\x00\ud800-\udfff]")  # what no database takes


def object_in(value: object) -> Untrusted:
    """Return the JSON object, or an empty one."""
    return value if isinstance(value, dict) else {}


def objects_in(value: object) -> list[Untrusted]:
    """Return the JSON objects of a list, or none."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text_in(value: object) -> str | None:
    """Return a text that a database takes, or None where there is none."""
    return clean(value) if isinstance(value, str) and value else None


def clean(text: str) -> str:
    """Replace NUL and lone surrogates, which no database takes, by U+FFFD."""
    return _NOT_STORABLE.sub("\ufffd", text)


def time_in(value: object) -> datetime | None:
    """Return the time that an ISO 8601 text names, in UTC, or None."""
    try:
        return require_time(value)
    except (ValueError, OverflowError):
        return None


def require_time(value: object) -> datetime:
    """Return the time that an ISO 8601 text names, in UTC. Raises ValueError, OverflowError."""
    if not isinstance(value, str):
        raise ValueError("not a time")
    moment = datetime.fromisoformat(value)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
