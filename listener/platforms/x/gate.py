"""When calls to X may be made again: by endpoint, or for all while the tokens are refused or money is out."""

import random
from datetime import datetime, timedelta

from listener.errors import Cause
from listener.platforms.kit.gate import Gate as Base
from listener.platforms.x.failures import BILLING_PAUSE, RATE_PAUSE
from listener.platforms.x.wire import CredentialsMissing, XClient

ME = "GET /2/users/me"
"""Who we are: the one call that is free."""

_FIXED: dict[Cause, timedelta] = {"billing": BILLING_PAUSE, "rate": RATE_PAUSE, "item": RATE_PAUSE}


class Gate(Base):
    """A gate for endpoints that cost money. A transient failure stops its endpoint too: settling asks every round."""

    WHOLE = ("account", "billing")
    STOPS = ("account", "billing", "rate", "transient")

    def __init__(self, wire: XClient, rng: random.Random) -> None:
        super().__init__(lambda: _secrets(wire), rng)

    def probe_due(self, now: datetime) -> bool:
        """True when a stop for money has run out: the next call should be a free one."""
        stop = self._breaker.stops.get("billing")
        return stop is not None and not stop.since <= now < stop.until

    def pause(self, cause: Cause, failures: int) -> timedelta:
        """Growing for an outage and for refused tokens, which may be X's outage too."""
        return _FIXED.get(cause) or super().pause(cause, failures)

    def record_success(self, kind: str = "") -> None:
        """A billed call that is answered has been paid for."""
        super().record_success(kind)
        if kind != ME:
            self.lift_billing()

    def lift_billing(self) -> None:
        """The free probe was answered: try a billed call again."""
        self._breaker.close("billing")


def _secrets(wire: XClient) -> str:
    try:
        return "\0".join(wire.keys())
    except CredentialsMissing as error:
        return str(error)
