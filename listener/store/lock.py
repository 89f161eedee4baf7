"""The lock beside the SQLite file: one `run`, `once` or `migrate` at a time.

The kernel frees it when its process dies, however it dies.
"""

import fcntl
import json
import os
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from listener.access import explain_access, why
from listener.errors import LockHeld, StoreError
from listener.store.holder import Holder, Process

if TYPE_CHECKING:
    from sqlalchemy import Connection

TRIES, PAUSE_S = 10, 0.02  # how often the lock is tried, and the seconds between two tries
UNKNOWN = Holder("run", 0, "a moment ago", is_alive=True)  # it took the lock and has not signed it yet


class WholeLock:
    """A lock on everything at once: it is the lease on each part, from its beginning to the end of the process.

    What stands here is true of the lock beside a file, which the kernel keeps for as long as the process lives.
    """

    name = ""
    is_lost = is_ending = False

    @property
    def epoch(self) -> int | None:
        """Return none: nobody else can take it."""
        return None

    @property
    def free_for(self) -> float:
        """Return for how many seconds nobody has held it before: the kernel knows that nobody does."""
        return float("inf")

    def lease(self, part: str) -> Self:
        """Return the lock itself."""
        return self

    def lead(self, parts: Collection[str]) -> None:
        """Do nothing: everything is led already."""

    def list_taken(self) -> list[str]:
        """Return nothing: no part is taken later."""
        return []

    def give_back(self) -> None:
        """Do nothing: the lock ends with the process."""

    def begin(self, *, is_sure: bool) -> bool:
        """Return True."""
        return True

    def end(self) -> None:
        """Do nothing."""

    def check(self, seconds: float) -> bool:
        """Return True."""
        return True

    def guard(self, connection: "Connection") -> None:
        """Do nothing."""


class FileLock(WholeLock):
    """The lock beside a file."""

    def __init__(self) -> None:
        self.name = str(Process.own())


def find_holder(database: Path) -> Holder | None:
    """Return who holds the lock or held it last; None where nobody ever did, or the lock may not be looked at."""
    try:
        descriptor = os.open(_lock_path(database), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read_holder(descriptor, is_alive=True) or UNKNOWN
    except OSError:  # a file system without locks
        return None
    else:
        return _read_holder(descriptor, is_alive=False)
    finally:
        os.close(descriptor)


def _lock_path(database: Path) -> Path:
    real = database.resolve()  # a link to the database must not find a lock of its own
    return real.with_name(real.name + ".lock")


@contextmanager
def hold(database: Path, command: str, now: datetime) -> Iterator[FileLock]:
    """Hold `<file>.lock`. Raises LockHeld naming the holder, StoreError where the folder cannot be written."""
    path = _lock_path(database)
    descriptor = _open(path)
    try:
        _take(descriptor, path)
        os.ftruncate(descriptor, 0)
        os.pwrite(
            descriptor, json.dumps({"pid": os.getpid(), "command": command, "since": f"{now:%FT%TZ}"}).encode(), 0
        )
        yield FileLock()
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(f"cannot write {path} ({why(error)})", explain_access(path)) from error


def _take(descriptor: int, path: Path) -> None:
    """Take the lock. Tries for a moment: `status` looks at it for less than a millisecond. Raises LockHeld."""
    for _ in range(TRIES):
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(PAUSE_S)
    holder = _read_holder(descriptor, is_alive=True) or "another process"
    raise LockHeld(f"{holder} holds {path}", "stop it first, or let it do the work")


def _read_holder(descriptor: int, *, is_alive: bool) -> Holder | None:
    try:
        entry = json.loads(os.pread(descriptor, 500, 0))
        return Holder(str(entry["command"]), int(entry["pid"]), str(entry["since"]), is_alive)
    except (ValueError, KeyError, TypeError):
        return None
