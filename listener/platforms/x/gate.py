"""When calls may be made again: a stop a cause (account, billing, rate by endpoint) and pauses that grow."""

import hashlib
import random
from collections import Counter
from datetime import datetime, timedelta

from listener.errors import Cause, Unavailable
from listener.net import Backoff, Breaker, Stop
from listener.platforms.x.verdict import BILLING_PAUSE, RATE_PAUSE
from listener.platforms.x.wire import Unready, Wire

_WHOLE = ("account", "billing")


class Gate:
    """Asked before every call and told of every failure. Holds nothing across a restart."""

    def __init__(self, wire: Wire, rng: random.Random) -> None:
        self._wire, self._rng = wire, rng
        self._breaker, self._backoff = Breaker(), Backoff()
        self._failures: Counter[str] = Counter()  # in a row, by cause
        self._refused = ""  # fingerprint of the secrets that were refused

    def stopped(self, now: datetime, endpoint: str) -> Stop | None:
        """Why this endpoint may not be called now; None when it may. New secrets end an account's stop at once."""
        if "account" in self._breaker.stops and self._fingerprint() != self._refused:
            self._breaker.close("account")
        return self._breaker.stopped(now, *_WHOLE, f"rate:{endpoint}")

    def probe_due(self, now: datetime) -> bool:
        """True when a stop for money has run out: the next call should be a free one."""
        stop = self._breaker.stops.get("billing")
        return stop is not None and not stop.since <= now < stop.until

    def failed(
        self, cause: Cause, endpoint: str, now: datetime, says: str, do: str, until: datetime | None
    ) -> datetime:
        """Note a failure; return when to try again."""
        self._failures[cause] += 1
        until = until or now + self._pause(cause)
        if cause in ("transient", "item"):
            return until
        self._breaker.open(cause if cause in _WHOLE else f"rate:{endpoint}", Stop(cause, says, do, now, until))
        if cause == "account":
            self._refused = self._fingerprint()
        return until

    def _pause(self, cause: Cause) -> timedelta:
        """Growing for an outage and for refused tokens, which may be X's outage too."""
        fixed = {"billing": BILLING_PAUSE, "rate": RATE_PAUSE, "item": RATE_PAUSE}
        return fixed.get(cause) or self._backoff.pause(self._failures[cause], self._rng)

    def noted(self, error: Unavailable, endpoint: str, now: datetime) -> Unavailable:
        """The same error, noted, with the time to try again."""
        until = self.failed(error.cause, endpoint, now, error.says, error.do, error.retry_at)
        return Unavailable(error.says, error.do, cause=error.cause, retry_at=until)

    def worked(self, endpoint: str, *, billed: bool = True) -> None:
        """A call was answered as it should be: what stood in the way is over."""
        self._failures.clear()
        self._breaker.close("account", f"rate:{endpoint}", *(("billing",) if billed else ()))

    def lift_billing(self) -> None:
        """The free probe was answered: try a billed call again."""
        self._breaker.close("billing")

    def _fingerprint(self) -> str:
        try:
            return hashlib.sha256("\0".join(self._wire.keys()).encode("utf-8", "surrogatepass")).hexdigest()
        except Unready as error:
            return str(error)
