"""Clean the file of what was erased: the pages that SQLite freed or rearranged, and the log beside the file.

`secure_delete` overwrites what is freed, but a cell that moved when a page was balanced leaves its old bytes behind, so
the file has to be written anew. Others may hold it meanwhile: what is still to be done is a notice, opened with the
erasing itself, and upkeep goes on where this process stopped.
"""

import shutil
import time
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from listener.errors import DatabaseBusy
from listener.store import driver, notices
from listener.store.engine import Store
from listener.store.notices import EVERYWHERE

TRACES = "erasure_incomplete"  # the kind of the notice
IN_USE = "another program reads an older state of the database"
FILE, LOG = "file", "log"  # its subject: what has to be cleaned first
WAIT = 5.0  # seconds for other processes to let go of the file
REST = 0.1  # seconds between two tries, so that others get their turn
DO = "close other programs that have the database open, or free disk space; upkeep tries again"


def request_cleaning(connection: Connection, now: datetime) -> None:
    """Record that the file has to be cleaned, in a new notice: a cleaning that began before must not clear it."""
    notices.clear(connection, TRACES, EVERYWHERE, now, subject=FILE)
    _open_notice(connection, FILE, "the file has not been rewritten yet", now)


def _open_notice(connection: Connection, stage: str, why: str, now: datetime) -> None:
    what = f"erased words may still be in the database's files: {why}"
    notices.open_notice(connection, "erasure_incomplete", EVERYWHERE, what, DO, now, subject=stage)


def clean(store: Store, now: datetime, patience: float = WAIT) -> bool:
    """Do what is due. Returns False when something is left, because others hold the file or the disk is full.

    Writing anew holds the write lock: about a second for a hundred thousand mentions.
    """
    try:
        left = _list_due(store)
        if FILE in left and not _clean_file(store, left[FILE], now, patience):
            return False
        if left and not _truncate(store.path, patience):
            return False
        with store.write() as connection:
            notices.clear(connection, TRACES, EVERYWHERE, now, subject=LOG)
        return not _list_due(store)
    except DatabaseBusy:
        return False


def _list_due(store: Store) -> dict[str, int]:
    """Map what is to be cleaned: the subjects of the open notices, and their ids."""
    with store.read() as connection:
        return {notice.subject: notice.id for notice in notices.list_open(connection) if notice.kind == TRACES}


def _clean_file(store: Store, seen: int, now: datetime, patience: float) -> bool:
    """Write the file anew. Returns False when that failed, or somebody was forgotten meanwhile."""
    why = _rewrite(store.path, patience)
    with store.write() as connection:
        _open_notice(connection, FILE if why else LOG, why or IN_USE, now)
        if why or all(notice.id != seen for notice in notices.list_open(connection)):
            return False
        notices.clear(connection, TRACES, EVERYWHERE, now, subject=FILE)
    return True


def _rewrite(path: Path, patience: float) -> str:
    """Write the file anew. Returns why that failed, or nothing. patience: seconds for others to let go of it."""
    if shutil.disk_usage(path.parent).free < path.stat().st_size:
        return f"the disk has no room for a second {path.name}"
    return driver.rewrite_file(path, patience)


def _truncate(path: Path, patience: float) -> bool:
    """Empty the log, in short tries within this many seconds. Returns False when others read it all the while."""
    ends = time.monotonic() + patience
    while not driver.truncate_log(path):
        if time.monotonic() >= ends:
            return False
        time.sleep(REST)
    return True
