"""What goes wrong, scripted per endpoint, before the call is carried out or after it (then only its answer is lost).

Modes: cut (the connection is reset), stall (no answer), half (half of it), drip (a byte now and then), body (`text`
with `status` and `headers`), echo (an error of `status` that gives back what was sent, secrets included), those of
MANGLED, and the named answers of each fake. after=True: the call is carried out first.
"""

import gzip
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_PAGE = b"<!doctype html><title>Sign in to the guest network</title>"
MANGLED: Mapping[str, Callable[[bytes], tuple[bytes, dict[str, str]]]] = {
    "portal": lambda raw: (_PAGE, {"Content-Type": "text/html"}),
    "latin-1": lambda raw: (raw[:1] + '"caf\u00e9": 1, '.encode("latin-1") + raw[1:], {}),
    "nan": lambda raw: (raw[:1] + b'"score": NaN, ' + raw[1:], {}),
    "gzip-cut": lambda raw: (gzip.compress(raw)[: len(raw) // 4], {"Content-Encoding": "gzip"}),
    "huge": lambda raw: (raw[:1] + b" " * 9_000_000 + raw[1:], {}),
}
"""What stands in the way makes of an answer, with its status: nothing that the API's reader can take."""


@dataclass
class Fault:
    """One fault. left: how often it strikes; held: set when all faults are lifted, which ends a stall or a drip."""

    mode: str
    status: int = 200
    text: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    after: bool = False
    left: int = 1
    held: threading.Event = field(default_factory=threading.Event)


class Faults:
    """The script: endpoint -> faults in order."""

    def __init__(self) -> None:
        self._lock, self._script = threading.Lock(), defaultdict[str, deque[Fault]](deque)
        self._all: list[Fault] = []

    def add(self, endpoint: str, fault: Fault) -> Fault:
        """Let this endpoint fail."""
        with self._lock:
            self._script[endpoint].append(fault)
            self._all.append(fault)
        return fault

    def take(self, endpoint: str) -> Fault | None:
        """The fault that strikes this call, if any."""
        with self._lock:
            queue = self._script[endpoint]
            if not queue:
                return None
            queue[0].left -= 1
            return queue.popleft() if queue[0].left <= 0 else queue[0]

    def lift(self) -> None:
        """Nothing fails any more; stalled calls end."""
        with self._lock:
            self._script.clear()
            for fault in self._all:
                fault.held.set()
