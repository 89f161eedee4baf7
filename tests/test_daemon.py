"""`earshot run` as a process: it listens, sends, obeys signals, and refuses a second one beside it."""

import json
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests import forked
from tests.forked import OFFLINE, Running
from tests.process import PATIENCE, PRAISE, Home, until

ROOT = Path(__file__).parent.parent
FAST = "[daemon]\nsend_seconds = 0.2\nroute_seconds = 0.1\nupkeep_seconds = 0.5\n"
SECTION = FAST + '[platforms.memory]\nmentions = "mentions.jsonl"\nreplay = true\nstart = "all"\npoll_seconds = 0.2\n'


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home whose daemon is quick."""
    made = Home(tmp_path)
    made.configure(SECTION)
    yield made


def ask(home: Home, query: str) -> object:
    """The first value, asked of the database itself; None while there is none."""
    path = home.data / "earshot.db"
    if not path.exists():
        return None
    with closing(sqlite3.connect(path)) as connection, suppress(sqlite3.OperationalError):
        return connection.execute(query).fetchone()[0]
    return None


def count(home: Home, query: str) -> int:
    """A number asked of the database; none while there is no database."""
    found = ask(home, query)
    return found if isinstance(found, int) else 0


def drafts(home: Home) -> int:
    """How many drafts wait."""
    return count(home, "SELECT count(*) FROM reply WHERE state = 'drafted'")


def test_the_daemon_takes_mentions_to_drafts_and_approvals_to_posts(home: Home) -> None:
    """The whole line, with staff in a second terminal; SIGTERM ends it cleanly."""
    home.say(PRAISE)
    daemon = home.start("run")
    try:
        until(lambda: drafts(home) == 1, "the first mention is drafted")
        home.say(PRAISE + " Really.", start=2)
        until(lambda: drafts(home) == 2, "a mention that came later is drafted")
        home.approve_all()
        until(lambda: len(home.posts()) == 2, "both replies are posted")
        assert home.run("health").code == 0
    finally:
        daemon.send_signal(signal.SIGTERM)
        start = time.monotonic()
        _, err = daemon.communicate(timeout=PATIENCE)
    assert daemon.returncode == 0, err
    assert time.monotonic() - start < 10
    assert all(json.loads(line)["at"] for line in err.splitlines())


def test_a_second_daemon_is_refused_and_told_who_holds_the_database(home: Home) -> None:
    """Also `once`, which would send beside it."""
    daemon = home.start("run")
    try:
        until(lambda: home.run("health").code == 0, "the daemon listens")
        for command in ("run", "once", "migrate"):
            second = home.run(command)
            assert second.code == 1
            assert f"`earshot run` (process {daemon.pid}" in second.err
    finally:
        daemon.kill()
        daemon.communicate(timeout=PATIENCE)


def test_the_lock_of_a_killed_daemon_holds_nobody_up(home: Home) -> None:
    """kill -9, then `once` at once."""
    daemon = home.start("run")
    until(lambda: home.run("health").code == 0, "the daemon listens")
    daemon.kill()
    daemon.communicate(timeout=PATIENCE)
    assert home.run("once").code == 0


def test_a_sigterm_before_the_loop_starts_ends_it_with_zero(home: Home) -> None:
    """As early as the process hears it at all."""
    daemon = home.start_anew("run")
    until(
        lambda: b"run" in Path(f"/proc/{daemon.pid}/cmdline").read_bytes() and _handles(daemon.pid), "handlers are set"
    )
    daemon.send_signal(signal.SIGTERM)
    _, err = daemon.communicate(timeout=PATIENCE)
    assert daemon.returncode == 0, err


def test_a_sigterm_while_another_process_holds_the_database_ends_it_in_time(home: Home) -> None:
    """Not even the scheduler has started."""
    home.run("once")
    other = sqlite3.connect(home.data / "earshot.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    daemon = home.start("run")
    try:
        until(lambda: _handles(daemon.pid) and (home.data / "earshot.db.lock").exists(), "it waits for the database")
        daemon.send_signal(signal.SIGTERM)
        start = time.monotonic()
        daemon.communicate(timeout=PATIENCE)
    finally:
        daemon.kill()
        other.close()
    assert (daemon.returncode, time.monotonic() - start < 10) == (0, True)


def _handles(pid: int) -> bool:
    """True once the process catches SIGTERM."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)


def heard(daemon: Running, word: str) -> str:
    """The next line of the log with a word in it."""
    assert daemon.stderr is not None
    return next(line for line in daemon.stderr if word in line)


def test_sighup_reads_the_configuration_again_and_refuses_a_faulty_one(home: Home) -> None:
    """The old one stays, with one clear error; a sound one is taken."""
    daemon = home.start("run")
    try:
        heard(daemon, "listening")
        home.configure(SECTION + "nonsense = 1\n")
        daemon.send_signal(signal.SIGHUP)
        assert "nonsense" in heard(daemon, "refused")
        until(lambda: refusals(home) == 1, "the refusal is reported")
        notice = home.run("notices").out
        assert "nonsense" in notice and "earshot check" in notice
        home.say(PRAISE)
        until(lambda: drafts(home) == 1, "it goes on with the old configuration")
        home.configure(SECTION)
        daemon.send_signal(signal.SIGHUP)
        heard(daemon, "read again")
        assert refusals(home) == 0
        home.say(PRAISE, start=2)
        until(lambda: drafts(home) == 2, "it goes on with the new one")
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.communicate(timeout=PATIENCE)
    assert daemon.returncode == 0


def refusals(home: Home) -> int:
    """How many notices of a refused configuration are open."""
    return count(home, "SELECT count(*) FROM notice WHERE kind = 'configuration' AND cleared_at IS NULL")


@pytest.mark.parametrize("jump", [86_400, 365 * 86_400, -3600])
def test_a_clock_that_is_set_neither_stops_listening_nor_fills_the_memory(home: Home, jump: int) -> None:
    """A day or a year ahead, an hour back: jobs are replaced; what a year missed is not caught up."""
    clock = home.folder / "clock"
    clock.write_text("0")
    env = home.environment(CLOCK=str(clock), PYTHONPATH=os.pathsep.join((str(OFFLINE), str(ROOT))))
    daemon = forked.start_anew("run", env=env, cwd=home.folder, module="tests.clocked")
    try:
        home.say(PRAISE)
        until(lambda: mentions(home) == 1, "it listens")
        before = _resident_mb(daemon.pid)
        _replace(clock, str(jump))
        heard(daemon, "the clock jumped")
        seen = polled(home)
        until(lambda: polled(home) != seen, "it polls on")
        home.say(PRAISE, start=2)
        until(lambda: mentions(home) == 2, "it listens on")
        assert _resident_mb(daemon.pid) < before + 50
    finally:
        daemon.send_signal(signal.SIGTERM)
        start = time.monotonic()
        daemon.communicate(timeout=PATIENCE)
    assert (daemon.returncode, time.monotonic() - start < 10) == (0, True)


def _replace(file: Path, text: str) -> None:
    """Write a file that is read meanwhile."""
    fresh = file.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(file)


def mentions(home: Home) -> int:
    """How many mentions are stored."""
    return count(home, "SELECT count(*) FROM mention")


def polled(home: Home) -> object:
    """When a poll last ended, by the daemon's clock."""
    return ask(home, "SELECT attempt_at FROM platform")


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def test_health_without_a_daemon_is_one_line_and_exit_one(home: Home) -> None:
    """No database yet."""
    done = home.run("health")
    assert (done.code, len(done.err.splitlines())) == (1, 1)
    assert "Traceback" not in done.err
