"""Clean the file of what was erased: the pages that SQLite freed or rearranged, and the log beside the file.

`secure_delete` overwrites what is freed, but a cell that moved when a page was balanced leaves its old bytes behind, so
the file has to be written anew; on a server the tables. Others may hold them meanwhile: what is still to be done is a
notice, opened with the erasing itself, and upkeep goes on where this process stopped.
"""

from datetime import datetime

from sqlalchemy import Connection

from listener.errors import DatabaseBusy
from listener.store import notices
from listener.store.engine import Store
from listener.store.notices import EVERYWHERE

TRACES = "erasure_incomplete"  # the kind of the notice
IN_USE = "another program reads an older state of the database"
FILE, LOG = "file", "log"  # its subject: what has to be cleaned first
WAIT = 5.0  # seconds for other processes to let go of the file
DO = (
    "close other programs that have the database open, or free disk space; on a server run `earshot forget` as the "
    "owner of the tables; upkeep tries again"
)


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
        if left and not store.database.truncate_log(patience):
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
    why = store.database.rewrite(patience)
    with store.write() as connection:
        _open_notice(connection, FILE if why else LOG, why or IN_USE, now)
        if why or all(notice.id != seen for notice in notices.list_open(connection)):
            return False
        notices.clear(connection, TRACES, EVERYWHERE, now, subject=FILE)
    return True
