"""An HTTP answer, a call that brought none, and what headers say about time. Needs no network library."""

import json
import random
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from listener.model import Json
from listener.platforms.kit.breaker import with_jitter

_LONGEST, _SHORTEST = timedelta(hours=25), timedelta(seconds=5)  # a day's limit and some; a reset in the past
_QUERY = re.compile(r"(https?://[^\s?#'\"]*)[?#][^\s'\"]*")


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An HTTP answer, whatever its status. headers: names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON. Raises ValueError also for NaN and for depth beyond the parser's."""
        try:
            return json.loads(self.body, parse_constant=_no_constant)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error

    def object(self) -> Json:
        """Return the body as a JSON object, or an empty one when it is anything else."""
        try:
            parsed = self.json()
        except ValueError:
            return {}
        return parsed if isinstance(parsed, dict) else {}


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


class CallFailed(Exception):
    """A call without an answer, or with one that cannot be read. message: one line, without a URL's query.

    request_sent: False when the server surely never saw the request; disconnected: the connection broke, rather than
    that time ran out.
    """

    def __init__(self, message: str, *, request_sent: bool, disconnected: bool = False) -> None:
        super().__init__(message)
        self.message, self.request_sent, self.disconnected = message, request_sent, disconnected


def one_line(error: BaseException | str) -> str:
    """Return an error as one line of at most 200 characters, without queries of URLs, which may hold tokens."""
    shown = " ".join(_QUERY.sub(r"\1", str(error)).split())[:200]
    return shown or type(error).__name__


def limit_ends(
    headers: Mapping[str, str], resets: Iterable[str], window: timedelta, now: datetime, rng: random.Random
) -> datetime:
    """Return when a rate limit ends: the latest of the `resets` headers and Retry-After, with jitter on top.

    Without a readable header a window; in the past a few seconds; never more than a day and an hour. headers: names in
    lower case.
    """
    served = headers.get("date")
    ends = [header_time(now, headers.get(name), served) for name in resets]
    ends.append(seconds_or_date(now, headers.get("retry-after"), served))
    known = max((end for end in ends if end is not None), default=None)
    pause = window if known is None else min(max(known - now, _SHORTEST), _LONGEST)
    return now + with_jitter(pause, rng)


def header_time(now: datetime, value: str | None, served: str | None = None) -> datetime | None:
    """Return the instant a header names, on our clock; None when it is missing or unreadable.

    value: unix seconds or milliseconds, ISO 8601, or an HTTP date; served: the answer's Date header. The distance is
    reckoned from the server's clock, so that a wrong clock here moves nothing.
    """
    instant = _instant(value)
    return None if instant is None else now + (instant - (_instant(served) or now))


def seconds_or_date(now: datetime, value: str | None, served: str | None = None) -> datetime | None:
    """Like header_time for Retry-After, whose number is a distance in seconds."""
    if value is not None and value.strip().isdecimal() and len(value.strip()) < 9:
        return now + timedelta(seconds=int(value))
    return header_time(now, value, served)


def _instant(value: str | None) -> datetime | None:
    if not value:
        return None
    for read in (_from_unix, datetime.fromisoformat, parsedate_to_datetime):
        with suppress(ValueError, OverflowError, OSError, TypeError):
            instant = read(value.strip())
            return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return None


def _from_unix(value: str) -> datetime:
    number = float(value)
    return datetime.fromtimestamp(number / 1000 if number > 1e11 else number, UTC)
