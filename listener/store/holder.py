"""Who holds a lock or a lease of an installation: a process that may poll, decide and send."""

import os
import socket
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Process:
    """A process on a machine."""

    host: str
    pid: int

    @classmethod
    def own(cls) -> Self:
        """Return this process."""
        return cls(socket.gethostname(), os.getpid())

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock, or held it last. since: UTC, as text; host: where it runs, on a server of databases."""

    command: str
    pid: int
    since: str
    is_alive: bool
    host: str = ""

    def __str__(self) -> str:
        where = f" on {self.host}" if self.host else ""
        return f"`earshot {self.command}` (process {self.pid}{where}, since {self.since})"
