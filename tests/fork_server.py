"""A process that has imported the program and forks a child for each command: a start costs a second, a fork none.

`python -m tests.fork_server MODULE...` imports the modules (`package.*`: with all in it; `module:function`: calls it)
and then takes orders from the socket that is its stdin, until that closes; whoever still runs then is killed. An order
is eight bytes of length, which bring four file descriptors along (stdin, stdout, stderr and the pipe for answers), and
JSON:

    module: the module to run as `python -m` does     argv: its arguments
    cwd: the folder                                   env: the whole environment
    reload: modules that read the environment when they are imported

The answers are two lines, the pid and the exit code (negative: the signal that ended it). Nothing is kept in this
process but code and what it remembers of its first use: no file is open, no thread runs, and it runs no command itself.
"""

import atexit
import gc
import importlib
import io
import json
import os
import pkgutil
import runpy
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from typing import Any, TextIO

HEADER = 8  # bytes
AT_WORK = {"__main__", "migrations", "metrics"}  # do their work when imported; the last reads the whole environment


class Server:
    """The children that are alive, and the pipes on which their ends are reported."""

    def __init__(self, orders: socket.socket) -> None:
        self.orders = orders
        self.children: dict[int, int] = {}

    def serve(self) -> dict[str, Any] | None:
        """Fork a child for each order. Return the order in the child, None in the parent once the socket is closed."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the tests, which close the socket then
        signal.signal(signal.SIGCHLD, lambda *_: self.reap())
        try:
            while received := receive(self.orders):
                order, pipes = received
                if self.fork(pipes) == 0:
                    return order
        finally:
            if os.getpid() == PARENT:
                self.kill_all()
        return None

    def fork(self, pipes: list[int]) -> int:
        """Fork; return 0 in the child, which then has its own stdin, stdout and stderr."""
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        pid = os.fork()
        if pid == 0:
            self.leave_behind(pipes)
        else:
            for pipe in pipes[:3]:
                os.close(pipe)
            self.children[pid] = pipes[3]
            report(pipes[3], pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        return pid

    def leave_behind(self, pipes: list[int]) -> None:
        """Close in the child what belongs to the parent, take the default signal handlers and the given streams."""
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.setpgid(0, 0)
        self.orders.close()
        for pipe in (*self.children.values(), pipes[3]):
            os.close(pipe)
        self.children.clear()
        for number, pipe in enumerate(pipes[:3]):
            os.dup2(pipe, number)
            os.close(pipe)

    def reap(self) -> None:
        """Report the exit codes of all children that have ended."""
        for pid, pipe in list(self.children.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                del self.children[pid]
                report(pipe, os.waitstatus_to_exitcode(status))
                os.close(pipe)

    def kill_all(self) -> None:
        """Kill and reap whoever is left, and report it."""
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for pid, pipe in self.children.items():
            os.kill(pid, signal.SIGKILL)
            report(pipe, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def report(pipe: int, number: int) -> None:
    """Write an answer; a client that has gone away needs none."""
    with suppress(BrokenPipeError):
        os.write(pipe, f"{number}\n".encode())


def receive(orders: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Read an order and its file descriptors; None at the end."""
    header, pipes, _, _ = socket.recv_fds(orders, HEADER, 4)
    if not header:
        return None
    body, length = b"", int(header)
    while len(body) < length:
        body += orders.recv(length - len(body))
    return json.loads(body), pipes


def preload(names: list[str]) -> None:
    """Import modules; `name.*` is a package with all its modules, `name:function` a module whose function is called."""
    for name in names:
        if ":" in name:
            prepared, _, function = name.partition(":")
            getattr(importlib.import_module(prepared), function)()
            continue
        module = importlib.import_module(name.removesuffix(".*"))
        if name.endswith(".*"):
            for part in pkgutil.walk_packages(module.__path__, f"{module.__name__}."):
                if AT_WORK.isdisjoint(part.name.split(".")):
                    importlib.import_module(part.name)


def run(order: dict[str, Any]) -> None:
    """Become the command: its environment, folder, streams and arguments, then the module as `python -m` runs it."""
    inherited = search_path()
    os.environ.clear()
    os.environ.update(order["env"])
    time.tzset()
    os.chdir(order["cwd"])
    sys.path[:] = [order["cwd"], *search_path(), *(entry for entry in sys.path if entry not in inherited)]
    reopen_streams()
    for name in order["reload"]:
        importlib.reload(sys.modules[name])
    sys.argv = [order["module"], *order["argv"]]
    runpy.run_module(order["module"], run_name="__main__", alter_sys=True)


def code_of(order: dict[str, Any]) -> int:
    """Run the command; return the exit code with which the interpreter would end it."""
    try:
        run(order)
    except SystemExit as end:
        if isinstance(end.code, int):
            return end.code
        if end.code is not None:
            print(end.code, file=sys.stderr)
        return int(end.code is not None)
    except BaseException:  # noqa: BLE001 -- as the interpreter does at the end
        sys.excepthook(*sys.exc_info())
        return 1
    return 0


def leave(code: int) -> None:
    """End this process as the interpreter does, but leave the modules as they are: taking them down takes 60 ms."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            code = 120  # the interpreter's own
    os._exit(code & 0xFF)


def search_path() -> list[str]:
    """The entries of PYTHONPATH."""
    return list(filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep)))


def reopen_streams() -> None:
    """Make sys.stdin, sys.stdout and sys.stderr anew on what they are now: buffers by line on a terminal alone."""
    sys.stdin = sys.__stdin__ = stream(sys.stdin, 0, "rb")  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = stream(sys.stdout, 1, "wb")  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = stream(sys.stderr, 2, "wb")  # type: ignore[misc]


def stream(old: TextIO, number: int, mode: str) -> io.TextIOWrapper:
    """A text stream on a file descriptor, as the interpreter made the old one at its start."""
    assert isinstance(old, io.TextIOWrapper)
    unbuffered = old.write_through and mode == "wb"
    raw = open(number, mode, buffering=0 if unbuffered else -1, closefd=False)  # noqa: SIM115 -- open to the end
    by_line = number == 2 or os.isatty(number)
    return io.TextIOWrapper(raw, old.encoding, old.errors, line_buffering=by_line, write_through=old.write_through)


PARENT = os.getpid()

if __name__ == "__main__":
    del sys.path[0]  # the folder it was started in; each child gets its own
    preload(sys.argv[1:])
    gc.freeze()  # what stands now is shared by all children, and never walked by their collectors
    taken = Server(socket.socket(fileno=os.dup(0))).serve()
    if taken is not None:
        leave(code_of(taken))
