"""What an error of SQLite means to an operator: what is wrong with the file or its disk, and what to do."""

import sqlite3  # SQLite alone: its codes; postgres_errors.py has another such table
from pathlib import Path

from listener.access import explain_access
from listener.errors import DatabaseBusy, StatementRefused, StoreError

RESTORE = "stop Earshot, move {path} and its -wal and -shm away, then `cp BACKUP {path}` (docs/operations.md, Restore)"
DISK = ("the disk of the database {path} fails or is full ({error})", "free some space, or replace the disk")
READ_ONLY = ("cannot write the database {path} ({error})", "{access}")
DAMAGED = ("the database {path} is damaged ({error})", f"restore a backup: {RESTORE}")
FOREIGN = ("{path} is damaged, or not a SQLite database ({error})", f"{DAMAGED[1]}; or set EARSHOT_DATABASE_URL anew")
MOVED = ("nothing can be written any more: {error}", "set EARSHOT_DATABASE_URL to that place")
BUG = "report this bug"
OURS = ("the database {path} failed: {error}", f"{BUG}: what was asked of the database does not fit it")
REFUSED = ("the database {path} refused an inconsistent change ({error})", BUG)
FAULTS = {  # the driver's code -> what is wrong, what to do
    sqlite3.SQLITE_FULL: DISK,
    sqlite3.SQLITE_IOERR: DISK,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: READ_ONLY,
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: FOREIGN,
    sqlite3.SQLITE_CONSTRAINT_TRIGGER: MOVED,
    sqlite3.SQLITE_CONSTRAINT: REFUSED,
}


def is_damage(error: sqlite3.Error) -> bool:
    """Return whether the file that was read is damaged, rather than the one that was written."""
    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _code(error: BaseException) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest of an extended code tells no more to a person


def explain(path: Path, error: BaseException) -> StoreError:
    """Return the error in words, judged by its code: the driver's words differ from version to version."""
    message = " ".join(str(error).split())
    code = _code(error)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return DatabaseBusy(f"another process holds the database {path}", "try again in a moment")
    extended = getattr(error, "sqlite_errorcode", 0)
    what, do = FAULTS.get(extended) or FAULTS.get(code, OURS)
    kind = StatementRefused if do.startswith(BUG) else StoreError
    return kind(what.format(path=path, error=message), do.format(path=path, access=explain_access(path)))
