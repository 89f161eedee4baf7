"""Earshot as a process of its own: the real command line, its exit codes, and a home folder that a test owns."""

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import forked
from tests.faults import policy
from tests.forked import OFFLINE

PATIENCE = 60.0  # seconds; a bound for a broken run, never waited out by a sound one
PRAISE = "Thank you so much for the lovely notebook, I love it!"
COMPLAINT = "My parcel is two weeks late and nobody answers my mails."


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, read as JSON."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """What it printed, read as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class Home:
    """A configuration, a data folder and the commands run in them. patience: seconds that a command may take."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    patience: float = PATIENCE

    def __post_init__(self) -> None:
        (self.folder / "config").mkdir(parents=True, exist_ok=True)
        self.configure(
            '[platforms.memory]\nmentions = "mentions.jsonl"\nreplay = true\nstart = "all"\npoll_seconds = 0.2\n'
        )
        self.mentions = self.folder / "config" / "mentions.jsonl"
        self.mentions.touch()

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    def configure(self, toml: str, name: str = "earshot.toml") -> None:
        """Write one file of the configuration."""
        (self.folder / "config" / name).write_text(toml, encoding="utf-8")

    def stay_awake(self) -> None:
        """Use the starter's policy without its quiet hours: a test that posts must pass at any hour."""
        self.configure(policy.texts(auto=False)["policy.toml"], "policy.toml")

    def say(self, *texts: str, start: int = 1) -> None:
        """Append mentions with the ids start, start + 1 …"""
        with self.mentions.open("a", encoding="utf-8") as file:
            for number, text in enumerate(texts, start=start):
                file.write(json.dumps({"id": str(number), "text": text, "author": f"h{number}", "lang": "en"}) + "\n")

    def environment(self, **extra: str) -> dict[str, str]:
        """What the process sees: this home, and nothing of the developer's own settings."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("EARSHOT_")}
        own = {"EARSHOT_CONFIG": str(self.folder / "config"), "EARSHOT_DATA": str(self.data), "EARSHOT_STAFF": "ann"}
        return {**kept, **own, "PYTHONPATH": str(OFFLINE), "NO_COLOR": "1", **self.env, **extra}

    def start(self, *args: str, **extra: str) -> forked.Running:
        """Begin a command, forked from a process that has imported the program."""
        return forked.start(*args, env=self.environment(**extra), cwd=self.folder)

    def start_anew(self, *args: str, **extra: str) -> forked.Running:
        """Begin a command in an interpreter of its own."""
        return forked.start_anew(*args, env=self.environment(**extra), cwd=self.folder)

    def run(self, *args: str, **extra: str) -> Done:
        """Run a command to its end."""
        process = self.start(*args, **extra)
        out, err = process.communicate(timeout=self.patience)
        return Done(process.wait(), out, err)

    @contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        """The database, for a look or a change behind the program's back."""
        with closing(sqlite3.connect(self.data / "earshot.db", timeout=10)) as connection, connection:
            yield connection

    def age_first_poll(self) -> None:
        """Let polling have begun long ago: what `once` reads then looks like a run of cron."""
        with self.database() as connection:
            connection.execute("UPDATE platform SET began_at = '2026-01-01T00:00:00.000000Z'")

    def posts(self) -> list[Any]:
        """What the memory platform really posted."""
        path = self.data / "posts.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def queue(self, *args: str) -> list[Any]:
        """The queue as JSON."""
        found: list[Any] = self.run("queue", "--json", "--limit", "0", *args).json
        return found

    def approve_all(self) -> list[str]:
        """Approve every draft, to be sent at once; returns the ids."""
        ids = [str(one["id"]) for one in self.queue("--state", "drafted")]
        assert self.run("approve", "--now", *ids).code == 0
        return ids


def until(holds: Callable[[], object], message: str, seconds: float = PATIENCE) -> None:
    """Wait until a condition holds; fail with what was awaited."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds:.0f} s in vain until {message}")
