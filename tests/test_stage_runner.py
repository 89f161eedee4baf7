"""A stage that raises fails alone: it is kept, reported, tried again later, and over when a run ends well."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from itertools import pairwise

import pytest

from listener.errors import DatabaseBusy
from listener.stage_runner import BACKOFF_CAP, BUSY_PATIENCE_S, PROGRESS_EVERY_S, StageRunner
from listener.store import notices, policies, stage_states
from listener.store.engine import Store, open_store
from listener.store.operation_records import StageState
from listener.store.parts import part_of
from tests.line import NOON, Line, line

__all__ = ["line"]


class Bench:
    """A runner whose clocks a test moves, on the database of a line."""

    def __init__(self, line: Line, interval: float = 10.0, store: Store | None = None) -> None:
        self.line, self.ticks = line, 1000.0
        self.runner = StageRunner(store or line.store, line.clock, {"route": interval}, lambda: self.ticks)
        self.calls = 0

    def run(self, outcome: Exception | None = None, after: float = 0.0, *, moves: bool = False) -> str:
        """Run the stage after so many seconds; with an outcome it raises that. moves: it first shows a sign of life."""
        self.line.wait(seconds=after)
        self.ticks += after

        def work() -> str:
            self.calls += 1
            if moves:
                self.runner.moved_on("route")
            if outcome is not None:
                raise outcome
            return "done"

        return self.runner.run("route", work, "nothing")

    def state(self) -> StageState:
        """How the stage stands by the database."""
        with self.line.store.read() as connection:
            (state,) = stage_states.list_stages(connection)
        return state


def test_three_failures_in_a_row_open_a_notice_that_ends_with_the_first_run_that_goes_well(line: Line) -> None:
    """Nobody foresaw the exception; it has words for a person all the same, and something to do."""
    bench = Bench(line)
    for failures in (1, 2, 3):
        assert bench.run(ZeroDivisionError("secret-token"), after=100) == "nothing"
        assert (bench.state().failures, bench.state().since) == (failures, NOON + timedelta(seconds=100))
        assert line.notices() == ["stage"] * (failures == 3)
    with line.store.read() as connection:
        (notice,) = notices.list_open(connection)
    assert "route failed 3 times in a row" in notice.what and notice.do
    assert "secret" not in notice.what + (bench.state().error or "")
    assert bench.run(after=100) == "done"
    assert (bench.state().failures, bench.state().error, line.notices()) == (0, None, [])
    assert bench.state().ok_at == line.now


def test_a_failing_stage_is_tried_less_and_less_often_but_within_a_quarter_of_an_hour(line: Line) -> None:
    """Every ten seconds it is its turn; the waits grow, and are capped."""
    bench, tried = Bench(line), []
    for turn in range(1, 1000):
        before = bench.calls
        bench.run(OSError("no"), after=10)
        if bench.calls > before:
            tried.append(turn * 10)
    waits = [later - sooner for sooner, later in pairwise(tried)]
    assert waits[:5] == [10, 20, 40, 80, 160]
    assert waits[-1] == BACKOFF_CAP.total_seconds()
    assert bench.state().retry_at is not None


def test_a_stage_that_waits_after_failures_shows_a_sign_of_life(line: Line) -> None:
    """Health does not take it for one that hangs."""
    bench = Bench(line, interval=600)
    for _ in range(2):
        bench.run(OSError("no"), after=600)
    before = bench.calls
    bench.run(after=30)
    assert (bench.calls, bench.state().progress_at, bench.state().failures) == (before, line.now, 2)


def test_a_restart_tries_at_once_and_counts_on(line: Line) -> None:
    """`once` every few minutes is a restart each time: the third failure is still the third."""
    for failures in (1, 2, 3):
        bench = Bench(line, interval=600)
        bench.run(OSError("no"))
        assert (bench.calls, bench.state().failures) == (1, failures)
    assert line.notices() == ["stage"]
    assert Bench(line).run() == "done"
    assert line.notices() == []


def test_a_locked_database_is_a_wait_and_one_that_stays_locked_a_failure(line: Line) -> None:
    """Two minutes are patience enough."""
    bench = Bench(line)
    bench.run()
    bench.run(DatabaseBusy("another process holds the database"), after=30)
    assert (bench.state().failures, list(bench.runner.troubles)) == (0, ["route"])
    bench.run(DatabaseBusy("another process holds the database"), after=BUSY_PATIENCE_S)
    assert bench.state().failures == 1
    bench.run(after=30)
    bench.run(DatabaseBusy("another process holds the database"), after=30)
    assert bench.state().failures == 0


def test_a_failure_that_cannot_be_written_is_written_later_and_crashes_nothing(line: Line) -> None:
    """The write lock is held by another process for as long as the stage fails."""
    store = open_store(line.store.path, wait=0.0)
    bench = Bench(line, store=store)
    bench.run()
    progress = bench.state().progress_at
    other = sqlite3.connect(line.store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for _ in range(3):
        bench.run(ZeroDivisionError(), after=1000)
    assert (bench.state().failures, bench.state().progress_at) == (0, progress)
    other.execute("ROLLBACK")
    other.close()
    bench.runner.moved_on("route")  # too soon after the last attempt
    bench.ticks += 10
    bench.runner.moved_on("route")
    assert (bench.state().failures, line.notices()) == (3, ["stage"])
    store.close()


def test_the_end_of_a_run_is_written_beside_the_signs_of_life_within_it(line: Line) -> None:
    """Every run begins with a sign of life: that took the place of the end, so that none was ever written."""
    bench = Bench(line, interval=3)
    for _ in range(20):
        bench.run(after=3, moves=True)
        ok_at = bench.state().ok_at
        assert ok_at is not None and line.now - ok_at <= timedelta(seconds=PROGRESS_EVERY_S + 6)


def test_signs_of_life_and_ends_are_written_sparingly(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each costs a commit: about one in ten seconds, whatever the stage does."""
    written: list[str] = []
    monkeypatch.setattr(stage_states, "record_progress", lambda connection, name, now: written.append(name))
    bench = Bench(line, interval=1)
    for _ in range(100):
        bench.run(after=1, moves=True)
    assert 8 <= len(written) <= 12


@pytest.mark.parametrize("then_fails", [False, True])
def test_an_end_that_cannot_be_written_is_written_later(line: Line, then_fails: bool) -> None:
    """The notice of the failures before it would else stay open until a restart, also when the stage fails anew."""
    store = open_store(line.store.path, wait=0.0)
    bench = Bench(line, interval=3, store=store)
    for _ in range(3):
        bench.run(ZeroDivisionError(), after=100)
    with closing(sqlite3.connect(line.store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        bench.run(after=100, moves=True)
        assert (bench.state().failures, line.notices()) == (3, ["stage"])
    if then_fails:
        bench.run(ZeroDivisionError(), after=3)
    for _ in range(4 * (not then_fails)):
        bench.run(after=3, moves=True)
    assert (bench.state().failures, line.notices()) == (int(then_fails), [])
    store.close()


def test_a_stage_of_a_platform_that_is_turned_off_is_gone_with_its_notice(line: Line) -> None:
    """Nobody can mend it any more."""
    runner = StageRunner(line.store, line.clock, {})
    for _ in range(3):
        StageRunner(line.store, line.clock, {}).run("poll memory", lambda: 1 / 0, 0.0)
    assert (runner.troubles, line.notices()) == ({}, ["stage"])
    with line.store.write() as connection:
        stage_states.begin(connection, {"route": 1.0}, line.now)
        assert [state.name for state in stage_states.list_stages(connection)] == ["route"]
    assert line.notices() == []


@pytest.mark.parametrize("stage", ["poll memory", "route", "send memory", "upkeep"])
def test_every_stage_is_guarded_and_the_others_of_a_once_go_on(
    line: Line, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    """Whatever it is that raises; `once` says which stage failed."""
    line.say()
    name = {"upkeep": "expire"}.get(stage, stage.partition(" ")[0])

    def fail(*args: object) -> None:
        raise RecursionError("nobody foresaw this")

    monkeypatch.setattr(f"listener.stages.{name}", fail)
    for _ in range(3):
        assert line.stages.once().failures.keys() == {stage}
    assert "stage" in line.notices()
    monkeypatch.undo()
    summary = line.stages.once()
    assert (summary.failures, line.notices(), line.reply_to("m1").state) == ({}, [], "drafted")


def test_a_database_that_takes_no_more_is_a_failure_of_deciding(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """F40: the decisions find no room, a small note of it does."""
    line.say()
    line.stages.poll("memory")

    def keep(connection: object, *args: object) -> None:
        full = sqlite3.OperationalError("database or disk is full")
        full.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise full

    monkeypatch.setattr(policies, "keep", keep)
    for _ in range(3):
        line.stages.route()
    with line.store.read() as connection:
        (notice,) = [one for one in notices.list_open(connection) if one.kind == "stage"]
    assert "fails or is full" in notice.what and "free some space" in notice.do
    monkeypatch.undo()
    line.stages.route()
    assert (line.notices(), line.reply_to("m1").state) == ([], "drafted")


def test_how_a_part_stood_is_forgotten_while_other_stages_begin(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another thread runs a stage for the first time just then; the daemon's own thread must not die of it."""
    bench, begun = Bench(line), list[str]()
    bench.run()

    def meanwhile(stage: str) -> str:
        if not begun:
            begun.append(stage)
            for name in ("send a", "send b", "send c"):
                bench.runner.run(name, lambda: None, None)
        return part_of(stage)

    monkeypatch.setattr("listener.stage_runner.part_of", meanwhile)
    bench.runner.forget("route")
    assert begun and bench.run(after=100) == "done"
