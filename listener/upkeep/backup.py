"""An online copy of the database, checked before it counts."""

import sqlite3
from pathlib import Path

from listener.errors import InputError, StoreError


def backup(database: Path, target: Path) -> int:
    """Copy by VACUUM INTO and check the copy's integrity. Returns its size in bytes.

    Raises InputError when the target exists or cannot be written, StoreError when the copy is damaged.
    """
    if target.exists():
        raise InputError(f"{target} exists already", "name a new file")
    if not target.parent.is_dir():
        raise InputError(f"there is no folder {target.parent}", "create it first")
    _copy(database, target)
    target.chmod(0o600)
    _require_intact(target)
    return target.stat().st_size


def _copy(database: Path, target: Path) -> None:
    connection = sqlite3.connect(database, timeout=10)
    try:
        connection.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.Error as error:
        target.unlink(missing_ok=True)
        raise InputError(f"cannot write {target} ({error})", "check the folder's mode and free space") from error
    finally:
        connection.close()


def _require_intact(target: Path) -> None:
    """Raise StoreError when the copy is damaged."""
    connection = sqlite3.connect(target)
    try:
        result = connection.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        connection.close()
    if result != "ok":
        raise StoreError(
            f"the copy {target} is damaged: {result}", "check the disk; the database itself was not changed"
        )
