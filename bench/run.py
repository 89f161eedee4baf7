"""Measure the whole line end to end and durable, beside bare VADER and the script of an afternoon, in one run.

Writes bench/out.json: {name: {value, unit, better, of}} and prints it as a table. The texts are the real mentions of
../shared/data where they are, else the starter's sample repeated. Costs are processor time, so that other programs on
the machine change little, and medians of TURNS turns, each in processes of its own; `spread` is the least and the most.
"""

import csv
import json
import os
import resource
import sqlite3  # SQLite alone: the disk's pace is measured below the store
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import daemon, scale
from listener.cli import context, runtime
from listener.desk.approve import Target, approve
from listener.store import replies
from listener.store.tables import reply

HERE = Path(__file__).parent
REAL = HERE.parent.parent / "shared" / "data" / "airline_dev.csv"
TURNS = int(os.environ.get("EARSHOT_BENCH_TURNS", "5"))
SENDS = 300
COMMITS = 500
TIMES = "times bare VADER"


def main() -> None:
    """Measure everything and write the figures down."""
    with tempfile.TemporaryDirectory(prefix="earshot-bench-") as made:
        folder = Path(made)
        _config(folder)
        figures = {**_line(folder), **_desk(), **_memory(folder), **_disk(folder)}
        for name, (value, unit, of) in {**daemon.measure(folder / "daemon"), **scale.measure(folder)}.items():
            figures[name] = _figure(value, unit, of)
    (HERE / "out.json").write_text(json.dumps(figures, indent=2) + "\n")
    for name, figure in figures.items():
        spread = " to ".join(f"{bound:,.2f}" for bound in figure["spread"]) if "spread" in figure else ""
        print(f"{name:<20}{figure['value']:>12,.2f} {figure['unit']:<22}{spread:<16}{figure['of']}")


def _config(folder: Path) -> None:
    """A configuration that reads the texts as if they were fresh."""
    rows = list(csv.DictReader(REAL.open(encoding="utf-8"))) if REAL.exists() else _sample()
    with (folder / "mentions.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["id", "text", "lang", "brand"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    (folder / "earshot.toml").write_text(
        '[platforms.memory]\nmentions = "mentions.csv"\nreplay = true\nstart = "all"\n'
    )
    os.environ |= {"EARSHOT_CONFIG": str(folder), "EARSHOT_DATA": str(folder / "data")}
    os.environ.pop("EARSHOT_DATABASE_URL", None)


def _sample() -> list[dict[str, str]]:
    lines = (HERE.parent / "config" / "mentions.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    return [
        {"id": str(number), "text": texts[number % len(texts)], "lang": "en", "brand": ""} for number in range(9000)
    ]


def _figure(value: float, unit: str, of: str, better: str = "lower") -> dict[str, Any]:
    return {"value": round(value, 4), "unit": unit, "better": better, "of": of}


def _median(values: list[float], unit: str, of: str) -> dict[str, Any]:
    return {**_figure(statistics.median(values), unit, of), "spread": [round(min(values), 4), round(max(values), 4)]}


def _line(folder: Path) -> dict[str, Any]:
    """The line cold and warm, its parts, and the script, as multiples of VADER in the same process."""
    turns = [_turn(folder, number) for number in range(TURNS)]
    bare = [turn["warm"]["vader"] for turn in turns]
    figures = {"vader": _median(bare, "us a text", "polarity_scores")}
    for name, state, part, of in (
        ("cold", "cold", "whole", "read, stored, decided, drafted; the first texts of a process"),
        ("warm", "warm", "whole", "the same texts once more, into another database"),
        ("poll", "warm", "poll", "of it: read and stored"),
        ("route", "warm", "route", "of it: decided, and that stored"),
        ("decide", "warm", "decide", "deciding alone; nothing is stored"),
        ("suspect", "warm", "suspect", "of it: facts suspected"),
    ):
        figures[name] = _median([turn[state][part] / turn[state]["vader"] for turn in turns], TIMES, of)
    of = "bench/afternoon.py: scores and stores, decides nothing"
    figures["afternoon"] = _median([turn["afternoon"] / turn["cold"]["vader"] for turn in turns], TIMES, of)
    return figures


def _turn(folder: Path, number: int) -> dict[str, Any]:
    mentions, made = str(folder / "mentions.csv"), folder / f"turn{number}"
    made.mkdir()
    turn: dict[str, Any] = json.loads(_python("bench.turn", mentions, str(made)))
    turn["afternoon"] = float(_python("bench.afternoon", mentions, str(made / "afternoon.db")))
    return turn


def _python(module: str, *args: str) -> str:
    return subprocess.run([sys.executable, "-m", module, *args], check=True, stdout=subprocess.PIPE, text=True).stdout


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _desk() -> dict[str, Any]:
    """Approve and send drafts; both wait for the disk."""
    config = context.settings()
    with runtime.locked("bench") as store:
        stages = runtime.stages(config, store)
        stages.poll("memory")
        stages.route()
        with store.read() as connection:
            drafts = [draft.id for draft in replies.list_where(connection, reply.c.state == "drafted", limit=SENDS)]
        given = _timed(lambda: approve(store, context.desk(config, "bench"), [Target(number) for number in drafts]))
        sending = _timed(lambda: stages.send("memory"))
    each = "each in a transaction of its own"
    of = "claim and outcome committed; memory platform, fsynced"
    return {
        "approve": _figure(len(drafts) / given, "approvals a second", each, "higher"),
        "send": _figure(min(len(drafts), 200) / sending, "replies a second", of, "higher"),
    }


def _memory(folder: Path) -> dict[str, Any]:
    """The peak of a process that runs the whole line once."""
    command = [sys.executable, "-m", "listener.cli", "once", "--json"]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "EARSHOT_DATA": str(folder / "again")})
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"memory": _figure(peak, "MiB", "peak of `earshot once` on all texts, and of every process before")}


def _disk(folder: Path) -> dict[str, Any]:
    """One-row commits with the same settings: the floor under every durable figure here."""
    connection = sqlite3.connect(folder / "floor.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE t (x)")
    seconds = _timed(lambda: [connection.execute("INSERT INTO t VALUES (1)") for _ in range(COMMITS)])
    connection.close()
    return {
        "commit_floor": _figure(
            COMMITS / seconds, "commits a second", "one row, WAL, synchronous FULL: the disk's pace", "higher"
        )
    }


if __name__ == "__main__":
    main()
