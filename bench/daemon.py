"""The daemon as a process: what it costs while nothing happens, how soon it acts, and how long staff wait meanwhile."""

import json
import os
import signal
import sqlite3  # SQLite alone: looks for a row without a process of the program
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bench import many

IDLE_S = float(os.environ.get("EARSHOT_BENCH_IDLE_SECONDS", "60"))
WARM_UP_S = float(os.environ.get("EARSHOT_BENCH_WARM_UP_SECONDS", "35"))  # after which the stages rest
BURST = 10_000
COMMANDS = 20  # of the staff, beside a burst and at rest
POLL_S = 1.0
PRAISE = "Thank you so much for the lovely notebook, I love it!"
PATIENCE = 120.0
Figures = dict[str, tuple[float, str, str]]


def measure(folder: Path) -> Figures:
    """Name of a figure -> value, unit and what it is of."""
    env = _home(folder / "idle", poll_seconds=10)
    many.earshot(env, "once")  # the database is there: a later start, not the first
    with _running(env) as pid:
        idle = _idle(pid)
    env = _home(folder / "waking", POLL_S)
    with _running(env) as pid:
        waking = _latency(env, folder / "waking")
        quiet = _waits(env)
        _say(folder / "waking", BURST)
        busy = _waits(env)
        memory = _status(pid, "VmHWM")
    of = f"`queue`, 95th percentile of {COMMANDS}, beyond that at rest; {BURST:,} mentions arrive"
    more = {"burst_wait": ((_p95(busy) - _p95(quiet)) * 1e3, "ms", of)}
    return {**idle, **waking, **more, "burst_memory": (memory, "MiB", "the daemon's peak beside that burst")}


def _home(folder: Path, poll_seconds: float) -> dict[str, str]:
    """A configuration with a file of mentions; returns the environment."""
    folder.mkdir(parents=True)
    (folder / "mentions.jsonl").touch()
    (folder / "earshot.toml").write_text(
        '[platforms.memory]\nmentions = "mentions.jsonl"\nreplay = true\nstart = "all"\n'
        f"poll_seconds = {poll_seconds}\n"
    )
    return many.points(folder)


@contextmanager
def _running(env: dict[str, str]) -> Iterator[int]:
    """A daemon, by its process id."""
    command = [sys.executable, "-m", "listener.cli", "run"]
    daemon = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)
    try:
        yield daemon.pid
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(20)


def _idle(pid: int) -> Figures:
    time.sleep(WARM_UP_S)
    before = _seconds(pid)
    time.sleep(IDLE_S)
    spent = (_seconds(pid) - before) * 3600 / IDLE_S
    return {
        "idle_cpu": (spent, "CPU seconds an hour", "`earshot run`, a poll each 10 s, nothing new"),
        "idle_memory": (_status(pid, "VmRSS"), "MiB", "the same process, at a later start than the first"),
    }


def _seconds(pid: int) -> float:
    """Processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _status(pid: int, name: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) / 1024


def _latency(env: dict[str, str], folder: Path) -> Figures:
    """How soon a mention is a draft, and an approval a post; medians of five."""
    drafted, sent = [], []
    for number in range(1, 6):
        start = time.monotonic()
        _say(folder, 1)
        _until(folder, f"SELECT count(*) >= {number} FROM reply", start)
        drafted.append(time.monotonic() - start)
        queue = json.loads(many.earshot(env, "queue", "--json"))
        many.earshot(env, "approve", "--now", str(queue[0]["id"]))
        start = time.monotonic()
        _until(folder, f"SELECT count(*) >= {number} FROM reply WHERE state = 'sent'", start)
        sent.append(time.monotonic() - start)
    return {
        "draft_wait": (
            statistics.median(drafted),
            "s",
            f"from a line in the file to a draft; a poll each {POLL_S:g} s",
        ),
        "send_wait": (statistics.median(sent), "s", "from the end of `approve` to the post, in another process"),
    }


def _say(folder: Path, count: int) -> None:
    """Append so many mentions, all of whom praise."""
    now = time.time_ns()
    rows = [{"id": f"m{now}-{n}", "text": PRAISE, "author": f"h{now}-{n}", "lang": "en"} for n in range(count)]
    with (folder / "mentions.jsonl").open("a", encoding="utf-8") as file:
        file.write("".join(json.dumps(row) + "\n" for row in rows))


def _until(folder: Path, query: str, start: float) -> None:
    while time.monotonic() - start < PATIENCE:
        if (folder / "earshot.db").exists() and _ask(folder, query):
            return
        time.sleep(0.005)
    raise SystemExit(f"the daemon did not do it in {PATIENCE:g} s: {query}")


def _ask(folder: Path, query: str) -> bool:
    with closing(sqlite3.connect(folder / "earshot.db")) as connection:
        try:
            return bool(connection.execute(query).fetchone()[0])
        except sqlite3.OperationalError:  # the tables are not there yet
            return False


def _waits(env: dict[str, str]) -> list[float]:
    """How long commands of the staff take."""
    return [_timed(lambda: many.earshot(env, "queue", "--json", "--limit", "10")) for _ in range(COMMANDS)]


def _timed(work: Callable[[], object]) -> float:
    start = time.monotonic()
    work()
    return time.monotonic() - start


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95) - 1]
