"""An online copy of the database, checked before it counts."""

from pathlib import Path

from listener.errors import InputError, StoreError
from listener.store import dialect


def backup(database: Path, target: Path) -> int:
    """Copy by VACUUM INTO and check the copy's integrity. Returns its size in bytes.

    Raises InputError when the target exists or cannot be written, StoreError when the copy is not sound.
    """
    if target.exists():
        raise InputError(f"{target} exists", "name a new file")
    if not target.parent.is_dir():
        raise InputError(f"there is no folder {target.parent}", "make it first")
    _copy(database, target)
    if (problem := dialect.check_integrity(target)) != "ok":
        raise StoreError(f"the copy {target} is damaged: {problem}", "check the disk; the database itself is unchanged")
    return target.stat().st_size


def _copy(database: Path, target: Path) -> None:
    try:
        with dialect.as_store_error(database):
            dialect.copy_database(database, target)
    except StoreError as error:
        target.unlink(missing_ok=True)
        raise InputError(f"cannot write {target} ({error.what})", "check the folder's mode and free space") from error
