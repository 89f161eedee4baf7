"""When a platform may be called again (a stop for the account, one a limit, growing pauses), and at which addresses."""

import hashlib
import ipaddress
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import urlsplit

from listener.errors import Cause, NotSent, ReadFailed
from listener.net import Backoff, Breaker, OpenCircuit, header_time, seconds_or_date, with_jitter

_LONGEST, _SHORTEST = timedelta(hours=25), timedelta(seconds=5)  # a day's limit and some; a reset in the past

Trouble = TypeVar("Trouble", ReadFailed, NotSent)


class Gate:
    """Asked before every call and told of every failure. Holds nothing across a restart.

    A stop concerns the calls of one kind (what the platform limits by itself), or all where the cause is one of WHOLE.
    secret: the credentials as they are now; when they are replaced, a stop of the account ends at once. Only their
    hash is kept.
    """

    WHOLE: tuple[Cause, ...] = ("account",)
    STOPS: tuple[Cause, ...] = ("account", "rate")  # after any other trouble the caller alone keeps the time

    def __init__(self, secret: Callable[[], str | None], rng: random.Random) -> None:
        self._secret, self._rng = secret, rng
        self._breaker, self._backoff = Breaker(), Backoff()
        self._failures: Counter[tuple[Cause, str]] = Counter()  # in a row, by cause and kind
        self._refused = ""  # fingerprint of the secrets that were refused

    def stopped(self, now: datetime, kind: str = "") -> OpenCircuit | None:
        """Why no call of this kind may be made now; None when one may."""
        if self._refused and self.fingerprint() != self._refused:
            self._refused = ""
            self._breaker.close(*[key for key in self._breaker.stops if key.startswith("account")])
        return self._breaker.stopped(now, *self.WHOLE, *self._own(kind))

    def record_failure(self, trouble: Trouble, now: datetime, kind: str = "", *, whole: bool = True) -> Trouble:
        """The same trouble, noted, with the time to try again. whole: an account's concerns every kind of call."""
        cause = trouble.cause
        self._failures[cause, kind] += 1
        until = trouble.retry_at or now + self.pause(cause, self._failures[cause, kind])
        if cause in self.STOPS:
            key = cause if cause in self.WHOLE and (whole or cause != "account") else f"{cause}:{kind}"
            self._breaker.open(key, OpenCircuit(cause, trouble.message, trouble.do, now, until))
        if cause == "account":
            self._refused = self.fingerprint()
        return type(trouble)(trouble.message, trouble.do, cause=cause, retry_at=until)

    def pause(self, cause: Cause, failures: int) -> timedelta:
        """How long to wait after so many failures in a row, where the platform named no time."""
        return self._backoff.pause(failures, self._rng)

    def record_success(self, kind: str = "") -> None:
        """A call was answered as it should be: what stood in its way is over."""
        for key in [key for key in self._failures if key[1] == kind]:
            del self._failures[key]
        self._breaker.close("account", *self._own(kind))

    def fingerprint(self) -> str:
        """The secrets as they are now, as a hash."""
        return hashlib.sha256((self._secret() or "").encode("utf-8", "surrogatepass")).hexdigest()

    def _own(self, kind: str) -> tuple[str, ...]:
        return tuple(f"{cause}:{kind}" for cause in self.STOPS)


def limit_ends(
    headers: Mapping[str, str], resets: Iterable[str], window: timedelta, now: datetime, rng: random.Random
) -> datetime:
    """When a rate limit ends: the latest of the `resets` headers and Retry-After, with jitter on top.

    Without a readable header a window; in the past a few seconds; never more than a day and an hour. headers: names in
    lower case.
    """
    served = headers.get("date")
    ends = [header_time(now, headers.get(name), served) for name in resets]
    ends.append(seconds_or_date(now, headers.get("retry-after"), served))
    known = max((end for end in ends if end is not None), default=None)
    pause = window if known is None else min(max(known - now, _SHORTEST), _LONGEST)
    return now + with_jitter(pause, rng)


def url_problem(url: str) -> str:
    """Why no secret may be sent to this address; "" when it may: https, or http on this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return f"{url!r} is no URL ({error})"
    if parts.scheme not in ("http", "https") or not host:
        return f"{url!r} is no http(s) URL"
    if parts.username or parts.password or parts.query or parts.fragment or parts.path.strip("/"):
        return "must hold neither a user, a path, a query nor a fragment"
    return "http:// is only for this machine" if parts.scheme == "http" and not on_loopback(host) else ""


def on_loopback(host: str) -> bool:
    """True for an address of this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
