"""The book of codes that may be out: a file beside the database, which no backup of the database takes back.

A line has a reward's id, its pool and the digest of its code; it is synced before the transaction in which the code may
leave, and never removed. A database in which such a coupon is free, or another reward's, was restored from an older
backup: its pool is frozen until the coupon is void. On a server reward_home.py has the guard in place of the book.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, and_, select

from listener.access import why
from listener.errors import BookError
from listener.store import notices, reward_home
from listener.store.dialect import file_of
from listener.store.notices import EVERYWHERE
from listener.store.tables import coupon, reward
from listener.store.value_dialect import is_any_of

SUFFIX = ".rewards"
ENTRY = re.compile(r"([0-9]{1,18}) ([^\s]+) ([0-9a-f]{64})$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class OutCode:
    """A code that may be out."""

    reward_id: int
    pool: str
    digest: str


def record(connection: Connection, entry: OutCode, now: datetime) -> None:
    """Append an entry and sync it, before the transaction commits. Raises BookError."""
    path = _path(connection)
    if path is not None:
        with _naming(path):
            _append(path, _line(entry).encode())
        clear_notice(connection, now)


def require_usable(connection: Connection, now: datetime) -> None:
    """Raise BookError unless the book can be read and written; clear its notice."""
    path = _path(connection)
    if path is not None:
        _read(path)
        if path.exists():
            with _naming(path):
                os.close(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC))
        clear_notice(connection, now)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Name the book in an error of writing it. Raises BookError."""
    try:
        yield
    except OSError as error:
        do = "make it writable: it keeps codes from going twice"
        raise BookError(f"cannot write {path} ({why(error)})", do) from error


def _append(path: Path, line: bytes) -> None:
    """Append the whole line, on a line of its own: a crash or a full disk may have left half of the one before."""
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        size = os.fstat(file).st_size
        left = line if size == 0 or os.pread(file, 1, size - 1) == b"\n" else b"\n" + line
        while left:
            left = left[os.write(file, left) :]
        os.fsync(file)
    finally:
        os.close(file)
    if size == 0:
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def contains(connection: Connection, digest: str, *, but_reward: int | None = None) -> bool:
    """Return whether a code may be out by the book, by any reward or by another one than but_reward."""
    if (path := _path(connection)) is None:
        return reward_home.is_code_frozen(connection, digest)
    return any(entry.digest == digest and entry.reward_id != but_reward for entry in _read(path))


def list_missing(connection: Connection, pool: str | None = None) -> list[OutCode]:
    """Return the entries, of a pool or of all, whose coupon could still go to somebody else.

    It is neither void nor out in the database, nor that of the entry's reward; another reward may have the id by now.
    """
    if (path := _path(connection)) is None:
        return [OutCode(*loose) for loose in reward_home.list_loose(connection, pool)]
    entries = [entry for entry in _read(path) if pool is None or entry.pool == pool]
    if not entries:
        return []
    live = and_(reward.c.coupon_id == coupon.c.id, reward.c.released_at.is_(None))
    query = select(coupon.c.digest, reward.c.id).select_from(coupon.outerjoin(reward, live))
    chosen = is_any_of(coupon.c.digest, {entry.digest for entry in entries})
    rows = connection.execute(query.where(chosen, coupon.c.void_at.is_(None), reward.c.out_at.is_(None)))
    owners = {row.digest: row.id for row in rows}
    return [entry for entry in entries if owners.get(entry.digest, entry.reward_id) != entry.reward_id]


def is_out(connection: Connection, digest: str) -> bool:
    """Return whether a code may be out by the book; so it may where the book cannot be read."""
    try:
        return contains(connection, digest)
    except BookError:
        return True


def open_notice(connection: Connection, error: BookError, now: datetime) -> None:
    """Open the notice about a book that cannot be used."""
    notices.open_notice(connection, "coupons_book", EVERYWHERE, error.what, error.do, now)


def clear_notice(connection: Connection, now: datetime) -> None:
    """Clear the notice about the book: it can be used."""
    notices.clear(connection, "coupons_book", EVERYWHERE, now)


def _path(connection: Connection) -> Path | None:
    """Return where the book is; a server has none."""
    file = file_of(connection)
    return file.with_name(file.name + SUFFIX) if file is not None else None


def _line(entry: OutCode) -> str:
    return f"{entry.reward_id} {entry.pool} {entry.digest}\n"


def _read(path: Path) -> list[OutCode]:
    """Read the entries; the half of a line is none, also where the next one follows it. Raises BookError."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise BookError(
            f"cannot read {path} ({why(error)})", "make it readable: no coupon is given until then"
        ) from error
    except ValueError as error:
        do = "restore it from a backup, or remove the broken lines; no coupon is given until then"
        raise BookError(f"{path} is not text", do) from error
    return [OutCode(int(number), pool, digest) for number, pool, digest in ENTRY.findall(text)]
