"""The memory platform as a random run sees it: a file that grows by halves, in disorder, and one that cannot be had."""

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.faults.commands import Nursery
from tests.faults.evidence import Evidence, Post
from tests.faults.world import NOISE, World

SECTION = '[platforms.memory]\nmentions = "mentions.jsonl"\nposts = "posts.jsonl"\nstart = "all"\npoll_seconds = 0.2\n'
Row = dict[str, str]


class MemoryWorld(World):
    """A run against two files. A later row that names an earlier one is its edit; the same row is a repetition."""

    platform = "memory"
    section = SECTION
    applauds = True

    def __init__(self, folder: Path, nursery: Nursery, rng: random.Random) -> None:
        super().__init__(folder, nursery, rng)
        self._mentions, self._posts = folder / "config" / "mentions.jsonl", folder / "data" / "posts.jsonl"
        self._mentions.touch()
        self._rows: dict[str, Row] = {}
        self._edits: dict[str, str] = {}  # a later row's id -> the id of the row it is an edit of
        self._malformed: list[str] = []
        self._rest = ""  # of a line that is written by half so far
        self._undo: list[Callable[[], object]] = []

    # ---- what is said

    def plant(self, count: int) -> None:
        """In any order of time, some twice, some that cannot be read, now and then the last one only by half."""
        rows = [self._row() for _ in range(count)]
        rows += self.rng.sample(rows, k=self.rng.randint(0, min(2, len(rows))))
        self.rng.shuffle(rows)
        self._write(*rows)
        if self.rng.random() < 0.2:
            self._malformed.append(f"line@{self._mentions.stat().st_size}")
            self._append('{"id": "broken", "text": \n')
        if self.rng.random() < 0.3:
            line = json.dumps(self._row()) + "\n"
            self._append(line[: len(line) // 2])
            self._rest = line[len(line) // 2 :]

    def _row(self) -> Row:
        number = str(next(self.numbers))
        row = {"id": number, "text": self.text(), "author": f"h{number}", "lang": "en"}
        self._rows[number] = row | {"created_at": self._time(self.rng.uniform(0, 7200))}
        return self._rows[number]

    def _time(self, ago: float = 0.0) -> str:
        return (datetime.now(UTC) + timedelta(seconds=self.clock - ago)).isoformat()

    def _write(self, *rows: Row) -> None:
        """Whole lines; a half-written one is ended first."""
        self._append(self._rest + "".join(json.dumps(row) + "\n" for row in rows))
        self._rest = ""

    def _append(self, text: str) -> None:
        self._restore()
        with self._mentions.open("a", encoding="utf-8") as file:
            file.write(text)

    def burst(self) -> None:
        """More than the 500 rows of a page."""
        rows = [{"id": f"b{n}", "text": f"{NOISE} {n}", "author": f"b{n}", "lang": "en"} for n in range(520)]
        self._rows |= {row["id"]: row for row in rows}
        self._write(*rows)

    def stir(self) -> str:
        """Somebody edits a row by a later one."""
        self._write()
        row = self.rng.choice([one for one in self._rows.values() if "created_at" in one])
        row |= {"text": self.text(), "created_at": self._time()}
        edit = f"{row['id']}-{next(self.numbers)}"
        self._edits[edit] = row["id"]
        self._write({**row, "id": edit, "edits": row["id"]})
        return f"{row['id']} is edited"

    # ---- what goes wrong

    def trouble(self) -> str:
        """A file that cannot be had, or the half of a line that a dying process left in the file of posts."""
        self._restore()
        mode = self.rng.choice(("posts blocked", "posts blocked", "mentions away", "half a post"))
        self.struck[mode] += 1
        if mode == "half a post":
            with self._posts.open("a", encoding="utf-8") as file:
                file.write('{"id": "0123", "in_reply_to": "1", "te')
        else:
            self._block(self._posts if mode == "posts blocked" else self._mentions, mode == "posts blocked")
        return mode

    def _block(self, path: Path, folder: bool) -> None:
        """Put a folder where the file was, or nothing."""
        away = path.with_name(path.name + ".away")
        was = path.exists()
        if was:
            path.rename(away)
        if folder:
            path.mkdir()
            self._undo.append(path.rmdir)
        if was:
            self._undo.append(lambda: away.rename(path))

    def lift(self) -> None:
        """The files are back, and whole."""
        self._restore()
        if self._rest:
            self._write()

    def startable(self) -> None:
        """Also the file of mentions."""
        self._restore()

    def _restore(self) -> None:
        while self._undo:
            self._undo.pop(0)()

    # ---- what it can prove

    def evidence(self) -> Evidence:
        """From the two files. A row that is only written by half is not listed."""
        listed = {name: row["text"] for name, row in self._rows.items()}
        posted = self._posted()
        announced = [
            Post(row["id"], "", "", row["text"]) for row in posted if "in_reply_to" not in row and "act" not in row
        ]
        acts = [(row["act"], self._edits.get(row["of"], row["of"])) for row in posted if "act" in row]
        answers = [self._post(row) for row in posted if "in_reply_to" in row]
        return Evidence("memory", listed, answers, announced, acts, malformed=list(self._malformed))

    def _post(self, row: Row) -> Post:
        """A post may name an edit of what it answers."""
        target = row["in_reply_to"]
        return Post(row["id"], target, self._edits.get(target, target), row["text"])

    def _posted(self) -> list[Row]:
        lines = self._posts.read_text(encoding="utf-8").splitlines() if self._posts.is_file() else []
        return [row for line in lines if (row := _parsed(line))]


def _parsed(line: str) -> Row | None:
    try:
        row: Row = json.loads(line)
    except ValueError:  # half a line is no post
        return None
    return row
