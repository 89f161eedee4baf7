"""`health` is red when a thread neither ended nor moved on for three intervals, and for no other reason."""

import os
import resource
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from listener.cli.health import check_health, find_problem
from listener.stage_runner import StageRunner
from listener.store import platforms, stage_states
from tests.line import Line, line

__all__ = ["line"]


@pytest.fixture
def today(line: Line) -> Iterator[Line]:
    """A line whose clock is right, so that `health` may look at it: a platform polled a moment ago."""
    line.now = datetime.now(UTC)
    with line.store.write() as connection:
        platforms.record(connection, "memory", attempt_at=line.now)
        stage_states.begin(
            connection, {"poll memory": 60.0, "send memory": 5.0, "route": 1.0, "upkeep": 60.0}, line.now
        )
    yield line


def healthy(line: Line) -> bool:
    """What the container's check says."""
    return check_health({**os.environ, "EARSHOT_DATABASE_URL": str(line.store.path)}) == 0


def age(line: Line, seconds: float, *names: str) -> None:
    """Put the last sign of life of stages back; the polls of the platform with them."""
    then = line.now - timedelta(seconds=seconds)
    with line.store.write() as connection:
        platforms.record(connection, "memory", attempt_at=then)
        for name in names:
            stage_states.record_stage(connection, name, progress_at=then)


def test_a_long_round_of_sending_that_moves_on_is_healthy(today: Line) -> None:
    """No poll has ended for ten minutes, but a reply was sent a moment ago."""
    age(today, 600, "poll memory")
    assert healthy(today)


def test_a_thread_that_neither_ends_nor_moves_on_is_not(today: Line) -> None:
    """Three intervals of its longest stage; sending alone, being quicker, is no reason."""
    age(today, 170, "poll memory", "send memory")
    assert healthy(today)
    age(today, 200, "poll memory", "send memory")
    assert not healthy(today)
    assert find_problem({**os.environ, "EARSHOT_DATABASE_URL": str(today.store.path)}) == (
        "Earshot has shown no sign of life on memory for 3 min (3 min are allowed); "
        "`earshot run` hangs or is not running: `earshot status` shows which, its log why"
    )


def test_deciding_that_hangs_is_not_healthy(today: Line) -> None:
    """Polls go on as if nothing were wrong."""
    age(today, 0, "poll memory")
    with today.store.write() as connection:
        for name in ("route", "upkeep"):
            stage_states.record_stage(connection, name, progress_at=today.now - timedelta(seconds=200))
    assert not healthy(today)


def test_a_stage_that_fails_is_healthy_and_reported(today: Line) -> None:
    """A restart would not help."""
    runner = StageRunner(today.store, today.clock, {})
    for _ in range(3):
        runner.run("route", lambda: 1 / 0, 0.0)
        runner = StageRunner(today.store, today.clock, {})
    assert (healthy(today), today.notices()) == (True, ["stage"])


def test_a_disk_that_takes_nothing_turns_health_red(today: Line) -> None:
    """Nothing can be noted: the last sign of life grows old, and the process lives on."""
    path = today.store.path
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    age(today, 200, "poll memory", "send memory", "route", "upkeep")
    size = sum(file.stat().st_size for file in path.parent.iterdir())
    resource.setrlimit(resource.RLIMIT_FSIZE, (min(4096, size), limit[1]))
    try:
        today.stages.route()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert not healthy(today)
    replace(today.stages, intervals={"route": 1.0}).route()
    with today.store.read() as connection:
        states = {state.name: state for state in stage_states.list_stages(connection)}
    assert states["route"].progress_at == today.now
