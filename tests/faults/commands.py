"""Earshot's commands as a run gives them: each a process of its own, born in a nursery."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests import forked

PATIENCE = 60.0  # seconds; a bound for a broken run, never waited out by a sound one
MODULE = "tests.faults.child"


class Stuck(Exception):
    """A command did not end in PATIENCE seconds."""


class Nursery:
    """A fork server of its own, whose children find all they need in place. Used by one thread."""

    def __init__(self) -> None:
        bare = {name: value for name, value in os.environ.items() if not name.startswith("EARSHOT_")}
        self.env = {**bare, "PYTHONPATH": str(forked.OFFLINE), "NO_COLOR": "1"}
        self._parent = forked.Parent("tests.faults.warm:prepare", begin=forked.parent().start)
        self._alive: dict[int, forked.Running] = {}

    def start(self, argv: Sequence[str], folder: Path, env: Mapping[str, str], *, fresh: bool) -> int:
        """Begin a command, return its pid. Its outputs are appended to out.txt and err.txt of the folder."""
        begin = forked.start_anew if fresh else self._parent.start
        with (folder / "out.txt").open("ab") as out, (folder / "err.txt").open("ab") as err:
            streams: forked.Streams = {"stdout": out.fileno(), "stderr": err.fileno()}
            process = begin(*argv, env={**self.env, **env}, cwd=folder, module=MODULE, **streams)
        self._alive[process.pid] = process
        return process.pid

    def wait(self, pid: int, seconds: float) -> int | None:
        """The exit code (negative: the signal that ended it), or None when it still runs."""
        try:
            code = self._alive[pid].wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        del self._alive[pid]
        return code

    def close(self) -> None:
        """End it, and whoever it has born."""
        for process in self._alive.values():
            process.kill()
            process.wait()
        self._parent.close()


@dataclass
class Commands:
    """The commands of one home. env: what every one of them sees; ran: how many there were."""

    nursery: Nursery
    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    ran: int = 0

    def start(self, argv: Sequence[str], *, fresh: bool = False, extra: Mapping[str, str] | None = None) -> int:
        """Begin a command, return its pid. Its outputs are appended to out.txt and err.txt."""
        self.ran += 1
        return self.nursery.start(argv, self.folder, {**self.env, **(extra or {})}, fresh=fresh)

    def wait(self, pid: int, seconds: float = PATIENCE) -> int | None:
        """The exit code (negative: the signal that ended it), or None when it still runs."""
        return self.nursery.wait(pid, seconds)

    def end(self, pid: int) -> int:
        """The exit code of what must end by itself. Raises Stuck."""
        code = self.wait(pid)
        if code is None:
            raise Stuck(f"process {pid} did not end within {PATIENCE:.0f} s")
        return code
