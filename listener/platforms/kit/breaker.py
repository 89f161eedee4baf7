"""Growing pauses between failures, and open circuits: why no call is made now, and until when."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from listener.errors import Cause
from listener.pauses import growing_pause


@dataclass(frozen=True, slots=True)
class Backoff:
    """Growing pauses between failures: first, doubled each time up to the cap, plus up to `jitter` of the pause."""

    first: timedelta = timedelta(seconds=5)
    cap: timedelta = timedelta(minutes=15)
    jitter: float = 0.25

    def pause(self, failures: int, rng: random.Random) -> timedelta:
        """Return how long to wait after this many failures in a row (1 is the first)."""
        return with_jitter(growing_pause(failures, self.first, self.cap), rng, self.jitter)


def with_jitter(pause: timedelta, rng: random.Random, share: float = 0.1) -> timedelta:
    """Return the pause and up to `share` of it more, so that a fleet does not come back at one instant."""
    return pause * (1 + share * rng.random())


@dataclass(frozen=True, slots=True)
class OpenCircuit:
    """Why calls are not made just now, since when and until when. ends_at: of a limit that is tested before its end."""

    cause: Cause
    message: str
    do: str
    since: datetime
    until: datetime
    ends_at: datetime | None = None


@dataclass
class Breaker:
    """Open stops, one a key (a cause, or a cause and an endpoint). Holds nothing across a restart."""

    stops: dict[str, OpenCircuit] = field(default_factory=dict)

    def open(self, key: str, stop: OpenCircuit) -> None:
        """Make no call under this key until the stop ends."""
        self.stops[key] = stop

    def close(self, *keys: str) -> None:
        """Forget these stops: their cause has ended."""
        for key in keys:
            self.stops.pop(key, None)

    def stopped(self, now: datetime, *keys: str) -> OpenCircuit | None:
        """Return the stop of these keys that lasts longest; one that began in the future (clock set back) ended."""
        live = [self.stops[key] for key in keys if key in self.stops]
        return max((stop for stop in live if stop.since <= now < stop.until), key=lambda stop: stop.until, default=None)
