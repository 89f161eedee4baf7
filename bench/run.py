"""Measure the whole line end to end and durable, beside bare VADER and the disk's own pace, in one run.

Writes bench/out.json: {name: {value, unit, better, of}} and prints it as a table. The texts are the real mentions of
../shared/data where they are, else the starter's sample repeated.
"""

import csv
import json
import os
import resource
import sqlite3  # SQLite alone: the disk's pace is measured below the store
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from bench import scale
from listener.cli import context, runtime
from listener.desk.approve import Target, approve
from listener.intake.cues import Cues
from listener.model import History, Mention
from listener.store import replies
from listener.store.tables import reply
from listener.triage.suspicion import SheetFacts

HERE = Path(__file__).parent
REAL = HERE.parent.parent / "shared" / "data" / "airline_dev.csv"
SENDS = 300
COMMITS = 500


def main() -> None:
    """Measure everything and write the figures down."""
    with tempfile.TemporaryDirectory(prefix="earshot-bench-") as made:
        folder = Path(made)
        texts = _config(folder)
        figures = {**_vader(texts), **_suspicion(texts), **_line(folder, texts), **_memory(folder), **_disk(folder)}
        _ratios(figures)
        figures |= {
            name: _figure(value, unit, "lower", of) for name, (value, unit, of) in scale.measure(folder).items()
        }
    (HERE / "out.json").write_text(json.dumps(figures, indent=2) + "\n")
    for name, one in figures.items():
        print(f"{name:<28}{one['value']:>12,.2f} {one['unit']:<22} {one['better']} is better; {one['of']}")


def _config(folder: Path) -> list[str]:
    """A configuration that reads the texts as if they were fresh."""
    rows = list(csv.DictReader(REAL.open(encoding="utf-8"))) if REAL.exists() else _sample()
    target = folder / "mentions.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["id", "text", "lang", "brand"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    (folder / "earshot.toml").write_text(
        '[platforms.memory]\nmentions = "mentions.csv"\nreplay = true\nstart = "all"\n'
    )
    os.environ |= {"EARSHOT_CONFIG": str(folder), "EARSHOT_DATA": str(folder / "data")}
    os.environ.pop("EARSHOT_DATABASE_URL", None)
    return [row["text"] for row in rows]


def _sample() -> list[dict[str, str]]:
    lines = (HERE.parent / "config" / "mentions.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    return [
        {"id": str(number), "text": texts[number % len(texts)], "lang": "en", "brand": ""} for number in range(9000)
    ]


def _figure(value: float, unit: str, better: str, of: str) -> dict[str, Any]:
    return {"value": round(value, 4), "unit": unit, "better": better, "of": of}


def _timed(work_: Callable[[], object]) -> float:
    start = time.perf_counter()
    work_()
    return time.perf_counter() - start


def _vader(texts: list[str]) -> dict[str, Any]:
    bare = SentimentIntensityAnalyzer()
    seconds = min(_timed(lambda: [bare.polarity_scores(text) for text in texts]) for _ in range(3))
    return {
        "vader_bare": _figure(seconds / len(texts) * 1e6, "us a text", "lower", f"polarity_scores, {len(texts)} texts")
    }


def _suspicion(texts: list[str]) -> dict[str, Any]:
    """Look for the fact that each text may be about, in texts whose words were met before."""
    policy = context.settings().policy
    finder, cues = SheetFacts(policy.facts, policy.cues["synonyms"], policy.cues["english"]), Cues(policy.cues, {})
    scans = [cues.read(text) for text in texts]
    seconds = min(_timed(lambda: [finder.find(scan) for scan in scans]) for _ in range(3))
    return {"suspect": _figure(seconds / len(texts) * 1e6, "us a mention", "lower", "facts suspected, cues given")}


def _line(folder: Path, texts: list[str]) -> dict[str, Any]:
    """Poll and route into SQLite with synchronous FULL, decide alone, then approve and send."""
    config = context.settings()
    with runtime.locked("bench") as store:
        stages = runtime.stages(config, store)
        stages.triage.decide(_mention("warm"), History(), context.now())
        polling, routing = _timed(lambda: stages.poll("memory")), _timed(stages.route)
        decided = min(_timed(lambda: _decide(stages.triage.decide, texts)) for _ in range(3))
        with store.read() as connection:
            drafts = [one.id for one in replies.list_where(connection, reply.c.state == "drafted", limit=SENDS)]
        given = _timed(lambda: approve(store, context.desk(config, "bench"), [Target(number) for number in drafts]))
        sending = _timed(lambda: stages.send("memory"))
    count = len(texts)
    return {
        "end_to_end": _figure(
            count / (polling + routing),
            "mentions a second",
            "higher",
            "read, stored, decided, drafted; durable; 1 process",
        ),
        "poll": _figure(polling / count * 1e6, "us a mention", "lower", "read and stored"),
        "route": _figure(routing / count * 1e6, "us a mention", "lower", "scored, decided, drafted, stored"),
        "decide": _figure(decided / count * 1e6, "us a mention", "lower", "scored, decided, worded; nothing stored"),
        "approve": _figure(len(drafts) / given, "approvals a second", "higher", "each in a transaction of its own"),
        "send": _figure(
            len(drafts) / sending, "replies a second", "higher", "claim and outcome committed; memory platform, fsynced"
        ),
    }


def _decide(decide: Callable[[Mention, History, datetime], object], texts: list[str]) -> None:
    """Decide each text and keep nothing, as the bare scorer keeps nothing."""
    for text in texts:
        decide(_mention(text), History(), context.now())


def _mention(text: str) -> Mention:
    now = datetime.now(UTC)
    return Mention("memory", "1", text, "a", now, now, "1", "1", lang="en")


def _memory(folder: Path) -> dict[str, Any]:
    """The peak of a process that runs the whole line once."""
    command = [sys.executable, "-m", "listener.cli", "once", "--json"]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "EARSHOT_DATA": str(folder / "again")})
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"memory": _figure(peak, "MiB", "lower", "peak of `earshot once` on all texts")}


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
            COMMITS / seconds, "commits a second", "higher", "one row, WAL, synchronous FULL: the disk's pace"
        )
    }


def _ratios(figures: dict[str, Any]) -> None:
    bare = figures["vader_bare"]["value"]
    whole = figures["poll"]["value"] + figures["route"]["value"]
    figures["end_to_end_to_vader"] = _figure(whole / bare, "times bare VADER", "lower", "the same texts, the same run")
    figures["suspect_to_vader"] = _figure(
        figures["suspect"]["value"] / bare, "times bare VADER", "lower", "the same texts, the same run"
    )
    figures["decide_to_vader"] = _figure(
        figures["decide"]["value"] / bare, "times bare VADER", "lower", "the same texts, the same run"
    )


if __name__ == "__main__":
    main()
