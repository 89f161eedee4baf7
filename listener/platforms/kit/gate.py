"""When a platform may be called again: a stop for the account, one for each limit, growing pauses."""

import hashlib
import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from listener.errors import Cause, NotSent, ReadFailed
from listener.platforms.kit.breaker import Backoff, Breaker, OpenCircuit

Trouble = TypeVar("Trouble", ReadFailed, NotSent)

LONGEST_WAIT = timedelta(hours=1)  # a limit is kept as the platform named it; one that lasts longer is tested earlier
PROBES = Backoff(first=timedelta(minutes=5), cap=LONGEST_WAIT)


class Gate:
    """Decides before every call and records every failure. Holds nothing across a restart.

    A stop concerns the calls of one kind (what the platform limits by itself), or all where the cause is one of WHOLE.
    secret: the credentials as they are now; when they are replaced, every stop ends at once. Only their hash is kept.
    A limit of many hours is tested by a call every now and then: platforms name ends that are too far away.
    """

    WHOLE: tuple[Cause, ...] = ("account",)
    STOPS: tuple[Cause, ...] = ("account", "rate")  # after any other trouble the caller alone keeps the time

    def __init__(self, secret: Callable[[], str | None], rng: random.Random) -> None:
        self._secret, self._rng = secret, rng
        self._breaker, self._backoff = Breaker(), Backoff()
        self._failures: Counter[tuple[Cause, str]] = Counter()  # in a row, by cause and kind
        self._refused = ""  # fingerprint of the secrets that were refused

    def stopped(self, now: datetime, kind: str = "") -> OpenCircuit | None:
        """Return why no call of this kind may be made now, or None."""
        if self.has_new_secret():
            self._refused = ""
            self._breaker.stops.clear()
        return self._breaker.stopped(now, *self.WHOLE, *self._own(kind))

    def has_new_secret(self) -> bool:
        """Return whether the secrets were replaced since a call was last stopped."""
        return bool(self._refused) and self.fingerprint() != self._refused

    def require_open(self, now: datetime, kind: str = "") -> None:
        """Raise ReadFailed while no call of this kind may be made."""
        if stop := self.stopped(now, kind):
            raise ReadFailed(stop.message, stop.do, cause=stop.cause, retry_at=stop.until, ends_at=stop.ends_at)

    def record_failure(self, trouble: Trouble, now: datetime, kind: str = "", *, whole: bool = True) -> Trouble:
        """Note the trouble; return it with the time to try again. whole: an account's stops calls of every kind."""
        cause = trouble.cause
        self._failures[cause, kind] += 1
        until, ends_at = self._next_try(trouble, self._failures[cause, kind], now)
        message = trouble.message + (f" (until {ends_at:%Y-%m-%d %H:%M} UTC; tested before)" if ends_at else "")
        if cause in self.STOPS:
            key = cause if cause in self.WHOLE and (whole or cause != "account") else f"{cause}:{kind}"
            self._breaker.open(key, OpenCircuit(cause, message, trouble.do, now, until, ends_at))
            self._refused = self.fingerprint()
        return type(trouble)(message, trouble.do, cause=cause, retry_at=until, ends_at=ends_at)

    def _next_try(self, trouble: Trouble, failures: int, now: datetime) -> tuple[datetime, datetime | None]:
        """Return when to call again, and the end of the limit where that is later."""
        named = trouble.retry_at
        if named is None:
            return now + self.pause(trouble.cause, failures), None
        if trouble.cause != "rate" or named - now <= LONGEST_WAIT * 1.2:  # ends come with jitter
            return named, None
        return now + PROBES.pause(failures, self._rng), named

    def fail_read(
        self, now: datetime, message: str, do: str = "", *, cause: Cause = "transient", kind: str = ""
    ) -> ReadFailed:
        """Record a failed read; return its error with the time to try again."""
        return self.record_failure(ReadFailed(message, do, cause=cause), now, kind)

    def pause(self, cause: Cause, failures: int) -> timedelta:
        """Return how long to wait after so many failures in a row, where the platform named no time."""
        return self._backoff.pause(failures, self._rng)

    def record_success(self, kind: str = "") -> None:
        """Note that a call was answered as it should be: what stopped it is over."""
        for key in [key for key in self._failures if key[1] == kind]:
            del self._failures[key]
        self._breaker.close("account", *self._own(kind))

    def fingerprint(self) -> str:
        """Return the secrets as they are now, as a hash."""
        return hashlib.sha256((self._secret() or "").encode("utf-8", "surrogatepass")).hexdigest()

    def _own(self, kind: str) -> tuple[str, ...]:
        return tuple(f"{cause}:{kind}" for cause in self.STOPS)
