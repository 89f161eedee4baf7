"""The daemon: APScheduler starts the stages, signals stop them. It holds no rule of its own.

Each platform has its own thread, so that a dead network delays no other platform; deciding and upkeep share one.
"""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from listener import shutdown
from listener.errors import DatabaseBusy, EarshotError
from listener.settings import Settings
from listener.stages import Stages

log = logging.getLogger(__name__)

GRACE = 8.0  # seconds that running stages get after SIGTERM; the committed claim makes leaving them safe
JUMP = 5.0  # seconds by which wall and monotonic clock may drift apart before all jobs are rescheduled
TICK = 0.5  # seconds between two checks of the clock and of the signals


class Daemon:
    """Runs the stages until the stop flag is raised. build: loads settings and stages again, for SIGHUP."""

    def __init__(self, settings: Settings, stages: Stages, build: Callable[[], tuple[Settings, Stages]]) -> None:
        self._settings, self._stages, self._build = settings, stages, build
        self._scheduler = BackgroundScheduler(timezone=UTC, executors={"default": ThreadPoolExecutor(1)})
        self._threads: set[str] = set()
        self._busy = 0
        self._idle = threading.Condition()

    def run(self) -> None:
        """Run the stages until the stop flag is raised, then return within ten seconds."""
        self._schedule()
        self._scheduler.start()
        platforms = self._settings.platforms
        names = ", ".join(f"{platform.name} every {platform.section.poll_seconds:g} s" for platform in platforms)
        log.info("listening on %s", names)
        self._watch()
        log.info("stopping")
        self._scheduler.shutdown(wait=False)
        if not self._wait_until_idle(GRACE):
            log.warning("stopped during a call; the next start checks whether it arrived")

    def _watch(self) -> None:
        """Wait for signals, and for a clock that was set: APScheduler schedules by the wall clock."""
        usual = time.time() - time.monotonic()
        while not shutdown.stop_requested.wait(TICK):
            if shutdown.reload.is_set():
                shutdown.reload.clear()
                self._reload()
            offset = time.time() - time.monotonic()
            if abs(offset - usual) > JUMP:
                log.warning("the clock jumped by %+.0f s: all jobs are rescheduled", offset - usual)
                usual = offset
                self._schedule()

    def _schedule(self) -> None:
        """Schedule one interval job per platform and stage, each beginning now."""
        self._scheduler.remove_all_jobs()
        daemon = self._settings.daemon
        for platform in self._settings.platforms:
            name = platform.name
            self._add_thread(name)
            self._add_job(f"poll {name}", platform.section.poll_seconds, name, partial(self._poll, name))
            self._add_job(f"send {name}", daemon.send_seconds, name, partial(self._send, name))
        self._add_job("route", daemon.route_seconds, "default", lambda: self._stages.route())
        self._add_job("upkeep", daemon.upkeep_seconds, "default", lambda: self._stages.upkeep())

    def _poll(self, name: str) -> object:
        return self._stages.poll(name) if name in self._stages.platforms else None

    def _send(self, name: str) -> object:
        return self._stages.send(name) if name in self._stages.platforms else None

    def _add_thread(self, name: str) -> None:
        if name not in self._threads:
            self._threads.add(name)
            self._scheduler.add_executor(ThreadPoolExecutor(1), alias=name)

    def _add_job(self, name: str, seconds: float, executor: str, work: Callable[[], object]) -> None:
        self._scheduler.add_job(
            self._guard(name, work),
            IntervalTrigger(seconds=seconds, timezone=UTC),
            id=name,
            executor=executor,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
            next_run_time=datetime.now(UTC),
        )

    def _guard(self, name: str, work: Callable[[], object]) -> Callable[[], None]:
        """Wrap a stage so that whatever it raises is logged; it runs again at its next interval."""

        def job() -> None:
            if shutdown.stop_requested.is_set():
                return
            with self._idle:
                self._busy += 1
            try:
                work()
            except DatabaseBusy as error:
                log.warning("%s is waiting: %s", name, error)
            except EarshotError as error:
                log.error("%s: %s", name, error)
            except Exception:
                log.exception("%s: an error of Earshot's own", name)
            finally:
                with self._idle:
                    self._busy -= 1
                    self._idle.notify_all()

        return job

    def _wait_until_idle(self, seconds: float) -> bool:
        """Wait for running stages. Returns False when one still runs after so many seconds."""
        with self._idle:
            return self._idle.wait_for(lambda: self._busy == 0, seconds)

    def _reload(self) -> None:
        """Read the configuration again; a faulty one is refused and the old one stays."""
        try:
            self._settings, self._stages = self._build()
        except EarshotError as error:
            log.error("the new configuration is refused, the old one stays in use: %s", str(error).replace("\n", " | "))
            return
        self._schedule()
        log.info("the configuration was read again")


def leave(code: int) -> None:
    """Exit without joining threads: a call that hangs must not keep the process alive."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            continue
    os._exit(code)
