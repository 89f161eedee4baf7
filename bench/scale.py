"""What staff wait for: the start of a command, and reading with a million mentions beside a thousand.

Measured in processor time of whole commands, the least of several turns, so that a busy machine changes little. With
EARSHOT_BENCH_MENTIONS=100000 it is a tenth of the size.
"""

import json
import os
import resource
import shutil
import sqlite3  # SQLite alone: counts the rows that bench/many.py multiplied
import statistics
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from bench import many

MANY = int(os.environ.get("EARSHOT_BENCH_MENTIONS", "1000000"))
TURNS = 7
NEW = 2_000  # mentions that come at once
COMMANDS = {
    "queue": ["queue"],
    "queue_json": ["queue", "--json"],
    "show": ["show", "5"],
    "log": ["log"],
    "log_since": ["log", "--since", "1h"],
    "person": ["person", "h5"],
    "status": ["status"],
    "review": ["review", "--plain"],  # its first screen: the end of the input quits
}
Env = dict[str, str]


def measure(folder: Path) -> dict[str, tuple[float, str, str]]:
    """Name of a figure -> value, unit and what it is of."""
    few = many.make(folder / "few")
    shutil.copytree(folder / "few", folder / "lots")
    many.multiply(folder / "lots" / "earshot.db", MANY)
    lots = many.points(folder / "lots")
    unit, of = f"times with {many.BASE:,}", f"{MANY:,} mentions, {_replies(folder / 'lots'):,} replies"
    figures: dict[str, tuple[float, str, str]] = {}
    for name, command in COMMANDS.items():
        small, large = _least((_earshot(command), few), (_earshot(command), lots))
        figures[f"{name}_at_scale"] = (large / small, unit, of)
    figures["mention_at_scale"] = (_cost_per_mention(folder, lots), "times with 10,000", f"storing and deciding, {of}")
    imported, started = _least(([sys.executable, "-c", "import sqlmodel"], few), (_earshot(["queue"]), few))
    return {**figures, "start": (started / imported, "times import sqlmodel", "`earshot queue`, from start to end")}


def _cost_per_mention(folder: Path, lots: Env) -> float:
    """How much more a new mention costs with MANY stored than with 10,000; medians of five, in turn."""
    shutil.copytree(folder / "few", folder / "some")
    many.multiply(folder / "some" / "earshot.db", 10_000)
    some = many.points(folder / "some")
    turns = [(_cost_of_new(folder / "some", some, n), _cost_of_new(folder / "lots", lots, n)) for n in range(5)]
    few, large = (statistics.median(costs) for costs in zip(*turns, strict=True))
    return float(large / few)


def _cost_of_new(folder: Path, env: Env, turn: int) -> float:
    """Processor time of reading, storing and deciding a mention, of NEW that came at once."""
    rows = ({"id": f"n{turn}-{n}", "text": many.SILENT, "author": f"h{n}", "lang": "en"} for n in range(NEW))
    with (folder / "mentions.jsonl").open("a", encoding="utf-8") as file:
        file.write("".join(json.dumps(row) + "\n" for row in rows))
    command = [sys.executable, "-m", "bench.turn", "--once"]
    done = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True)
    return float(json.loads(done.stdout)["line"]["whole"])


def _replies(folder: Path) -> int:
    """How many there are: not each of the thousand that are multiplied gets the same share."""
    with closing(sqlite3.connect(folder / "earshot.db")) as connection:
        return int(connection.execute("SELECT count(*) FROM reply").fetchone()[0])


def _earshot(command: list[str]) -> list[str]:
    return [sys.executable, "-m", "listener.cli", *command]


def _least(*runs: tuple[list[str], Env]) -> list[float]:
    """The least processor time of each command, run in turn."""
    turns = [[_seconds(command, env) for command, env in runs] for _ in range(TURNS)]
    return [min(times) for times in zip(*turns, strict=True)]


def _seconds(command: list[str], env: Env) -> float:
    """Processor time of a whole command, with its modules compiled as an installed program has them."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    compiled = {name: value for name, value in env.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, env=compiled, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode not in (0, 3):  # 3: a notice is open
        raise SystemExit(f"{command} failed: {done.stderr.decode()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
