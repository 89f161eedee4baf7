"""The program's commands as processes of their own, forked from one that has imported the program already.

A Process is what subprocess.Popen is for a real start, as far as tests need it: pipes, signals, exit codes, time-outs.
"""

import atexit
import json
import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import IO, Self, TypedDict, Unpack

from tests import fork_server
from tests.offline import sitecustomize

OFFLINE = Path(sitecustomize.__file__).parent  # on the path of a process it refuses the network there
PROGRAM = (
    "listener.*", "responders.*", "tweepy", "alembic.command", "fasttext", "textual.app", "rich.console",
    "feedparser", "jinja2.sandbox", "vaderSentiment.vaderSentiment", "tests.warm:prepare",
)  # fmt: skip
ROOT = Path(__file__).parent.parent
MODULE = "listener.cli"
PIPE, DEVNULL = subprocess.PIPE, subprocess.DEVNULL
READS_ENVIRONMENT = ("listener.faultpoints",)  # when it is imported
AT_BOOT = ("PYTHON", "LC_", "LANG")  # variables that the interpreter reads at its start, which a fork does not have


class Streams(TypedDict, total=False):
    """Where stdin, stdout and stderr go: PIPE, DEVNULL or a file descriptor."""

    stdin: int
    stdout: int
    stderr: int


USUAL: Streams = {"stdin": DEVNULL, "stdout": PIPE, "stderr": PIPE}


class Process:
    """A running command. returncode: None while it runs; negative: the signal that ended it."""

    def __init__(self, answers: int, stdin: IO[str] | None, stdout: IO[str] | None, stderr: IO[str] | None) -> None:
        self.stdin, self.stdout, self.stderr = stdin, stdout, stderr
        self.returncode: int | None = None
        self._answers = os.fdopen(answers, encoding="ascii")
        self._readers: list[Reader] = []
        self.pid = self._answer()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the pipes and wait for the end."""
        for pipe in (self.stdin, self.stdout, self.stderr):
            if pipe is not None:
                pipe.close()
        self.wait()

    def _answer(self) -> int:
        line = self._answers.readline()
        if not line:
            raise RuntimeError("the fork server has ended; its error stands in the output above")
        return int(line)

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; return the exit code. Raises subprocess.TimeoutExpired after so many seconds."""
        if self.returncode is None:
            if not select.select([self._answers], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0.0)
            self.returncode = self._answer()
            self._answers.close()
        return self.returncode

    def communicate(self, input: str | None = None, timeout: float | None = None) -> tuple[str, str]:
        """Write to stdin, read both outputs, wait for the end; after subprocess.TimeoutExpired, call it again."""
        end = None if timeout is None else time.monotonic() + timeout
        if not self._readers:
            self._readers = [Reader(self.stdout), Reader(self.stderr)]
        if self.stdin is not None:
            with suppress(BrokenPipeError), self.stdin:
                self.stdin.write(input or "")
        self.wait(timeout)
        for reader in self._readers:
            reader.join(None if end is None else max(0.0, end - time.monotonic()))
            if reader.is_alive():
                raise subprocess.TimeoutExpired(f"the outputs of process {self.pid}", timeout or 0.0)
        out, err = (reader.text for reader in self._readers)
        return out, err

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Send SIGTERM."""
        self.send_signal(15)

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(9)


class Reader(threading.Thread):
    """Reads a pipe to its end, so that the process at the other end never waits. text: what came."""

    def __init__(self, pipe: IO[str] | None) -> None:
        super().__init__(daemon=True)
        self.pipe, self.text = pipe, ""
        self.start()

    def run(self) -> None:
        """Read, then close the pipe."""
        if self.pipe is not None:
            with self.pipe:
                self.text = self.pipe.read()


class Parent:
    """A fork server. It ends, and kills its children, when this process does."""

    def __init__(self, *preload: str, begin: "Callable[..., Running] | None" = None) -> None:
        """Begin it. preload: as fork_server takes it; begin: how it is started itself, anew or forked from another."""
        self._orders, theirs = socket.socketpair()
        self._lock = threading.Lock()
        env = {name: value for name, value in os.environ.items() if not name.startswith("EARSHOT_")}
        env |= {"PYTHONPATH": str(OFFLINE), "OPENBLAS_NUM_THREADS": "1"}  # threads do not outlive a fork
        self.boot = at_boot(env)
        streams: Streams = {"stdin": theirs.fileno(), "stdout": DEVNULL, "stderr": 2}
        with theirs:
            self._server = (begin or start_anew)(*preload, env=env, cwd=ROOT, module=fork_server.__name__, **streams)
        atexit.register(self.close)

    def start(
        self, *args: str, env: Mapping[str, str], cwd: Path, module: str = MODULE, **streams: Unpack[Streams]
    ) -> Process:
        """Have a child forked that runs a module with these arguments. The streams are as for subprocess.Popen."""
        order = {"module": module, "argv": args, "env": dict(env), "cwd": str(cwd), "reload": READS_ENVIRONMENT}
        given = USUAL | streams
        answers, theirs = os.pipe()
        pairs = [pipe(given["stdin"], "w"), pipe(given["stdout"], "r"), pipe(given["stderr"], "r")]
        self._send(order, [*(number for number, _ in pairs), theirs])
        for number in {theirs, *(number for number, _ in pairs)}.difference(streams.values()):
            os.close(number)
        return Process(answers, *(ours for _, ours in pairs))

    def _send(self, order: Mapping[str, object], pipes: Sequence[int]) -> None:
        body = json.dumps(order).encode()
        with self._lock:
            socket.send_fds(self._orders, [f"{len(body):{fork_server.HEADER}}".encode()], pipes)
            self._orders.sendall(body)

    def close(self) -> None:
        """End it, and whoever of its children still runs."""
        atexit.unregister(self.close)
        self._orders.close()
        self._server.wait()


@cache
def parent() -> Parent:
    """The fork server that has imported the program, and used it once (tests/warm.py)."""
    return Parent(*PROGRAM)


Running = Process | subprocess.Popen[str]


def pipe(stream: int, mode: str) -> tuple[int, IO[str] | None]:
    """The end of a stream for the child, and ours where it is a pipe. mode: ours."""
    if stream == DEVNULL:
        return os.open(os.devnull, os.O_RDWR), None
    if stream != PIPE:
        return stream, None
    reads, writes = os.pipe()
    ours, theirs = (reads, writes) if mode == "r" else (writes, reads)
    return theirs, os.fdopen(ours, mode, encoding="utf-8")


def at_boot(env: Mapping[str, str]) -> dict[str, str]:
    """What the interpreter reads of an environment at its start, but the path, which a fork can be given."""
    return {name: env[name] for name in env if name.startswith(AT_BOOT) and name != "PYTHONPATH"}


def start(*args: str, env: Mapping[str, str], cwd: Path, **streams: Unpack[Streams]) -> Running:
    """Begin `earshot ARGS`. The streams are as for subprocess.Popen, in UTF-8; DEVNULL and two pipes by default.

    It is forked, unless its environment asks for another interpreter than the fork server's.
    """
    begin = parent().start if at_boot(env) == parent().boot else start_anew
    return begin(*args, env=env, cwd=cwd, **streams)


def start_anew(
    *args: str, env: Mapping[str, str], cwd: Path, module: str = MODULE, **streams: Unpack[Streams]
) -> "subprocess.Popen[str]":
    """Begin `earshot ARGS` in an interpreter of its own, where the start itself is what a test is about."""
    command = [sys.executable, "-m", module, *args]
    return subprocess.Popen(command, env=env, cwd=cwd, encoding="utf-8", **(USUAL | streams))
