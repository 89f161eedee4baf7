"""An online copy of the database, checked before it counts."""

from pathlib import Path

from listener.errors import InputError, StoreError
from listener.store import sqlite_file


def backup(database: Path, target: Path) -> int:
    """Copy by VACUUM INTO and check the copy's integrity. Returns its size in bytes.

    Raises InputError when the target exists, StoreError when it cannot be written or the copy is damaged.
    """
    if target.exists():
        raise InputError(f"{target} exists already", "name a new file")
    if not target.parent.is_dir():
        raise InputError(f"there is no folder {target.parent}", "create it first")
    sqlite_file.copy_database(database, target)
    if (problem := sqlite_file.check_integrity(target)) != "ok":
        raise StoreError(f"the copy {target} is damaged: {problem}", "check the disk; the database itself is unchanged")
    return target.stat().st_size
