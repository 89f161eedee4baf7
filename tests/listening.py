"""A daemon on a real server: it listens, is killed again and again, and staff approve what it drafts."""

import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests import forked
from tests.forked import OFFLINE, ROOT
from tests.process import Done, Home

POINTS = ("S2", "S3", "S7", "S8", "P2", "P3")  # of the send path and the poll, at which a process kills itself
UNSENT = ("approved", "sending", "unconfirmed", "drafted")
MISSING = "missing"  # the hold of a reply whose mention was deleted: withdrawn after a second look, minutes later
KILLS = 8
LONG = 600.0  # seconds; a bound for a broken run on a busy machine


@dataclass
class Listening:
    """The daemon of a home, and what staff do. kills: how often a process died; refusals: of the last approval."""

    home: Home
    rng: random.Random
    kills: int = 0
    refusals: str = ""

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
        """Approve about this share of the drafts, in the words that they have now: staff have read what was edited."""
        drafts = [item for item in self.home.queue("--state", "drafted") if self.rng.random() < share]
        if drafts:
            revisions = [f"{item['id']}@{item['revision']}" for item in drafts]
            self.refusals = self.home.run("approve", "--now", *revisions).err

    def is_drained(self) -> bool:
        """Approve all; True when nothing waits to be sent."""
        self.approve(1)
        time.sleep(0.5)
        return not any(self._unsent(state) for state in UNSENT)

    def waiting(self) -> str:
        """Return what is not sent yet, and why: for the message of a run that does not drain."""
        items = [item for state in UNSENT for item in self._unsent(state)]
        reasons = Counter(f"{item['state']} ({item['hold'] or item['error'] or 'due'})" for item in items)
        notices = [f"{notice['kind']}: {notice['what']}" for notice in self.home.run("notices", "--json").json]
        return f"{dict(reasons)}; notices {notices}; the last approval said {self.refusals!r}"

    def _unsent(self, state: str) -> list[Any]:
        return [item for item in self.home.queue("--state", state) if item["hold"] != MISSING]

    def run_later(self, minutes: int, *args: str) -> Done:
        """Run a command by a clock that is so many minutes ahead: what would wait for long is due."""
        clock = self.home.folder / "clock"
        clock.write_text(str(minutes * 60))
        env = self.home.environment(CLOCK=str(clock), PYTHONPATH=os.pathsep.join((str(OFFLINE), str(ROOT))))
        process = forked.start_anew(*args, env=env, cwd=self.home.folder, module="tests.clocked")
        out, err = process.communicate(timeout=LONG)
        return Done(process.returncode, out, err)

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
