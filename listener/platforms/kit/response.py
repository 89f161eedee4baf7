"""An HTTP answer, a call that brought none, and what headers say about time. Needs no network library."""

import json
import random
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from listener.messages import replace_secrets, written_forms
from listener.platforms.kit.breaker import with_jitter
from listener.platforms.kit.values import Untrusted

_LONGEST, _SHORTEST = timedelta(hours=25), timedelta(seconds=5)  # a day's limit and some; a reset in the past
_QUERY = re.compile(r"(https?://[^\s?#'\"]*)[?#][^\s'\"]*")
_SHORTEST_SECRET = 5  # characters: a shorter one would blot out ordinary words


Query = Mapping[str, str | int] | tuple[tuple[str, str], ...]
"""The parameters of a GET; pairs where a name may come twice."""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An HTTP answer, whatever its status. headers: names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> object:
        """Return the body as JSON. Raises ValueError also for NaN and for depth beyond the parser's."""
        try:
            return json.loads(self.body, parse_constant=_no_constant)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error

    def object(self) -> Untrusted:
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


def one_line(error: BaseException | str, secrets: Iterable[str] = ()) -> str:
    """Return an error as one line of at most 200 characters, without these secrets and without queries of URLs."""
    shown = " ".join(_QUERY.sub(r"\1", redact(str(error), secrets)).split())[:200]
    return shown or type(error).__name__


def redact(text: str, secrets: Iterable[str]) -> str:
    """Replace the secrets in a text, also as JSON or a URL writes them."""
    forms = {form for secret in secrets for form in written_forms(secret) if len(form) >= _SHORTEST_SECRET}
    return replace_secrets(text, forms)


def without_secrets(answer: HttpResponse, secrets: Iterable[str]) -> HttpResponse:
    """Return an answer whose words may be shown: no error of a server gives back the secrets of its request.

    A success stays as it is: it may hold new tokens.
    """
    known = list(secrets)
    if 200 <= answer.status < 300 or not known:
        return answer
    text = answer.body.decode("utf-8", "surrogateescape")
    headers = {name: redact(value, known) for name, value in answer.headers.items()}
    return replace(answer, headers=headers, body=redact(text, known).encode("utf-8", "surrogateescape"))


def secrets_of(headers: Mapping[str, str] | None, body: object) -> list[str]:
    """Return the secrets that a request carries: the credentials of its Authorization header, and passwords."""
    sent = [value for name, value in (headers or {}).items() if name.lower() == "authorization"]
    fields = body.items() if isinstance(body, dict) else ()
    passwords = [str(value) for name, value in fields if "password" in name or "token" in name]
    return [value.rpartition(" ")[2] for value in sent] + passwords


def clock_difference(answer: HttpResponse, now: datetime) -> timedelta:
    """Return by how much our clock is ahead of the server's, by the answer's Date; 0 where there is none."""
    served = _instant(answer.headers.get("date"))
    return timedelta(0) if served is None else now - served


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
    parts = [part.strip() for part in (value or "").split(",")]
    if all(part.isdecimal() and part.isascii() and len(part) < 9 for part in parts):
        return now + timedelta(seconds=max(map(int, parts)))
    return header_time(now, value, served)


def _instant(value: str | None) -> datetime | None:
    if not value:
        return None
    for read in (_from_unix, datetime.fromisoformat, parsedate_to_datetime):
        with suppress(ValueError, OverflowError, OSError, TypeError):
            instant = read(value.strip())
            return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    several = [_instant(part) for part in value.split(",")] if "," in value else []  # the header came more than once
    return max((instant for instant in several if instant is not None), default=None)


def _from_unix(value: str) -> datetime:
    number = float(value)
    return datetime.fromtimestamp(number / 1000 if number > 1e11 else number, UTC)
