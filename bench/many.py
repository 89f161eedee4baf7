"""A database of any size: a thousand mentions go through the real line, then SQL multiplies them.

One in five gets a reply: every tenth draft and every escalation waits for a person still, the others were sent.
Each copy has ids, authors and conversations of its own and was made a few minutes after the one before; the last one
just now.

    python -m bench.many FOLDER [MENTIONS]     # FOLDER is then one for EARSHOT_CONFIG and EARSHOT_DATA alike
"""

import json
import os
import sqlite3  # SQLite alone: rows are multiplied a thousandfold, which only the file's own SQL does in time
import subprocess
import sys
from pathlib import Path

from listener.store.dialect import UtcTime
from listener.store.tables import metadata

SAMPLE = Path(__file__).parent.parent / "config" / "mentions.jsonl"
SILENT = "@fernhill going to the shop"  # ignored: nothing to answer
BASE = 1000
SPACING = 7  # minutes between a row and its next copy
OWN = {  # what must differ between a row and its copy, n being the copy's number
    "mention": ("id", "interaction_id", "conversation_id", "version_id", "author_id", "author_handle", "handle_key"),
    "reply": ("remote_id",),
}
KEYS = {"mention": "key", **dict.fromkeys(("decision", "reply", "approval", "draft_review", "event", "ledger"), "id")}
LINKS = {"mention_key": "mention", "reply_id": "reply"}


def main() -> None:
    """Make one from the command line."""
    folder = Path(sys.argv[1])
    make(folder)
    multiply(folder / "earshot.db", int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)
    print(f"made {folder / 'earshot.db'}")


def make(folder: Path) -> dict[str, str]:
    """A configuration and a database with a thousand mentions here; returns the environment that points to it."""
    folder.mkdir(parents=True, exist_ok=True)
    env = points(folder)
    _write(folder)
    earshot(env, "once")
    waiting = json.loads(earshot(env, "queue", "--json", "--limit", "0"))
    drafts = [str(one["id"]) for one in waiting if one["state"] == "drafted"]
    earshot(env, "approve", *[one for n, one in enumerate(drafts) if n % 10])
    earshot(env, "once", "--stage", "send")
    return env


def points(folder: Path) -> dict[str, str]:
    """The environment of a folder that holds configuration and data alike."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("EARSHOT_")}
    return {**env, "EARSHOT_CONFIG": str(folder), "EARSHOT_DATA": str(folder), "EARSHOT_STAFF": "bench"}


def earshot(env: dict[str, str], *args: str) -> str:
    """Run the real command line; its fault ends the measurement."""
    command = [sys.executable, "-m", "listener.cli", *args]
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout


def _write(folder: Path) -> None:
    """A thousand mentions of 270 authors, each of whom always says the same (who opts out has no other words)."""
    said = [json.loads(line)["text"] for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    rows = (
        {"id": f"m{n}", "text": SILENT if n % 5 else said[n // 5 % len(said)], "author": f"h{n % 270}", "lang": "en"}
        for n in range(BASE)
    )
    (folder / "mentions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (folder / "earshot.toml").write_text(
        '[platforms.memory]\nmentions = "mentions.jsonl"\nreplay = true\nstart = "all"\n', encoding="utf-8"
    )


def multiply(path: Path, mentions: int) -> None:
    """Add copies of every row, with all that hangs on it, until there are so many mentions (a multiple of BASE)."""
    copies = mentions // BASE - 1
    if copies < 1:
        return
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    base = {
        name: connection.execute(f"SELECT coalesce(max({key}), 0) FROM {name}").fetchone()[0]
        for name, key in KEYS.items()
    }
    for name in KEYS:
        connection.execute(_back(name), {"copies": copies})
    for name in KEYS:
        connection.execute(_copy(name, base), {"copies": copies})
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _back(name: str) -> str:
    """The first rows become the oldest."""
    times = [column.name for column in metadata.tables[name].c if isinstance(column.type, UtcTime)]
    return f"UPDATE {name} SET " + ", ".join(f"{one} = {_shifted(one, ':copies', '-')}" for one in times)


def _shifted(column: str, steps: str, sign: str) -> str:
    """A time so many steps on or back; nothing stays nothing."""
    return f"strftime('%Y-%m-%dT%H:%M:%f', {column}, '{sign}' || ({steps} * {SPACING}) || ' minutes') || '000Z'"


def _copy(name: str, base: dict[str, int]) -> str:
    columns = metadata.tables[name].c
    chosen = ", ".join(_value(name, column.name, isinstance(column.type, UtcTime), base) for column in columns)
    series = "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < :copies)"
    return f"INSERT INTO {name} ({', '.join(columns.keys())}) {series} SELECT {chosen} FROM series, {name}"


def _value(table: str, column: str, time: bool, base: dict[str, int]) -> str:
    """How a column of a copy is made of the row it copies."""
    if column == KEYS[table]:
        return f"{column} + n * {base[table]}"
    if column in LINKS:
        return f"{column} + n * {base[LINKS[column]]}"
    if column in OWN.get(table, ()):
        return f"{column} || '-' || n"
    if time:
        return _shifted(column, "n", "+")
    return column


if __name__ == "__main__":
    main()
