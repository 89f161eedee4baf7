"""Read single values of TOML as the types that settings use, and name the location of a fault."""

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import NoneType

from listener.errors import ConfigError, Problem

MAX_DURATION = timedelta(days=3650)
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
TYPE_NAMES: dict[object, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text in quotes",
    Path: "the path of a file, in quotes",
    date: "a date such as 2026-01-31",
    datetime: "a time such as 2026-01-31T09:00:00Z",
    timedelta: 'a duration such as "90s", "15m", "2h" or "7d"',
    NoneType: '"none"',
}


@dataclass(frozen=True, slots=True)
class ConfigLocation:
    """A place in the configuration, written `policy.toml [limits] max_age`. Relative paths are relative to folder."""

    file: str
    folder: Path = Path()
    table: str = ""
    key: str = ""

    def __str__(self) -> str:
        table = self.table and (self.table if self.table.startswith("[") else f"[{self.table}]")
        return " ".join(part for part in (self.file, table, self.key) if part)

    def at(self, key: str) -> "ConfigLocation":
        """Return the location of a key of this table."""
        return replace(self, key=key)

    def inside(self, name: str) -> "ConfigLocation":
        """Return the location of a table inside this table."""
        return replace(self, table=f"{self.table}.{name}" if self.table else name, key="")

    def as_error(self, what: str, do: str) -> ConfigError:
        """Return a single fault at this location, to be raised."""
        return ConfigError([Problem(str(self), what, do)])


class WrongType(ConfigError):
    """The value has the wrong type; another member of a union may still take it."""


def mistyped(location: ConfigLocation, wanted: str, value: object) -> WrongType:
    """Return the fault of a value of the wrong type, to be raised."""
    return WrongType([Problem(str(location), f"expected {wanted}, found {show(value)}", "correct it")])


def show(value: object) -> str:
    """Return a value as TOML writes it, shortened."""
    if isinstance(value, (dict, list)):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, (date, time)):
        return value.isoformat()
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, (str, bool)) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _read_bool(value: object, location: ConfigLocation) -> bool:
    if not isinstance(value, bool):
        raise mistyped(location, TYPE_NAMES[bool], value)
    return value


def _read_int(value: object, location: ConfigLocation) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise mistyped(location, TYPE_NAMES[int], value)
    if abs(value) >= 2**63:
        raise location.as_error("is too large", "write a smaller number")
    return value


def _read_float(value: object, location: ConfigLocation) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise mistyped(location, TYPE_NAMES[float], value)
    if abs(value) > 1e300 or not math.isfinite(value):
        raise location.as_error(f"is not a usable number: {show(value)}", "write a finite number")
    return float(value)


def _read_text(value: object, location: ConfigLocation) -> str:
    if not isinstance(value, str):
        raise mistyped(location, TYPE_NAMES[str], value)
    if "\0" in value:
        raise location.as_error("contains a NUL character", "remove it")
    return value


def _read_path(value: object, location: ConfigLocation) -> Path:
    path = location.folder / _read_text(value, location)
    try:
        exists = value != "" and path.exists()
    except OSError as error:
        raise location.as_error(f"cannot be read: {path}: {error.strerror}", "correct the path") from None
    if not exists:
        raise location.as_error(f"there is no such file: {path}", "correct the path, or create the file")
    return path


def _read_date(value: object, location: ConfigLocation) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise mistyped(location, TYPE_NAMES[date], value) from None


def _read_time(value: object, location: ConfigLocation) -> datetime:
    """Return a time as aware and in UTC; a time without an offset is UTC."""
    try:
        text = value.isoformat() if isinstance(value, date) else value
        when = datetime.fromisoformat(text)  # type: ignore[arg-type]
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise mistyped(location, TYPE_NAMES[datetime], value) from None


def _read_duration(value: object, location: ConfigLocation) -> timedelta:
    parts = re.fullmatch(r"\s*([0-9]{1,9}(?:\.[0-9]{1,6})?)\s*([smhd])\s*", value) if isinstance(value, str) else None
    if parts is None:
        raise mistyped(location, TYPE_NAMES[timedelta], value)
    length = min(MAX_DURATION * 2, timedelta(**{UNITS[parts[2]]: float(parts[1])}))
    if not timedelta(0) < length <= MAX_DURATION:
        raise location.as_error(f"is out of bounds: {show(value)}", "write more than 0s and at most 3650d")
    return length


def _read_none(value: object, location: ConfigLocation) -> None:
    if value != "none":
        raise mistyped(location, TYPE_NAMES[NoneType], value)


SCALARS: dict[object, Callable[[object, ConfigLocation], object]] = {
    bool: _read_bool,
    int: _read_int,
    float: _read_float,
    str: _read_text,
    Path: _read_path,
    date: _read_date,
    datetime: _read_time,
    timedelta: _read_duration,
    NoneType: _read_none,
}
