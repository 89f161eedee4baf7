"""When calls may be made again: a stop a cause (account, billing, rate by endpoint) and pauses that grow."""

import hashlib
import random
from datetime import datetime, timedelta

from listener.errors import Cause, Unavailable
from listener.net import Backoff, Breaker, Stop
from listener.platforms.x.verdict import ACCOUNT_PAUSE, BILLING_PAUSE
from listener.platforms.x.wire import Unready, Wire

_WHOLE = ("account", "billing")


class Gate:
    """Asked before every call and told of every failure. Holds nothing across a restart."""

    def __init__(self, wire: Wire, rng: random.Random) -> None:
        self._wire, self._rng = wire, rng
        self._breaker, self._backoff, self._failures = Breaker(), Backoff(), 0
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
        if cause == "transient" or cause == "item":
            self._failures += cause == "transient"
            return until or now + self._backoff.pause(max(self._failures, 1), self._rng)
        until = until or now + _pause(cause)
        self._breaker.open(cause if cause in _WHOLE else f"rate:{endpoint}", Stop(cause, says, do, now, until))
        if cause == "account":
            self._refused = self._fingerprint()
        return until

    def noted(self, error: Unavailable, endpoint: str, now: datetime) -> Unavailable:
        """The same error, noted, with the time to try again."""
        until = self.failed(error.cause, endpoint, now, error.says, error.do, error.retry_at)
        return Unavailable(error.says, error.do, cause=error.cause, retry_at=until)

    def worked(self, endpoint: str, *, billed: bool = True) -> None:
        """A call was answered as it should be: what stood in the way is over."""
        self._failures = 0
        self._breaker.close("account", f"rate:{endpoint}", *(("billing",) if billed else ()))

    def lift_billing(self) -> None:
        """The free probe was answered: try a billed call again."""
        self._breaker.close("billing")

    def _fingerprint(self) -> str:
        try:
            return hashlib.sha256("\0".join(self._wire.keys()).encode("utf-8", "surrogatepass")).hexdigest()
        except Unready as error:
            return str(error)


def _pause(cause: Cause) -> timedelta:
    return {"account": ACCOUNT_PAUSE, "billing": BILLING_PAUSE}.get(cause, timedelta(minutes=15))
