"""Earshot's commands as a run gives them: each a process of its own, born in a nursery."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.offline import sitecustomize

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60.0  # seconds; a bound for a broken run, never waited out by a sound one


class Stuck(Exception):
    """A command did not end in PATIENCE seconds."""


class Nursery:
    """The process of nursery.py. Used by one thread."""

    def __init__(self) -> None:
        path = os.pathsep.join((str(ROOT), str(Path(sitecustomize.__file__).parent)))
        bare = {name: value for name, value in os.environ.items() if not name.startswith("EARSHOT_")}
        env = {**bare, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1", "NO_COLOR": "1"}
        self.env, pipe = env, subprocess.PIPE
        command = [sys.executable, "-m", "tests.faults.nursery"]
        self._process = subprocess.Popen(command, env=env, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)

    def ask(self, **order: Any) -> dict[str, Any]:
        """Give an order, return its answer."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise Stuck("the nursery has died")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """End it, and whoever it has born."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE)
        self._process.stdout.close()


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
        order = {"argv": list(argv), "fresh": fresh, "cwd": str(self.folder)}
        files = {"out": str(self.folder / "out.txt"), "err": str(self.folder / "err.txt")}
        pid: int = self.nursery.ask(**order, **files, env={**self.nursery.env, **self.env, **(extra or {})})["pid"]
        return pid

    def wait(self, pid: int, seconds: float = PATIENCE) -> int | None:
        """The exit code (negative: the signal that ended it), or None when it still runs."""
        code: int | None = self.nursery.ask(wait=pid, seconds=seconds)["code"]
        return code

    def end(self, pid: int) -> int:
        """The exit code of what must end by itself. Raises Stuck."""
        code = self.wait(pid)
        if code is None:
            raise Stuck(f"process {pid} did not end within {PATIENCE:.0f} s")
        return code
