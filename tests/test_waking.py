"""Deciding and sending rest while they have nothing to do, and are woken: by another stage, or by the staff."""

import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from listener import shutdown
from listener.daemon import REST, Daemon
from listener.errors import StoreError
from listener.outbox.round import SendCounts
from listener.settings import load, starter
from listener.stages import Stages
from listener.store import events
from listener.store.sqlite_file import FileChanges
from listener.wake_signal import WakeSignal
from tests.line import NOON, Line, line
from tests.process import PATIENCE, PRAISE, Home, until
from tests.test_daemon import count, drafts

__all__ = ["line"]

# no interval of these lets a stage run by itself within a test
SLOW = "[daemon]\nsend_seconds = 600\nroute_seconds = 600\nupkeep_seconds = 600\n"
SECTION = SLOW + '[platforms.memory]\nmentions = "mentions.jsonl"\nreplay = true\nstart = "all"\npoll_seconds = 0.2\n'


@contextmanager
def listening(home: Home) -> Iterator[None]:
    """A daemon that has begun and rests."""
    home.configure(SECTION)
    home.say(PRAISE)
    daemon = home.start("run")
    try:
        yield
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.communicate(timeout=PATIENCE)


def test_mention_is_decided_when_it_was_read_and_an_approval_sent_when_it_was_given(tmp_path: Path) -> None:
    """Neither waits for an interval: here each is ten minutes, and the approval comes from another process."""
    home = Home(tmp_path)
    with listening(home):
        until(lambda: drafts(home) == 1, "what was read is decided")
        home.say(PRAISE + " Really.", start=2)
        until(lambda: drafts(home) == 2, "what came later is decided")
        home.approve_all()
        until(lambda: len(home.posts()) == 2, "what was approved is sent")


def test_what_is_resumed_is_sent_at_once(tmp_path: Path) -> None:
    """A pause holds a reply for as long as it lasts, and no longer."""
    home = Home(tmp_path)
    with listening(home):
        until(lambda: drafts(home) == 1, "the mention is decided")
        home.run("pause")
        home.approve_all()
        until(lambda: count(home, "SELECT count(*) FROM event WHERE what = 'approved'") == 1, "it is approved")
        assert home.posts() == []
        home.run("resume")
        until(lambda: len(home.posts()) == 1, "it is sent")


def test_an_approval_that_may_be_undone_is_sent_when_its_wait_is_over(tmp_path: Path) -> None:
    """Not by the next interval, which is ten minutes; and one that was undone meanwhile is not sent."""
    home = Home(tmp_path)
    home.configure(
        "undo_seconds = 1.5\n" + (starter() / "policy.toml").read_text().replace("undo_seconds", "# "), "policy.toml"
    )
    with listening(home):
        home.say(PRAISE + " Really.", start=2)
        until(lambda: drafts(home) == 2, "the mentions are decided")
        assert home.run("approve", "1", "2").code == home.run("undo", "2").code == 0
        until(home.posts, "the other is sent")
        shown = home.run("show", "1", "--json").json
    approved, sent = (datetime.fromisoformat(shown[name]) for name in ("approved_at", "sent_at"))
    assert 1.4 < (sent - approved).total_seconds() < 10
    assert [post["in_reply_to"] for post in home.posts()] == ["1"]


def resting(line: Line, clock: Callable[[], datetime]) -> tuple[Daemon, Callable[[], float]]:
    """A daemon that schedules and starts nothing; what follows tells in how many seconds `route` runs next."""
    settings = load(starter())
    stages = Stages(line.store, {"memory": line.platform}, line.stages.triage, clock, intervals={"route": 1.0})
    daemon = Daemon(settings, stages, lambda: (settings, stages))
    daemon._scheduler.start(paused=True)
    daemon._schedule()

    def seconds() -> float:
        when: datetime = daemon._scheduler.get_job("route").next_run_time
        return (when - datetime.now(UTC)).total_seconds()

    return daemon, seconds


def test_a_stage_that_is_woken_while_it_runs_does_not_rest(line: Line) -> None:
    """What came after it had looked would wait for half a minute."""
    called: list[bool] = []

    def clock() -> datetime:
        if called and called.pop():
            daemon._wake("route")
        return NOON

    daemon, seconds_to_next = resting(line, clock)
    daemon._run("route")
    assert seconds_to_next() > REST / 2
    called.append(True)
    daemon._run("route")
    assert seconds_to_next() < 1
    daemon._scheduler.shutdown()


@pytest.mark.parametrize("field", ["sent", "unconfirmed", "failed", "more"])
def test_a_round_that_leaves_something_is_followed_by_another(field: str) -> None:
    """Whatever was sent or is left."""
    assert SendCounts(**{field: 1}).has_any and not SendCounts().has_any  # type: ignore[arg-type]


def test_a_reply_that_is_held_is_looked_at_again() -> None:
    """Its hold may have an end that nothing announces."""
    counts = SendCounts()
    counts.held["quiet_hours"] += 1
    assert counts.has_any


def test_changes_of_any_connection_are_seen_once(tmp_path: Path) -> None:
    """Also those of this process; a look alone is no change."""
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE t (x)")
        changes = FileChanges(path)
        assert [changes.has_any(), changes.has_any()] == [True, False]
        writer.execute("INSERT INTO t VALUES (1)")
        assert not changes.has_any()
        writer.commit()
        assert [changes.has_any(), changes.has_any()] == [True, False]
        changes.close()


def test_acts_that_cannot_be_read_are_told_once(
    line: Line, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The daemon looks twice a second, all night: a log must not fill the disk with that."""
    signal, read = WakeSignal(line.store), events.read_newest_act
    for is_broken in (True, True, True, False, True):
        monkeypatch.setattr(events, "read_newest_act", _fail if is_broken else read)
        signal._is_pending = True
        signal.is_given()
        assert signal._is_pending is is_broken
    assert caplog.text.count("could not be read") == 2
    signal.close()


def _fail(connection: object) -> int:
    raise StoreError("disk I/O error")


def test_a_call_ends_the_wait() -> None:
    """A signal does not wait for the next tick; calls do not pile up."""
    shutdown.wait(0)
    threading.Timer(0.05, shutdown.wake).start()
    start = time.monotonic()
    shutdown.wait(PATIENCE)
    assert time.monotonic() - start < PATIENCE / 2
    for _ in range(3):
        shutdown.wake()
    shutdown.wait(PATIENCE)
    start = time.monotonic()
    shutdown.wait(0.01)
    assert time.monotonic() - start >= 0.01
