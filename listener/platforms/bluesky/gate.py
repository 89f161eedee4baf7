"""When calls may be made again: a stop for the account, one for each limit (read, write, session), growing pauses."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from listener.errors import Unavailable
from listener.net import Backoff, Breaker, Stop

Kind = str  # "read", "write" or "session": Bluesky limits each by itself


class Gate:
    """Asked before every call and told of every failure. Holds nothing across a restart.

    fingerprint: changes when the secrets change, which ends a stop of the account at once.
    """

    def __init__(self, fingerprint: Callable[[], str], rng: random.Random) -> None:
        self._fingerprint, self._rng = fingerprint, rng
        self._breaker, self._backoff = Breaker(), Backoff()
        self._failures: Counter[str] = Counter()  # in a row, by cause
        self._refused = ""

    def pass_(self, kind: Kind, now: datetime) -> None:
        """Raise Unavailable while something stands in the way."""
        if "account" in self._breaker.stops and self._fingerprint() != self._refused:
            self._breaker.close("account")
        stop = self._breaker.stopped(now, "account", f"rate:{kind}")
        if stop:
            raise Unavailable(stop.says, stop.do, cause=stop.cause, retry_at=stop.until)

    def noted(self, error: Unavailable, kind: Kind, now: datetime) -> Unavailable:
        """The same error, noted, with the time to try again."""
        self._failures[error.cause] += 1
        until = error.retry_at or now + self._backoff.pause(self._failures[error.cause], self._rng)
        if error.cause in ("account", "rate"):
            key = "account" if error.cause == "account" else f"rate:{kind}"
            self._breaker.open(key, Stop(error.cause, error.says, error.do, now, until))
        if error.cause == "account":
            self._refused = self._fingerprint()
        return Unavailable(error.says, error.do, cause=error.cause, retry_at=until)

    def worked(self, kind: Kind) -> None:
        """A call was answered as it should be: what stood in its way is over."""
        self._failures.clear()
        self._breaker.close("account", f"rate:{kind}")
