"""How each stage stands: when it last went well or moved on, why it fails, and the notice of one that keeps failing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from listener.store import notices
from listener.store.dialect import upsert
from listener.store.loading import columns, load_all
from listener.store.notices import EVERYWHERE
from listener.store.operation_records import StageState
from listener.store.tables import stage

CONFIGURATION = "configuration"  # the kind of the notice about one that was refused
NOTICE_AFTER_FAILURES = 3  # failures in a row before a notice opens
WELL: Mapping[str, int | None] = {"failures": 0, "error": None, "error_do": None, "retry_at": None}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a stage fails: how often in a row, in words, what to do, and when it is tried again."""

    count: int
    what: str
    do: str
    retry_at: datetime


def list_stages(connection: Connection) -> list[StageState]:
    """List the stages that ever ran, by name: `poll NAME`, `route`, `send NAME`, `upkeep`."""
    query = select(*columns(StageState, stage)).order_by(stage.c.name)
    return load_all(StageState, connection.execute(query))


def begin(connection: Connection, intervals: Mapping[str, float], now: datetime) -> None:
    """Record which stages there are, with the seconds between two runs; each is tried at once, whatever failed before.

    What is not among them (a platform was turned off) ends, and its notice with it. The configuration was accepted.
    """
    notices.clear(connection, CONFIGURATION, EVERYWHERE, now)
    for state in list_stages(connection):
        if state.name not in intervals:
            _clear_notice(connection, state.name, now)
    connection.execute(delete(stage).where(stage.c.name.not_in(list(intervals))))
    for name, seconds in intervals.items():
        record_stage(connection, name, interval_seconds=seconds, progress_at=now, retry_at=None)


def record_stage(connection: Connection, name: str, **changes: object) -> None:
    """Change columns of a stage's row; a stage that never ran gets one."""
    row = upsert(connection, stage).values(name=name, **{"failures": 0, **changes})
    connection.execute(row.on_conflict_do_update(index_elements=["name"], set_=changes))


def record_progress(connection: Connection, name: str, now: datetime) -> None:
    """Record that a stage went on."""
    record_stage(connection, name, progress_at=now)


def record_end(connection: Connection, name: str, ended_at: datetime) -> None:
    """Record that a run ended well: whatever failed before is over, and its notice ends."""
    was_failing = (stage.c.name == name, stage.c.failures > 0)
    if connection.execute(update(stage).where(*was_failing).values(since=ended_at)).rowcount:
        _clear_notice(connection, name, ended_at)
    record_stage(connection, name, progress_at=ended_at, ok_at=ended_at, **WELL)


def record_failure(connection: Connection, name: str, failure: Failure, now: datetime) -> None:
    """Record that a stage failed; from the third time in a row on a notice is open."""
    since = {"since": now} if failure.count == 1 else {}
    why = {"failures": failure.count, "error": failure.what, "error_do": failure.do, "retry_at": failure.retry_at}
    record_stage(connection, name, progress_at=now, **since, **why)
    if failure.count >= NOTICE_AFTER_FAILURES:
        what = f"{name} failed {failure.count} times in a row: {failure.what}"
        notices.open_notice(connection, "stage", _platform(name), what, failure.do, now, subject=name)


def _clear_notice(connection: Connection, name: str, now: datetime) -> None:
    notices.clear(connection, "stage", _platform(name), now, subject=name)


def _platform(name: str) -> str:
    """Return the platform of `poll NAME` or `send NAME`."""
    return name.partition(" ")[2] or EVERYWHERE
