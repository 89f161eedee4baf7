"""Network namespaces: a router that can lose every packet, and behind it a network for one process."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tests.process import Home

DATABASE, INNER, OUTER, FAR = "10.213.0.1", "10.213.0.2", "10.213.1.1", "10.213.1.2"  # from here to there, in order
PROGRAMS = ("ip", "unshare", "nsenter")


def can_make_namespaces() -> bool:
    """Return whether this is root on a system with the programs."""
    return os.geteuid() == 0 and all(map(shutil.which, PROGRAMS))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


class Namespace:
    """A network of its own, kept by a process that waits. The first command that it is given takes its place."""

    def __init__(self) -> None:
        keeps = ["unshare", "-n", "sh", "-c", "cat"]
        self._keeper = subprocess.Popen(keeps, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        own, end = Path("/proc/self/ns/net").readlink(), time.monotonic() + 10
        while Path(f"/proc/{self._keeper.pid}/ns/net").readlink() == own and time.monotonic() < end:
            time.sleep(0.01)
        self.pid = self._keeper.pid
        self.run("ip", "link", "set", "lo", "up")

    def run(self, *command: str) -> None:
        """Run a command inside."""
        _run("nsenter", "-t", str(self.pid), "-n", *command)

    def join(self, name: str, address: str) -> None:
        """Take a network device inside, and give it an address."""
        _run("ip", "link", "set", name, "netns", str(self.pid))
        self.run("ip", "address", "add", f"{address}/30", "dev", name)
        self.run("ip", "link", "set", name, "up")

    @contextmanager
    def running(self, home: Home, log: IO[bytes]) -> Iterator[int]:
        """Run the daemon of a home inside; yields its process."""
        command = ["nsenter", "-t", str(self.pid), "-n", sys.executable, "-m", "listener.cli", "run"]
        with subprocess.Popen(command, env=home.environment(), cwd=home.folder, stdout=log, stderr=log) as daemon:
            try:
                yield daemon.pid
            finally:
                daemon.kill()

    def close(self) -> None:
        """End it; its devices go with it."""
        self._keeper.kill()
        self._keeper.communicate()


class Router:
    """Forwards between this network and the far one."""

    def __init__(self) -> None:
        self.far, self._router = Namespace(), Namespace()

    def __enter__(self) -> Self:
        """Connect the three networks."""
        _run("ip", "link", "set", "lo", "up")
        _run("ip", "link", "add", "here", "type", "veth", "peer", "name", "inner")
        _run("ip", "link", "add", "there", "type", "veth", "peer", "name", "outer")
        _run("ip", "address", "add", f"{DATABASE}/30", "dev", "here")
        _run("ip", "link", "set", "here", "up")
        self._router.join("inner", INNER)
        self._router.join("outer", OUTER)
        self.far.join("there", FAR)
        _run("ip", "route", "add", f"{FAR}/32", "via", INNER)
        self.far.run("ip", "route", "add", "default", "via", OUTER)
        self.open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End the two other networks."""
        self.far.close()
        self._router.close()

    def open(self) -> None:
        """Let packets pass."""
        self._forward("1")

    def close(self) -> None:
        """Lose every packet, and tell nobody."""
        self._forward("0")

    def _forward(self, value: str) -> None:
        self._router.run("sh", "-c", f"echo {value} > /proc/sys/net/ipv4/ip_forward")
