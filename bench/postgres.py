"""`python -m bench.postgres URL`: poll and decide, approve and send, in a file of SQLite and on a server, turn by turn.

Wall time, since the server works in processes of its own; only the ratios of one run mean anything. Each turn needs a
schema that is not there yet: they are named bench_0, bench_1 ... and may be dropped afterwards.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from listener.cli import context, runtime
from listener.desk.approve import Target, approve
from listener.store import replies
from listener.store.tables import reply

MENTIONS, ACTS, TURNS = 3_000, 100, 3
TEXTS = (
    "@fernhill I love the smooth paper, thank you so much! {0}",
    "@fernhill what are your opening hours? {0}",
    "@fernhill my parcel {0} has not arrived, two weeks now",
    "going past the shop {0}",
)


def main(url: str) -> None:
    """Measure both, in turns, and print the medians and their ratio."""
    turns: dict[str, list[dict[str, float]]] = {"sqlite": [], "postgresql": []}
    for number in range(TURNS):
        for kind in turns:
            turns[kind].append(_turn(f"{url}?schema=bench_{number}" if kind == "postgresql" else ""))
    for name in turns["sqlite"][0]:
        file, server = (statistics.median(turn[name] for turn in turns[kind]) for kind in turns)
        print(f"{name:<24} SQLite {file:10.2f}   PostgreSQL {server:10.2f}   ratio {server / file:.2f}")


def _turn(url: str) -> dict[str, float]:
    """Measure one database in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="earshot-bench-") as folder:
        env = {**os.environ, "EARSHOT_CONFIG": folder, "EARSHOT_DATA": f"{folder}/data", "EARSHOT_DATABASE_URL": url}
        _configure(Path(folder))
        subprocess.run([sys.executable, "-m", "listener.cli", "migrate"], env=env, check=True, capture_output=True)
        command = [sys.executable, "-m", "bench.postgres", "--turn"]
        figures: dict[str, float] = json.loads(subprocess.check_output(command, env=env))
        return figures


def _configure(folder: Path) -> None:
    rows = [
        {"id": str(n), "author": f"a{n}", "lang": "en", "text": TEXTS[n % len(TEXTS)].format(n)}
        for n in range(MENTIONS)
    ]
    (folder / "mentions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    section = '[platforms.memory]\nmentions = "mentions.jsonl"\nreplay = true\nstart = "all"\n'
    (folder / "earshot.toml").write_text(section, encoding="utf-8")


def measure() -> dict[str, float]:
    """Return the mentions read and decided in a second, and the milliseconds of an approval and of a reply sent."""
    config = context.settings()
    with runtime.locked("once") as store:
        stages = runtime.stages(config, store)
        began = time.perf_counter()
        stages.poll("memory")
        stages.route()
        rate = MENTIONS / (time.perf_counter() - began)
        desk = context.desk(config, "bench")
        with store.read() as connection:
            drafts = replies.list_where(connection, reply.c.state == "drafted", limit=ACTS)
        began = time.perf_counter()
        for draft in drafts:
            approve(store, desk, [Target(draft.id)])
        approved = time.perf_counter()
        stages.send("memory")
        ended = time.perf_counter()
    per_act = 1000 / len(drafts)
    return {
        "mentions/s": rate,
        "ms an approval": (approved - began) * per_act,
        "ms a send": (ended - approved) * per_act,
    }


if __name__ == "__main__":
    if sys.argv[1] == "--turn":
        print(json.dumps(measure()))
    else:
        main(sys.argv[1])
