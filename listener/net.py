"""What every platform needs of a network: a total deadline, growing pauses, a breaker a cause, a cap on bodies.

A client library's timeout is per read: a server that drips a byte every two seconds holds a call for ever. Here the
call runs in a daemon thread (never joined at exit) and is given up on; the caller then throws its session away.
"""

import json
import random
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from listener.errors import Cause
from listener.model import Json

T = TypeVar("T")


class DeadlineExceeded(Exception):
    """A call took longer than its total deadline, or was not begun because too many earlier ones still hang.

    begun: False when nothing was called.
    """

    def __init__(self, message: str, *, begun: bool = True) -> None:
        super().__init__(message)
        self.started = begun


class TooLarge(Exception):
    """An answer's body is longer than its cap."""


class DeadlineRunner:
    """The total deadline of every call in seconds, and how many calls may hang before no new one is begun."""

    def __init__(self, seconds: float, most: int = 16) -> None:
        self.seconds, self.most = seconds, most
        self._hanging: list[threading.Thread] = []

    def call(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, or raise what it raises, within the deadline. Raises GivenUp."""
        self._hanging = [thread for thread in self._hanging if thread.is_alive()]
        if len(self._hanging) >= self.most:
            raise DeadlineExceeded(f"{self.most} earlier calls still hang", begun=False)
        outcome: SimpleQueue[tuple[bool, T | BaseException]] = SimpleQueue()
        thread = threading.Thread(target=_run, args=(work, outcome), daemon=True, name="earshot-call")
        thread.start()
        try:
            return _unwrap(outcome.get(timeout=self.seconds))
        except Empty:
            self._hanging.append(thread)
            raise DeadlineExceeded(f"no whole answer within {self.seconds:g} s") from None


def _run(work: Callable[[], T], outcome: "SimpleQueue[tuple[bool, T | BaseException]]") -> None:
    try:
        outcome.put((True, work()))
    except BaseException as error:  # noqa: BLE001 - handed to the caller's thread, which raises it
        outcome.put((False, error))


def _unwrap(result: tuple[bool, T | BaseException]) -> T:
    if isinstance(result[1], BaseException) and not result[0]:
        raise result[1]
    return result[1]  # type: ignore[return-value]  # the first field says which of the two it is


def read_capped(chunks: Iterable[bytes], cap: int, seconds: float) -> bytes:
    """Join the chunks of a body. Raises TooLarge past `cap` bytes, GivenUp when reading takes longer than `seconds`."""
    body, ends = bytearray(), time.monotonic() + seconds
    for chunk in chunks:
        body += chunk
        if len(body) > cap:
            raise TooLarge(f"an answer of more than {cap} bytes")
        if time.monotonic() > ends:
            raise DeadlineExceeded(f"no whole answer within {seconds:g} s")
    return bytes(body)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An HTTP answer, whatever its status. headers: names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON. Raises ValueError also for NaN and for depth beyond the parser's."""
        try:
            return json.loads(self.body, parse_constant=_no_constant)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error

    def object(self) -> Json:
        """The body as a JSON object, or an empty one when it is anything else."""
        try:
            parsed = self.json()
        except ValueError:
            return {}
        return parsed if isinstance(parsed, dict) else {}


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


@dataclass(frozen=True, slots=True)
class Backoff:
    """Growing pauses between failures: first, doubled each time up to the cap, plus up to `jitter` of the pause."""

    first: timedelta = timedelta(seconds=5)
    cap: timedelta = timedelta(minutes=15)
    jitter: float = 0.25

    def pause(self, failures: int, rng: random.Random) -> timedelta:
        """How long to wait after this many failures in a row (1 is the first)."""
        grown = min(self.cap, self.first * 2 ** min(max(failures - 1, 0), 20))
        return with_jitter(grown, rng, self.jitter)


def with_jitter(pause: timedelta, rng: random.Random, share: float = 0.1) -> timedelta:
    """The pause and up to `share` of it more, so that a fleet does not come back at one instant."""
    return pause * (1 + share * rng.random())


@dataclass(frozen=True, slots=True)
class OpenCircuit:
    """Why calls are not made just now, since when and until when."""

    cause: Cause
    message: str
    do: str
    since: datetime
    until: datetime


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
        """Return the stop that lasts longest among these keys; one that began in the future (clock set back) ended."""
        live = [self.stops[key] for key in keys if key in self.stops]
        return max((one for one in live if one.since <= now < one.until), key=lambda one: one.until, default=None)


def header_time(now: datetime, value: str | None, served: str | None = None) -> datetime | None:
    """Return the instant a header names, on our clock; None when it is missing or unreadable.

    value: unix seconds or milliseconds, ISO 8601, or an HTTP date; served: the answer's Date header. The distance is
    reckoned from the server's clock, so that a wrong clock here moves nothing.
    """
    instant = _instant(value)
    return None if instant is None else now + (instant - (_instant(served) or now))


def seconds_or_date(now: datetime, value: str | None, served: str | None = None) -> datetime | None:
    """Like `later` for Retry-After, whose number is a distance in seconds."""
    if value is not None and value.strip().isdecimal() and len(value.strip()) < 9:
        return now + timedelta(seconds=int(value))
    return header_time(now, value, served)


def _instant(value: str | None) -> datetime | None:
    if not value:
        return None
    for read in (_from_unix, datetime.fromisoformat, parsedate_to_datetime):
        with suppress(ValueError, OverflowError, OSError, TypeError):
            instant = read(value.strip())
            return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return None


def _from_unix(value: str) -> datetime:
    number = float(value)
    return datetime.fromtimestamp(number / 1000 if number > 1e11 else number, UTC)
