"""A total deadline for any call, and a limit on the size of a body.

A client library's timeout is per read: a server that sends a byte every two seconds holds a call for ever. Here the
call runs in a daemon thread (never joined at exit) and is given up on; the caller then throws its session away.
"""

import threading
import time
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from typing import TypeVar

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
        """Return what `work` returns, or raise what it raises, within the deadline. Raises DeadlineExceeded."""
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
    return result[1]  # type: ignore[return-value]  # the first field decides which of the two it is


def read_capped(chunks: Iterable[bytes], cap: int, seconds: float) -> bytes:
    """Join the chunks of a body. Raises TooLarge past `cap` bytes, DeadlineExceeded past `seconds`."""
    body, ends = bytearray(), time.monotonic() + seconds
    for chunk in chunks:
        body += chunk
        if len(body) > cap:
            raise TooLarge(f"an answer of more than {cap} bytes")
        if time.monotonic() > ends:
            raise DeadlineExceeded(f"no whole answer within {seconds:g} s")
    return bytes(body)
