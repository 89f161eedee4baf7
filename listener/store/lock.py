"""The lock beside the SQLite file: one `run`, `once` or `migrate` at a time.

The kernel frees it when its process dies, however it dies.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from listener.errors import LockHeld, StoreError


@contextmanager
def hold(database: Path, command: str, now: datetime) -> Iterator[None]:
    """Hold `<file>.lock`. Raises LockHeld naming the holder, StoreError where the folder cannot be written."""
    real = database.resolve()  # a link to the database must not find a lock of its own
    path = real.with_name(real.name + ".lock")
    descriptor = _open(path)
    try:
        _take(descriptor, path)
        os.ftruncate(descriptor, 0)
        os.pwrite(
            descriptor, json.dumps({"pid": os.getpid(), "command": command, "since": f"{now:%FT%TZ}"}).encode(), 0
        )
        yield
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(
            f"cannot write {path} ({error.strerror})",
            "make the data folder writable, or set EARSHOT_DATA to one that is",
        ) from error


def _take(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise LockHeld(f"{_holder(descriptor)} holds {path}", "stop it first, or let it do the work") from error


def _holder(descriptor: int) -> str:
    try:
        entry = json.loads(os.pread(descriptor, 500, 0))
        return f"`earshot {entry['command']}` (process {entry['pid']}, since {entry['since']})"
    except (ValueError, KeyError, TypeError):
        return "another process"
