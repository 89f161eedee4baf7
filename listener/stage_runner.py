"""Runs every stage, so that what one raises is a failure of that stage alone: kept, reported, and tried again later.

What cannot be written (a full disk, a locked database) is remembered and written as soon as that works again; until
then `progress_at` grows old, and `health` turns red.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection

from listener.errors import DatabaseBusy, EarshotError, LeaseLost, StoreError, describe
from listener.pauses import growing_pause
from listener.store import stage_states
from listener.store.engine import Store
from listener.store.parts import part_of

log = logging.getLogger(__name__)

T = TypeVar("T")
BACKOFF_CAP = timedelta(minutes=15)
BUSY_PATIENCE_S = 120.0  # seconds for which a locked database is a wait; after that it is a failure
PROGRESS_EVERY_S = 10.0  # seconds between two notes that a stage goes on: each costs a commit
OWN_FAULT = "see the log, and report this: it is an error of Earshot's own"
FALLBACK_INTERVAL_S = 60.0


@dataclass(slots=True)
class Standing:
    """How a stage stands by the memory of this process; the times are seconds of the monotonic clock."""

    failures: int = 0  # in a row, also before this process began
    error: str = ""
    do: str = ""
    retry_at: float = 0.0
    busy_since: float | None = None
    written_at: float = float("-inf")  # the last attempt to write it
    ended_at: datetime | None = None  # when a run last ended well, until that is written
    end_written_at: float = float("-inf")  # the last attempt to write such an end


class StageRunner:
    """Runs stages by name: `poll NAME`, `send NAME`, `route`, `upkeep`. intervals: name -> seconds between two runs.

    troubles: the stages whose last run failed or had to wait -> why; unwritten: why the last write failed, None when it
    did not. A new runner tries a failing stage at once.
    """

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        intervals: Mapping[str, float],
        ticks: Callable[[], float] = time.monotonic,
        note_duration: Callable[[str, float], None] = lambda stage, seconds: None,
    ) -> None:
        self._store, self._clock, self._intervals, self._ticks = store, clock, intervals, ticks
        self._note_duration = note_duration
        self._standings: dict[str, Standing] = {}
        self.troubles: dict[str, str] = {}
        self.unwritten: StoreError | None = None

    def run(self, name: str, work: Callable[[], T], empty: T) -> T:
        """Return what a stage did; nothing (`empty`) when it failed, or waits after failures. Never raises for it."""
        if self._ticks() < self._find(name).retry_at:
            self.moved_on(name)
            return empty
        began = self._ticks()
        try:
            done = work()
        except DatabaseBusy as error:
            self._wait(name, error)
        except LeaseLost as error:  # whoever leads it by now does the rest
            self._standings.pop(name, None)
            fields = {"event": "stage_left", "stage": name, "why": error.what}
            log.warning("%(stage)s was left to another process: %(why)s", fields)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the other stages go on
            self._fail(name, error)
        else:
            self._end_well(name)
            return done
        finally:
            self._note_duration(name, self._ticks() - began)
        return empty

    def moved_on(self, name: str) -> None:
        """Note that a stage goes on, and write what could not be written before. Not inside a transaction."""
        self._write_if_due(name, self._find(name).written_at)

    def _write_if_due(self, name: str, written_at: float) -> None:
        if self._ticks() - written_at >= PROGRESS_EVERY_S:
            self._write(name)

    def forget(self, part: str) -> None:
        """Forget how the stages of a part stood: another process has led it meanwhile, and the database knows."""
        for name in list(self._standings):  # a copy: other threads begin and leave stages meanwhile
            if part_of(name) == part:
                self._standings.pop(name, None)

    def _find(self, name: str) -> Standing:
        if name not in self._standings:
            self._standings[name] = self._load(name)
        return self._standings[name]

    def _load(self, name: str) -> Standing:
        """Take up the failures that an earlier process counted."""
        try:
            with self._store.read() as connection:
                states = stage_states.list_stages(connection)
        except StoreError:
            return Standing()
        state = next((state for state in states if state.name == name), None)
        return Standing(state.failures, state.error or "", state.error_do or "") if state else Standing()

    def _wait(self, name: str, error: DatabaseBusy) -> None:
        """Let a locked database be a wait; one that stays locked is a failure."""
        standing = self._find(name)
        standing.busy_since = self._ticks() if standing.busy_since is None else standing.busy_since
        if self._ticks() - standing.busy_since >= BUSY_PATIENCE_S:
            self._fail(name, error)
        else:
            self.troubles[name] = str(error)
            log.warning("%(stage)s is waiting: %(why)s", {"event": "stage_waiting", "stage": name, "why": error})

    def _fail(self, name: str, error: Exception) -> None:
        standing, interval = self._find(name), self._intervals.get(name, FALLBACK_INTERVAL_S)
        if isinstance(error, EarshotError):
            log.error("%(stage)s failed: %(why)s", {"event": "stage_failed", "stage": name, "why": error})
        else:
            fields = {"event": "stage_crashed", "stage": name}
            log.error("%(stage)s failed: an error of Earshot's own", fields, exc_info=error)
        standing.failures += 1
        standing.error = describe(error)
        standing.do = error.do if isinstance(error, EarshotError) and error.do else OWN_FAULT
        if standing.failures > 1:
            pause = growing_pause(standing.failures, timedelta(seconds=interval), BACKOFF_CAP)
            standing.retry_at = self._ticks() + pause.total_seconds()
        self.troubles[name] = f"{standing.error}; {standing.do}"
        self._write(name)

    def _end_well(self, name: str) -> None:
        """Note the end; a sign of life a moment ago does not put off writing it."""
        standing = self._find(name)
        self.troubles.pop(name, None)
        standing.busy_since = None
        if standing.failures:
            standing = self._standings[name] = Standing()
        standing.ended_at = self._clock()
        self._write_if_due(name, standing.end_written_at)

    def _write(self, name: str) -> None:
        """Write how a stage stands; where that fails it is tried again with its next sign of life."""
        standing = self._find(name)
        standing.written_at = self._ticks()
        if standing.ended_at is not None:
            standing.end_written_at = standing.written_at
        try:
            with self._store.under(part_of(name)).write() as connection:
                self._record(connection, name, standing, self._clock())
        except LeaseLost:
            return
        except StoreError as error:
            fields = {"event": "stage_not_written", "stage": name, "why": error}
            log.warning("how %(stage)s stands could not be written: %(why)s", fields)
            self.unwritten = self.unwritten if isinstance(error, DatabaseBusy) else error
        else:
            standing.ended_at, self.unwritten = None, None

    def _record(self, connection: Connection, name: str, standing: Standing, now: datetime) -> None:
        """Record an end that is not yet written before what came after it."""
        if standing.ended_at is not None:
            stage_states.record_end(connection, name, standing.ended_at)
        if standing.failures:
            wait = timedelta(seconds=max(standing.retry_at - self._ticks(), 0.0))
            why = stage_states.Failure(standing.failures, standing.error, standing.do, now + wait)
            stage_states.record_failure(connection, name, why, now)
        else:
            stage_states.record_progress(connection, name, now)
