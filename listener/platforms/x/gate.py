"""When calls may be made again: a stop a cause (account, billing, rate by endpoint) and pauses that grow."""

import hashlib
import random
from collections import Counter
from datetime import datetime, timedelta
from typing import TypeVar

from listener.errors import Cause, NotSent, Unavailable
from listener.net import Backoff, Breaker, Stop
from listener.platforms.x.verdict import BILLING_PAUSE, RATE_PAUSE
from listener.platforms.x.wire import Unready, Wire

_WHOLE = ("account", "billing")

Trouble = TypeVar("Trouble", Unavailable, NotSent)


class Gate:
    """Asked before every call and told of every failure. Holds nothing across a restart.

    A stop concerns one endpoint (rate, transient, and an account's refusal of one kind of call) or, when the tokens
    are refused or money is out, all of them.
    """

    def __init__(self, wire: Wire, rng: random.Random) -> None:
        self._wire, self._rng = wire, rng
        self._breaker, self._backoff = Breaker(), Backoff()
        self._failures: Counter[tuple[Cause, str]] = Counter()  # in a row, by cause and endpoint
        self._refused = ""  # fingerprint of the secrets that were refused

    def stopped(self, now: datetime, endpoint: str) -> Stop | None:
        """Why this endpoint may not be called now; None when it may. New secrets end an account's stops at once."""
        if self._refused and self.fingerprint() != self._refused:
            self._refused = ""
            self._breaker.close(*[key for key in self._breaker.stops if key.startswith("account")])
        return self._breaker.stopped(now, *_WHOLE, *_own(endpoint))

    def probe_due(self, now: datetime) -> bool:
        """True when a stop for money has run out: the next call should be a free one."""
        stop = self._breaker.stops.get("billing")
        return stop is not None and not stop.since <= now < stop.until

    def failed(self, error: Trouble, endpoint: str, now: datetime, *, whole: bool = True) -> Trouble:
        """The same trouble, noted, with the time to try again. whole: an account's concerns every endpoint."""
        cause = error.cause
        self._failures[cause, endpoint] += 1
        until = error.retry_at or now + self._pause(cause, endpoint)
        key = cause if cause in _WHOLE and (whole or cause != "account") else f"{cause}:{endpoint}"
        if cause != "item":
            self._breaker.open(key, Stop(cause, error.says, error.do, now, until))
        if cause == "account":
            self._refused = self.fingerprint()
        return type(error)(error.says, error.do, cause=cause, retry_at=until)

    def _pause(self, cause: Cause, endpoint: str) -> timedelta:
        """Growing for an outage and for refused tokens, which may be X's outage too."""
        fixed = {"billing": BILLING_PAUSE, "rate": RATE_PAUSE, "item": RATE_PAUSE}
        return fixed.get(cause) or self._backoff.pause(self._failures[cause, endpoint], self._rng)

    def worked(self, endpoint: str, *, billed: bool = True) -> None:
        """A call was answered as it should be: what stood in its way is over."""
        for key in [key for key in self._failures if key[1] == endpoint]:
            del self._failures[key]
        self._breaker.close("account", *_own(endpoint), *(("billing",) if billed else ()))

    def lift_billing(self) -> None:
        """The free probe was answered: try a billed call again."""
        self._breaker.close("billing")

    def fingerprint(self) -> str:
        """The secrets as they are now, as a hash."""
        try:
            return hashlib.sha256("\0".join(self._wire.keys()).encode("utf-8", "surrogatepass")).hexdigest()
        except Unready as error:
            return str(error)


def _own(endpoint: str) -> tuple[str, ...]:
    """The stops that concern this endpoint alone."""
    return tuple(f"{cause}:{endpoint}" for cause in ("account", "rate", "transient"))
