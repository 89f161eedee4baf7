"""When a platform may be called again (a stop for the account, one a limit, growing pauses), and at which addresses."""

import hashlib
import ipaddress
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import urlsplit

from listener.errors import NotSent, Unavailable
from listener.net import Backoff, Breaker, Stop, later, seconds_or_date, spread

_LONGEST, _SHORTEST = timedelta(hours=25), timedelta(seconds=5)  # a day's limit and some; a reset in the past

Trouble = TypeVar("Trouble", Unavailable, NotSent)


class Gate:
    """Asked before every call and told of every failure. Holds nothing across a restart.

    secret: the credentials as they are now; when they are replaced, a stop of the account ends at once. Only their
    hash is kept.
    """

    def __init__(self, secret: Callable[[], str | None], rng: random.Random) -> None:
        self._secret, self._rng = secret, rng
        self._breaker, self._backoff = Breaker(), Backoff()
        self._failures: Counter[str] = Counter()  # in a row, by cause
        self._refused = ""

    def stopped(self, now: datetime, kind: str = "") -> Stop | None:
        """Why no call of this kind may be made now; None when one may. kind: what the platform limits by itself."""
        if "account" in self._breaker.stops and self._fingerprint() != self._refused:
            self._breaker.close("account")
        return self._breaker.stopped(now, "account", f"rate:{kind}")

    def noted(self, trouble: Trouble, now: datetime, kind: str = "") -> Trouble:
        """The same trouble, noted, with the time to try again."""
        cause = trouble.cause
        self._failures[cause] += 1
        until = trouble.retry_at or now + self._backoff.pause(self._failures[cause], self._rng)
        if cause in ("account", "rate"):
            key = "account" if cause == "account" else f"rate:{kind}"
            self._breaker.open(key, Stop(cause, trouble.says, trouble.do, now, until))
        if cause == "account":
            self._refused = self._fingerprint()
        return type(trouble)(trouble.says, trouble.do, cause=cause, retry_at=until)

    def worked(self, kind: str = "") -> None:
        """A call was answered as it should be: what stood in its way is over."""
        self._failures.clear()
        self._breaker.close("account", f"rate:{kind}")

    def _fingerprint(self) -> str:
        return hashlib.sha256((self._secret() or "").encode("utf-8", "surrogatepass")).hexdigest()


def limit_ends(
    headers: Mapping[str, str], resets: Iterable[str], window: timedelta, now: datetime, rng: random.Random
) -> datetime:
    """When a rate limit ends: the latest of the `resets` headers and Retry-After, with jitter on top.

    Without a readable header a window; in the past a few seconds; never more than a day and an hour. headers: names in
    lower case.
    """
    served = headers.get("date")
    ends = [later(now, headers.get(name), served) for name in resets]
    ends.append(seconds_or_date(now, headers.get("retry-after"), served))
    known = max((end for end in ends if end is not None), default=None)
    pause = window if known is None else min(max(known - now, _SHORTEST), _LONGEST)
    return now + spread(pause, rng)


def unfit(url: str) -> str:
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
    return "http:// is only for this machine" if parts.scheme == "http" and not _on_loopback(host) else ""


def _on_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
