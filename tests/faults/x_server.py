"""The fake X with what only a random run asks of it: doubles that show, echoes, and kills inside a call."""

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from tests.fakes.x import Fault, Post, XServer
from tests.fakes.x.endpoints import Account, Reply, X
from tests.fakes.x.faults import Faults

POST = "POST /2/tweets"
KILLS = ("S4", "S5", "S6")  # inside the call: half the request read, no answer, half an answer


class Loose(X):
    """X as it may turn out to be. tolerant: takes the same text twice, so that a double shows in the ledger;

    echo: our own posts come back as mentions; twice: a page lists some posts twice.
    """

    def __init__(self, account: Account, rng: random.Random) -> None:
        super().__init__(account)
        self.rng = random.Random(rng.random())
        self.tolerant, self.echo, self.twice = (rng.random() < share for share in (0.6, 0.5, 0.3))
        self.own_lag = rng.choice((0.0, 0.0, 5.0, 50.0))

    def _refusal(self, text: str, target_id: str | None) -> Reply | None:
        refusal = super()._refusal(text, target_id)
        return None if self.tolerant and refusal and "duplicate content" in refusal[1] else refusal

    def _created(self, text: str, target_id: str | None) -> Reply:
        made = super()._created(text, target_id)
        if self.echo:
            post = self.posts.by_id[self.ledger.posted[-1]["id"]]
            post.mentions = [(self.account.id, self.account.username)]
        return made

    def _page(self, listed: Iterable[Post], params: dict[str, str], *, least: int, owned: bool) -> Reply:
        listed = list(listed)
        if self.twice and listed:
            listed = sorted([*listed, self.rng.choice(listed)], key=lambda one: int(one.id), reverse=True)
        return super()._page(listed, params, least=least, owned=owned)


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


class Server(XServer):
    """The fake X of one run. prey: the process that an ordered kill is meant for, known a moment after its birth."""

    def __init__(self, rng: random.Random, secrets: dict[str, str]) -> None:
        super().__init__()
        self.secrets, self.x, self.script = secrets, Loose(self.x.account, rng), Counting()
        self.faults = self.script
        self._http.RequestHandlerClass = _handler(self, self._http.RequestHandlerClass)
        self._known = threading.Condition()
        self._prey: int | None = None
        self.killed = ""  # the point of the last kill

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


def _handler(server: Server, base: Any) -> Any:
    """The fake's handler with four more modes: the caller dies in the middle of the call (S4 half its request is read,
    S5 before the answer, S6 in the middle of it); half-read: half its request is all that is ever read."""

    class Handler(base):  # type: ignore[misc]  # the base is made at run time
        def handle(self) -> None:
            with suppress(ConnectionError):  # who is killed in a call says no goodbye
                super().handle()

        def do_POST(self) -> None:
            if server.script.next(POST) in ("S4", "half-read"):
                self.rfile.read(int(self.headers["Content-Length"]) // 2)
                self._serve(b"")
            else:
                super().do_POST()

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
