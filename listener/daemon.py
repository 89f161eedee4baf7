"""The daemon: APScheduler starts the stages, signals stop them. It holds no rule of its own.

Each platform has its own thread, so that a dead network delays no other platform; deciding and upkeep share one.
Deciding and sending rest while they have nothing to do: the end of another stage wakes them, or an act of the staff,
which another process writes into the database.
"""

import logging
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from listener import shutdown
from listener.errors import DatabaseBusy, EarshotError, StoreError, describe
from listener.settings import Settings
from listener.stage_results import Outlook
from listener.stages import Stages
from listener.store import notices
from listener.store.notices import EVERYWHERE
from listener.store.parts import part_of
from listener.store.stage_states import CONFIGURATION
from listener.wake_signal import WakeSignal

log = logging.getLogger(__name__)

GRACE = 8.0  # seconds that running stages get after SIGTERM; the committed claim makes leaving them safe
JUMP = 5.0  # seconds by which wall and monotonic clock may drift apart before all jobs are rescheduled
OWN_THREAD = ("alerts", "digests", "webhooks")  # what hangs outside must not delay deciding, nor one another
TICK = 0.5  # seconds between two looks at the clock and for acts of the staff
REST = 30.0  # seconds after which a stage that nothing woke runs all the same
WOKEN = ("route", "send")  # stages that rest


class Every(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Fires once an interval. After a clock that jumped ahead it fires once: what was missed is not caught up.

    APScheduler asks a trigger for every time up to now, and its own one would list each that a year has missed.
    """

    def __init__(self, seconds: float) -> None:
        self._interval = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """Return an interval after the run before, or after now where that is past."""
        following = (previous or now) + self._interval
        return following if following > now else now + self._interval


class Daemon:
    """Runs the stages until the stop flag is raised. build: loads settings and stages again, for SIGHUP."""

    def __init__(self, settings: Settings, stages: Stages, build: Callable[[], tuple[Settings, Stages]]) -> None:
        self._settings, self._stages, self._build = settings, stages, build
        self._scheduler = BackgroundScheduler(timezone=UTC, executors={"default": ThreadPoolExecutor(1)})
        self._threads: set[str] = set()
        self._refusal: EarshotError | None = None  # of a configuration, not written down yet
        self._busy = 0
        self._idle = threading.Condition()
        self._wakes: Counter[str] = Counter()  # stage -> how often it was woken

    def run(self) -> bool:
        """Run the stages until the stop flag is raised, then return within ten seconds: True when none still runs."""
        self._schedule()
        self._scheduler.start()
        platforms = self._settings.platforms
        names = ", ".join(f"{platform.name} every {platform.section.poll_seconds:g} s" for platform in platforms)
        log.info("listening on %(platforms)s", {"event": "started", "platforms": names})
        self._watch()
        log.info("stopping", {"event": "stopping"})
        self._scheduler.shutdown(wait=False)
        is_idle = self._wait_until_idle(GRACE)
        if not is_idle:
            log.warning("stopped during a call; the next start checks whether it arrived", {"event": "call_abandoned"})
        return is_idle

    def _watch(self) -> None:
        """Wait for signals, and for a clock that was set: APScheduler schedules by the wall clock."""
        usual = time.time() - time.monotonic()
        signal = WakeSignal(self._stages.store)
        while not shutdown.stop_requested.is_set():
            shutdown.wait(TICK)
            if shutdown.reload.is_set():
                shutdown.reload.clear()
                self._reload()
            self._report_refusal()
            self._begin_parts(self._stages.list_taken())
            if signal.is_given():
                for stage in WOKEN:
                    self._wake(stage)
            offset = time.time() - time.monotonic()
            if abs(offset - usual) > JUMP:
                fields = {"event": "clock_jumped", "seconds": round(offset - usual)}
                log.warning("the clock jumped by %(seconds)+d s: all jobs are rescheduled", fields)
                usual = offset
                self._schedule()
        signal.close()

    def _begin_parts(self, parts: Collection[str]) -> None:
        """Run the stages of parts that this daemon leads from now on."""
        for name in self._stages.intervals:
            if part_of(name) in parts:
                self._run_now(name)

    def _wake(self, stage: str) -> None:
        """Run a stage now, on every platform; where it runs already, once more after that."""
        for name in self._stages.intervals:
            if name.partition(" ")[0] == stage:
                self._run_now(name)

    def _run_now(self, name: str) -> None:
        with self._idle:
            self._wakes[name] += 1
            self._run_after(name, 0.0)

    def _run_after(self, name: str, seconds: float) -> None:
        if shutdown.stop_requested.is_set():
            return
        with suppress(JobLookupError):  # the configuration has changed meanwhile
            self._scheduler.modify_job(name, next_run_time=datetime.now(UTC) + timedelta(seconds=seconds))

    def _schedule(self) -> None:
        """Schedule one job per stage, each beginning now; the stages of a platform share its thread."""
        self._scheduler.remove_all_jobs()
        for name, seconds in self._stages.intervals.items():
            thread = name if name in OWN_THREAD else name.partition(" ")[2] or "default"
            self._add_thread(thread)
            self._add_job(name, seconds, thread)

    def _add_thread(self, name: str) -> None:
        if name not in self._threads and name != "default":
            self._threads.add(name)
            self._scheduler.add_executor(ThreadPoolExecutor(1), alias=name)

    def _add_job(self, name: str, seconds: float, executor: str) -> None:
        self._scheduler.add_job(
            partial(self._run, name),
            Every(seconds),
            id=name,
            executor=executor,
            max_instances=2,  # one runs in its thread, and one that was woken meanwhile waits for that thread
            coalesce=True,
            misfire_grace_time=None,
            next_run_time=datetime.now(UTC),
        )

    def _run(self, name: str) -> None:
        """Run a stage, unless Earshot is stopping; what it raises is the business of its runner."""
        if shutdown.stop_requested.is_set():
            return
        with self._idle:
            self._busy += 1
            wakes = self._wakes[name]
        try:
            outlook = self._stages.run(name)
            if outlook.wakes is not None:
                self._wake(outlook.wakes)
            self._plan_next(name, wakes, outlook)
        finally:
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()

    def _plan_next(self, name: str, wakes: int, outlook: Outlook) -> None:
        """Let a stage rest, or run when its next reply may be sent, unless it was woken since it began.

        wakes: how often it had been woken by then.
        """
        interval = self._stages.intervals.get(name, REST)
        seconds = interval if outlook.has_more else max(REST, interval)
        if outlook.next_at is not None:
            seconds = min(seconds, max((outlook.next_at - self._stages.clock()).total_seconds(), 0.0))
        with self._idle:
            if self._wakes[name] == wakes and (seconds < interval or not outlook.has_more):
                self._run_after(name, seconds)

    def _wait_until_idle(self, seconds: float) -> bool:
        """Wait for running stages. Returns False when one still runs after so many seconds."""
        with self._idle:
            return self._idle.wait_for(lambda: self._busy == 0, seconds)

    def _reload(self) -> None:
        """Read the configuration again; a faulty one is refused and the old one stays."""
        try:
            self._settings, self._stages = self._build()
        except DatabaseBusy as error:
            fields = {"event": "configuration_waiting", "why": error}
            log.warning("the configuration is read again when the database is free: %(why)s", fields)
            shutdown.reload.set()
            return
        except Exception as error:  # noqa: BLE001 -- whatever is wrong with it, the old one goes on
            self._refusal = error if isinstance(error, EarshotError) else EarshotError(describe(error))
            problems = str(self._refusal).replace("\n", " | ")
            fields = {"event": "configuration_refused", "why": problems}
            log.error("the new configuration is refused, the old one stays in use: %(why)s", fields)
            return
        self._refusal = None
        self._schedule()
        log.info("the configuration was read again", {"event": "configuration_read"})

    def _report_refusal(self) -> None:
        """Open a notice that stays until a configuration is accepted; what cannot be written is tried again."""
        if self._refusal is None:
            return
        why = self._refusal.what.partition("\n")[0]
        what = f"the new configuration is refused, the old one stays in use: {why}"
        do = "`earshot check` lists every problem; correct them, then send SIGHUP again"
        try:
            with self._stages.store.write() as connection:
                now = self._stages.clock()
                notices.open_notice(connection, CONFIGURATION, EVERYWHERE, what, do, now)
        except StoreError as error:
            fields = {"event": "refusal_not_reported", "why": error}
            log.warning("the refused configuration could not be reported: %(why)s", fields)
        else:
            self._refusal = None


def leave(code: int) -> None:
    """Exit without joining threads: a call that hangs must not keep the process alive."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            continue
    os._exit(code)
