"""The book of codes that may be out: a file beside the database, which no backup of the database takes back.

A line has a reward's id, its pool and the digest of its code; it is synced before the transaction in which the code may
leave, and never removed. A database in which such a coupon is free, or another reward's, was restored from an older
backup: its pool is frozen until the coupon is void.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, and_, select

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


def contains(connection: Connection, digest: str, *, but_reward: int | None = None) -> bool:
    """Return whether a code may be out by the book, by any reward or by another one than but_reward."""
    return any(entry.digest == digest and entry.reward_id != but_reward for entry in _read(_path(connection)))


def list_missing(connection: Connection, pool: str | None = None) -> list[OutCode]:
    """Return the entries, of a pool or of all, whose coupon could still go to somebody else.

    It is neither void nor out in the database, nor that of the entry's reward; another reward may have the id by now.
    """
    entries = [entry for entry in _read(_path(connection)) if pool is None or entry.pool == pool]
    if not entries:
        return []
    live = and_(reward.c.coupon_id == coupon.c.id, reward.c.released_at.is_(None))
    query = select(coupon.c.digest, reward.c.id).select_from(coupon.outerjoin(reward, live))
    chosen = is_any_of(coupon.c.digest, {entry.digest for entry in entries})
    rows = connection.execute(query.where(chosen, coupon.c.void_at.is_(None), reward.c.out_at.is_(None)))
    owners = {row.digest: row.id for row in rows}
    return [entry for entry in entries if owners.get(entry.digest, entry.reward_id) != entry.reward_id]


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
