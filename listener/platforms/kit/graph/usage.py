"""How many calls a day has, and what Meta's usage headers say: shares of limits in per cent, minutes until they end.

Pages may be called 4,800 times a day for each person who engaged with them, accounts on Instagram by impressions: a
quiet one has next to no budget. The headers are missing until an app has made enough calls.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta

from listener.errors import ReadFailed
from listener.model import Json
from listener.platforms.kit.values import Untrusted, object_in, objects_in
from listener.protocols import Purpose

HIGH = 75  # per cent of a limit from which calls are made at half the pace
FULL = 100
_BUSINESS = "x-business-use-case-usage"  # {"ID": [{"type": ..., "call_count": %, ...}]}
_PLAIN = ("x-app-usage", "x-page-usage")  # {"call_count": %, ...}
_SHARES = ("call_count", "total_cputime", "total_time")
_REGAIN = "estimated_time_to_regain_access"  # minutes
_READ_SHARE = 0.9  # of a day's calls; the rest is kept for sending


def busiest_share(headers: Mapping[str, str]) -> float:
    """Return the highest share of any limit that the headers name, in per cent; 0 without one."""
    return max((_number(entry.get(name)) for entry in _entries(headers) for name in _SHARES), default=0.0)


def regain_time(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long the headers ask to wait; None where they name no time, or none ahead."""
    longest = max((_number(entry.get(_REGAIN)) for entry in _entries(headers)), default=0.0)
    return timedelta(minutes=min(longest, 24 * 60)) if longest > 0 else None


def _entries(headers: Mapping[str, str]) -> Iterator[Untrusted]:
    for listed in _parse(headers.get(_BUSINESS)).values():
        yield from objects_in(listed)
    yield from (_parse(headers.get(name)) for name in _PLAIN)


def _parse(value: str | None) -> Untrusted:
    with suppress(ValueError, RecursionError):
        return object_in(json.loads(value or ""))
    return {}


def _number(value: object) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e6
    return float(value) if is_number else 0.0  # type: ignore[arg-type]  # checked above


class CallBudget:
    """Calls of a UTC day, counted here and kept in the cursor. most: our own limit of a day; used: today's calls.

    share: the busiest limit by the last answer, in per cent; round_at: when the last round of reading began.
    """

    def __init__(self, most: int) -> None:
        self.most, self.used, self.share = most, 0, 0.0
        self.round_at: datetime | None = None
        self._day = ""

    def load(self, stored: Json, now: datetime) -> None:
        """Take over what another process counted today."""
        self._begin_day(now)
        if stored.get("day") == self._day:
            self.used = max(self.used, int(stored.get("used", 0)))
        if self.round_at is None and stored.get("round_at"):
            self.round_at, self.share = datetime.fromisoformat(stored["round_at"]), float(stored.get("share", 0.0))

    def dump(self) -> Json:
        """Return what the cursor keeps."""
        round_at = self.round_at.isoformat() if self.round_at else ""
        return {"day": self._day, "used": self.used, "share": self.share, "most": self.most, "round_at": round_at}

    def describe(self) -> str:
        """Return how far the limits are used, in words."""
        share = f"Meta's busiest limit is at {self.share:.0f} %" if self.share else "Meta names no limit yet"
        return f"at most {self.most:,} calls a UTC day are made (daily_calls); {share}"

    def count(self, headers: Mapping[str, str] | None, now: datetime) -> None:
        """Count a call; keep what its answer says of the limits. headers: None without an answer of Meta's."""
        self._begin_day(now)
        self.used += 1
        self.share = self.share if headers is None else busiest_share(headers)

    def require(self, now: datetime, purpose: Purpose) -> None:
        """Raise ReadFailed when the day's calls are used up; reading leaves some for sending."""
        self._begin_day(now)
        limit = self.most * (_READ_SHARE if purpose == "read" else 1.0)
        if self.used >= limit:
            message = f"{self.used} of the day's {self.most} calls to Meta are made"
            raise ReadFailed(message, "raise daily_calls in earshot.toml", cause="rate", retry_at=_midnight(now))

    def is_pausing(self, now: datetime, interval: timedelta) -> bool:
        """Return whether this round is left out, because the limits are nearly reached: half the pace."""
        is_near = self.share >= HIGH or self.used * 100 >= self.most * HIGH
        return is_near and self.round_at is not None and timedelta(0) <= now - self.round_at < interval * 1.5

    def _begin_day(self, now: datetime) -> None:
        today = now.astimezone(UTC).date().isoformat()
        if self._day != today:
            self._day, self.used = today, 0


def _midnight(now: datetime) -> datetime:
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)


def describe_calls(stored: Untrusted) -> str:
    """Return a line of `status` about the calls that a cursor has kept."""
    calls = object_in(stored.get("calls"))
    if not calls:
        return "no call has been made yet"
    share = f"; busiest limit of Meta at {calls['share']:.0f} %" if calls.get("share") else ""
    return f"{calls['used']:,} of {calls['most']:,} calls on {calls['day']} (UTC){share}"
