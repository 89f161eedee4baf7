"""The book of codes that may be out: a file beside the database, which no backup of the database takes back.

A line has a reward's id, its pool and the digest of its code; it is synced before the transaction in which the code may
leave. A database that lacks one of these rewards was restored from an older backup: its pools are frozen.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from listener.access import why
from listener.errors import StoreError
from listener.store.dialect import file_of
from listener.store.tables import coupon, reward
from listener.store.value_dialect import is_any_of

SUFFIX = ".rewards"


@dataclass(frozen=True, slots=True)
class OutCode:
    """A code that may be out."""

    reward_id: int
    pool: str
    digest: str


def record(connection: Connection, entry: OutCode) -> None:
    """Append an entry and sync it, before the transaction commits. Raises StoreError."""
    path = _path(connection)
    if path is None:
        return
    try:
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.write(file, _line(entry).encode())
            os.fsync(file)
        finally:
            os.close(file)
    except OSError as error:
        raise StoreError(
            f"cannot write {path} ({why(error)})", "make it writable: it keeps codes from going twice"
        ) from error


def contains(connection: Connection, entry: OutCode) -> bool:
    """Return whether a code may be out by the book, also where an older database knows nothing of it."""
    return entry in _read(_path(connection))


def list_missing(connection: Connection, pool: str | None = None) -> list[OutCode]:
    """Return the entries, of a pool or of all, whose reward the database lacks; another one may have its id by now."""
    entries = [entry for entry in _read(_path(connection)) if pool is None or entry.pool == pool]
    if not entries:
        return []
    query = select(reward.c.id, coupon.c.digest).join(coupon, coupon.c.id == reward.c.coupon_id)
    known = query.where(is_any_of(reward.c.id, {entry.reward_id for entry in entries}))
    stored = {(row.id, row.digest) for row in connection.execute(known)}
    return [entry for entry in entries if (entry.reward_id, entry.digest) not in stored]


def forget_missing(connection: Connection, pool: str) -> None:
    """Write the book anew without the entries of a pool whose reward the database lacks. Raises StoreError."""
    path, missing = _path(connection), set(list_missing(connection, pool))
    if path is None:
        return
    new = path.with_name(f"{path.name}.new")
    try:
        kept = "".join(_line(entry) for entry in _read(path) if entry not in missing)
        new.write_text(kept, encoding="utf-8")
        new.chmod(0o600)
        new.replace(path)
    except OSError as error:
        raise StoreError(f"cannot write {path} ({why(error)})", "make the folder writable") from error


def _path(connection: Connection) -> Path | None:
    """Return where the book is; a server has none: what its backups take back, its operator looks after."""
    file = file_of(connection)
    return file.with_name(file.name + SUFFIX) if file is not None else None


def _line(entry: OutCode) -> str:
    return f"{entry.reward_id} {entry.pool} {entry.digest}\n"


def _read(path: Path | None) -> list[OutCode]:
    """Read the whole lines; a crash may have left half of the last one, whose code has not left. Raises StoreError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path is not None and path.exists() else []
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot read {path}", "restore it, or remove it if no coupon was ever given") from error
    parts = (line.split(" ") for line in lines)
    return [OutCode(int(part[0]), part[1], part[2]) for part in parts if len(part) == 3 and len(part[2]) == 64]
