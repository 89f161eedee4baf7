"""`make bench-postgres`: poll and decide, approve and send in a file and on a server, turn by turn; then a backlog.

`python -m bench.postgres [--mentions N] [--backlog N] [URL]`; without a URL on a server of its own, with fsync on. Wall
time, since the server works in processes of its own; only the ratios of one run mean anything. On a server that is
given each part needs a schema that is not there yet: they are named bench_0, bench_1 ... and may be dropped afterwards.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench import backlog
from listener.cli import context, runtime
from listener.desk.approve import Target, approve
from listener.store import replies
from listener.store.tables import reply
from tests import cluster

ACTS, TURNS = 100, 3
PERCENTILE = 0.95
TEXTS = backlog.TEXTS


def main() -> None:
    """Measure both, in turns, and print the medians and their ratio; then the backlogs."""
    parser = argparse.ArgumentParser(prog="bench.postgres", description=__doc__)
    parser.add_argument("url", nargs="?", default="")
    parser.add_argument("--mentions", type=int, default=3_000)
    parser.add_argument("--backlog", type=int, default=10_000, help="mentions; 0: none")
    parser.add_argument("--turn", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.turn:
        print(json.dumps(measure(given.mentions)))
        return
    with _server(given.url) as url:
        _compare(url, given.mentions)
        if given.backlog:
            _measure_backlogs(url, given.backlog)


@contextmanager
def _server(url: str) -> Iterator[str]:
    """Give the server at this URL, or one of its own."""
    if url:
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="earshot-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with cluster.running(cluster.programs(), folder, "fsync=on") as own:
            yield own


def _compare(url: str, mentions: int) -> None:
    turns: dict[str, list[dict[str, float]]] = {"sqlite": [], "postgresql": []}
    for number in range(TURNS):
        for kind in turns:
            turns[kind].append(_turn(f"{url}?schema=bench_{number}" if kind == "postgresql" else "", mentions))
    for name in turns["sqlite"][0]:
        file, server = (statistics.median(turn[name] for turn in turns[kind]) for kind in turns)
        print(f"{name:<24} SQLite {file:10.2f}   PostgreSQL {server:10.2f}   ratio {server / file:.2f}", flush=True)


def _measure_backlogs(url: str, mentions: int) -> None:
    """Let one daemon on a file, one on the server and two on the server decide a backlog."""
    for name, address, daemons in (
        ("SQLite, 1 daemon", "", 1),
        ("PostgreSQL, 1 daemon", f"{url}?schema=bench_one", 1),
        ("PostgreSQL, 2 daemons", f"{url}?schema=bench_two", 2),
    ):
        with tempfile.TemporaryDirectory(prefix="earshot-bench-") as folder:
            seconds = backlog.measure(Path(folder), address, daemons, mentions)
        print(f"{mentions} mentions at once   {name:<22} {seconds:8.1f} s   {mentions / seconds:7.0f}/s", flush=True)


def _turn(url: str, mentions: int) -> dict[str, float]:
    """Measure one database in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="earshot-bench-") as folder:
        env = {**os.environ, "EARSHOT_CONFIG": folder, "EARSHOT_DATA": f"{folder}/data", "EARSHOT_DATABASE_URL": url}
        _configure(Path(folder), mentions)
        subprocess.run([sys.executable, "-m", "listener.cli", "migrate"], env=env, check=True, capture_output=True)
        command = [sys.executable, "-m", "bench.postgres", "--turn", "--mentions", str(mentions)]
        figures: dict[str, float] = json.loads(subprocess.check_output(command, env=env))
        return figures


def _configure(folder: Path, mentions: int) -> None:
    rows = [
        {"id": str(n), "author": f"a{n}", "lang": "en", "text": TEXTS[n % len(TEXTS)].format(n)}
        for n in range(mentions)
    ]
    (folder / "mentions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    section = '[platforms.memory]\nmentions = "mentions.jsonl"\nreplay = true\nstart = "all"\n'
    (folder / "earshot.toml").write_text(section, encoding="utf-8")


def measure(mentions: int) -> dict[str, float]:
    """Return the mentions read and decided in a second, and how long approvals and sends take, one by one."""
    config = context.settings()
    with runtime.locked("once") as store:
        stages = runtime.stages(config, store)
        began = time.perf_counter()
        stages.poll("memory")
        stages.route()
        rate = mentions / (time.perf_counter() - began)
        desk = context.desk(config, "bench")
        with store.read() as connection:
            drafts = replies.list_where(connection, reply.c.state == "drafted", limit=ACTS)
        approvals, sends = list[float](), list[float]()
        for draft in drafts:
            began = time.perf_counter()
            approve(store, desk, [Target(draft.id)])
            approvals.append(time.perf_counter() - began)
            stages.send("memory")
            sends.append(time.perf_counter() - began - approvals[-1])
    return {"mentions/s": rate, **_describe("an approval", approvals), **_describe("a send", sends)}


def _describe(name: str, seconds: Sequence[float]) -> dict[str, float]:
    """Return the median and the 95th percentile in milliseconds."""
    ordered = sorted(seconds)
    late = ordered[min(int(len(ordered) * PERCENTILE), len(ordered) - 1)]
    return {f"ms {name}": statistics.median(ordered) * 1000, f"ms {name}, p95": late * 1000}


if __name__ == "__main__":
    main()
