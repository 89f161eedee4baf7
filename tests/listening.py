"""A daemon on a real server: it listens, is killed again and again, and staff approve what it drafts."""

import random
import signal
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.process import Home

POINTS = ("S2", "S3", "S7", "S8", "P2", "P3")  # of the send path and the poll, at which a process kills itself
KILLS = 8
LONG = 600.0  # seconds; a bound for a broken run on a busy machine


@dataclass
class Listening:
    """The daemon of a home, and what staff do. kills: how often a process died."""

    home: Home
    rng: random.Random
    kills: int = 0

    def start(self) -> None:
        """Begin to listen."""
        self.daemon = self.home.start("run")

    def kill(self) -> None:
        """kill -9, and a new one: sometimes with a death of its own at a point of the send path or the poll."""
        self.end()
        self.kills += 1
        if self.rng.random() < 0.5:
            dying = self.home.start("once", EARSHOT_FAULT=f"{self.rng.choice(POINTS)}:KILL:{self.rng.randint(1, 3)}")
            dying.communicate(timeout=LONG)
            self.kills += dying.returncode == -signal.SIGKILL
        self.start()

    def live_and_die(self) -> None:
        """Let a moment pass, kill while there are kills left, and let staff approve some of what waits."""
        time.sleep(self.rng.uniform(0.3, 2.5))
        if self.kills < KILLS:
            self.kill()
        self.approve(self.rng.random())

    def approve(self, share: float) -> None:
        """Approve about this share of the drafts."""
        ids = [str(one["id"]) for one in self.home.queue("--state", "drafted") if self.rng.random() < share]
        if ids:
            self.home.run("approve", *ids)

    def is_drained(self) -> bool:
        """Approve all; True when nothing waits to be sent."""
        self.approve(1)
        time.sleep(0.5)
        queue = Counter(one["state"] for one in self.home.queue())
        queue += Counter(one["state"] for state in ("approved", "sending") for one in self.home.queue("--state", state))
        return not any(queue[state] for state in ("drafted", "approved", "sending", "unconfirmed"))

    def rows(self) -> list[Any]:
        """The exchange log."""
        return self.home.run("log", "--limit", "0").lines

    def stop(self) -> None:
        """SIGTERM ends it with exit 0."""
        self.daemon.send_signal(signal.SIGTERM)
        _, log = self.daemon.communicate(timeout=LONG)
        assert self.daemon.returncode == 0, log

    def end(self) -> None:
        """kill -9."""
        self.daemon.kill()
        self.daemon.communicate()
