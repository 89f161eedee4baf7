"""The file of SQLite itself: its mode, copies, integrity, and what is written anew in it.

These statements run through sqlite3 on a connection of their own: inside a transaction of SQLAlchemy they would fail.
"""

import os
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from listener.access import explain_access, why
from listener.errors import StoreError
from listener.store.sqlite_errors import explain, is_damage

REST_S = 0.1  # between two tries to empty the log, so that others get their turn


def make_file(path: Path) -> None:
    """Make the file, readable by its owner alone, in WAL mode. Raises StoreError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreError(f"cannot write {path} ({why(error)})", explain_access(path)) from error
    mode = _enable_wal(path)
    if mode != "wal":
        raise StoreError(f"the file system of {path} does not support WAL ({mode})", "put the database on a local disk")


def _enable_wal(path: Path) -> str:
    """Switch the file to WAL. Returns the mode it is in: the switch can fail silently."""
    with closing(sqlite3.connect(path, timeout=10)) as connection:
        return str(connection.execute("PRAGMA journal_mode=WAL").fetchone()[0])


def keep_copy(path: Path, target: Path) -> None:
    """Copy the database before it is changed. Raises StoreError naming the copy where that cannot be written."""
    try:
        target.parent.mkdir(exist_ok=True)
        target.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"cannot write {target} ({why(error)})", explain_access(target)) from error
    copy_database(path, target)


def copy_database(path: Path, target: Path) -> None:
    """Copy a database while others use it; the copy is its owner's alone. Raises StoreError, leaving no half copy."""
    try:
        with closing(sqlite3.connect(path, timeout=10)) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.Error as error:
        target.unlink(missing_ok=True)
        raise explain(path if is_damage(error) else target, error) from error
    target.chmod(0o600)


def check_integrity(path: Path) -> str:
    """Return what is wrong inside a database file, or `ok`."""
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


def rewrite_file(path: Path, patience: float) -> str:
    """Write the file anew, without what was freed in it. Returns why that failed, or nothing.

    patience: seconds for others to let go of it.
    """
    if shutil.disk_usage(path.parent).free < path.stat().st_size:
        return f"the disk has no room for a second {path.name}"
    with closing(sqlite3.connect(path, timeout=patience, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")  # keeps the log short
            connection.execute("VACUUM")
        except sqlite3.OperationalError as error:
            return str(error)
    return ""


def truncate_log(path: Path, patience: float) -> bool:
    """Empty the log, in short tries within this many seconds. Returns False when others read it all the while."""
    ends = time.monotonic() + patience
    while not try_to_truncate_log(path):
        if time.monotonic() >= ends:
            return False
        time.sleep(REST_S)
    return True


def try_to_truncate_log(path: Path) -> bool:
    """Fold the log into the file and truncate it. Gives up at once where others read: waiting would hold up writers."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")  # the long part, beside which others write
            return not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.OperationalError:
            return False


class FileChanges:
    """Tells cheaply whether anybody has committed since it was last asked, this process or another."""

    def __init__(self, path: Path) -> None:
        source = f"file:{quote(str(path))}?mode=ro"
        self._connection = sqlite3.connect(source, uri=True, isolation_level=None, check_same_thread=False)
        self._version: int | None = None

    def has_any(self) -> bool:
        """Return True when somebody has committed, and the first time; not while the file cannot be read."""
        try:
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:
            return False
        before, self._version = self._version, version
        return bool(before != version)

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()
