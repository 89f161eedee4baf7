"""A loopback server as a random run needs it: it counts what struck, and kills its caller in the middle of a call.

Kills: S4 half the request is read, S5 before the answer, S6 in the middle of it. half-read: half is all that is read.
"""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from tests.fakes.faults import Fault, Faults
from tests.fakes.loopback import Loopback

KILLS = ("S4", "S5", "S6")  # inside the call: half the request read, no answer, half an answer


class Counting(Faults):
    """The script, and how often each of its faults struck."""

    def __init__(self) -> None:
        super().__init__()
        self.struck = Counter[str]()

    def next(self, endpoint: str) -> str:
        """The mode of the fault that the next call meets; "" when it meets none."""
        with self._lock:
            queue = self._script[endpoint]
            return queue[0].mode if queue else ""

    def take(self, endpoint: str) -> Fault | None:
        """The fault that strikes this call, counted."""
        fault = super().take(endpoint)
        if fault and fault.mode not in KILLS:
            self.struck[f"{endpoint.partition(' ')[0]} {fault.mode}"] += 1
        return fault


class Deadly(Loopback):
    """Mixed into a fake. post: the endpoint that sends; killed: the point of the last kill that was carried out.

    The prey is the process that an ordered kill is meant for, known a moment after its birth. answers_after: seconds
    until it answers what sends.
    """

    post: str
    answers_after = 0.0

    def arm(self) -> None:
        """Call once, before it serves."""
        self.faults = self.script = Counting()
        self._http.RequestHandlerClass = _handler(self, self._http.RequestHandlerClass)
        self._known = threading.Condition()
        self._prey: int | None = None
        self.killed = ""

    def sends(self, path: str) -> bool:
        """Whether a POST to this path is one that sends."""
        return True

    def prey(self, pid: int | None) -> None:
        """Tell whom a kill is meant for; None: it is not born yet."""
        with self._known:
            self._prey = pid
            self._known.notify_all()

    def kill(self, point: str) -> None:
        """kill -9, from the thread that answers the call."""
        with self._known:
            self._known.wait_for(lambda: self._prey is not None, 10)
            if self._prey is not None:
                self.killed = point
                os.kill(self._prey, signal.SIGKILL)


def _handler(server: Deadly, base: Any) -> Any:
    class Handler(base):  # type: ignore[misc]  # the base is made at run time
        def handle(self) -> None:
            with suppress(ConnectionError):  # who is killed in a call says no goodbye
                super().handle()

        def do_POST(self) -> None:
            if server.sends(self.path) and server.script.next(server.post) in ("S4", "half-read"):
                self.rfile.read(int(self.headers["Content-Length"]) // 2)
                self._serve(b"")
            else:
                super().do_POST()

        def _send(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
            if self.command == "POST" and server.answers_after and server.sends(self.path):
                time.sleep(server.answers_after)
            super()._send(status, text, headers)

        def _fail(self, fault: Fault, status: int, text: str) -> None:
            if fault.mode not in (*KILLS, "half-read"):
                super()._fail(fault, status, text)
                return
            if fault.mode == "S6":
                self._head(status, len(text.encode()), {})
                self.wfile.write(text.encode()[: len(text) // 2])
                self.wfile.flush()
            if fault.mode in KILLS:
                server.kill(fault.mode)
            self._cut()

    return Handler
