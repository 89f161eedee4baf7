"""The memory platform keeps the contract of every platform."""

import json
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from listener.model import Mention, Preview
from listener.platforms import memory
from listener.settings import EnvSecrets
from tests.platforms.contract import PlatformContract
from tests.platforms.memory_files import Bill
from tests.platforms.other_side import Outcome, World
from tests.platforms.rounds import now


class MemoryWorld(World):
    """Two files: the test appends to one, the platform to the other."""

    def __init__(self, folder: Path) -> None:
        self._mentions, self._posts = folder / "mentions.jsonl", folder / "data" / "posts.jsonl"
        self._mentions.touch()
        self._section = memory.Section(mentions=self._mentions, start="all")
        self._planted = 0
        self.platform = self.again()

    def again(self) -> memory.Memory:
        """The platform as a new process would connect it."""
        return memory.connect(self._section, EnvSecrets({}), self._posts.parent, Bill())

    def preview(self, text: str, mention: Mention) -> Preview:
        """The module's preview."""
        return memory.preview(text, mention, self._section)

    def plant(self, text: str) -> str:
        """Append a row."""
        return self._append(text)

    def _append(self, text: str | None, **more: object) -> str:
        self._planted += 1
        row = {"id": self._planted, "text": text, **more}
        with self._mentions.open("a") as file:
            file.write(json.dumps(row) + "\n")
        return str(row["id"])

    def plant_own(self, text: str, reply_to: str) -> str | None:
        """Nobody answers in a file."""
        return None

    def posted(self) -> list[tuple[str, str]]:
        """The whole lines of the file of posts."""
        lines = self._posts.read_bytes().splitlines(keepends=True) if self._posts.is_file() else []
        posts = [json.loads(line) for line in lines if line.endswith(b"\n")]
        return [(post["text"], post["in_reply_to"]) for post in posts if "text" in post]

    def applauded(self) -> list[tuple[str, str]]:
        """The lines of the same file that are acts."""
        lines = self._posts.read_text().splitlines() if self._posts.is_file() else []
        return [(act["act"], act["of"]) for act in map(json.loads, lines) if "act" in act]

    def fail(self, outcome: Outcome) -> bool:
        """A folder stands in the file's place, or the disk is full in the middle of the line."""
        if outcome == "not_sent":
            self._posts.mkdir(parents=True)
        if outcome == "unconfirmed":
            resource.setrlimit(resource.RLIMIT_FSIZE, (20, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
        return outcome in ("not_sent", "unconfirmed")

    def plant_aside(self, text: str) -> str:
        """As another program's search found it."""
        return self._append(text, addressed=False)

    def plant_broken(self) -> str:
        """A row without text."""
        return self._append(None)

    def repeat(self, mention_id: str) -> None:
        """The same row once more."""
        self._append("hello there", id=mention_id)

    def edit(self, mention_id: str, text: str) -> None:
        """A later row that names the one it edits."""
        self._append(text, edits=mention_id, created_at=now().isoformat())


class TestMemory(PlatformContract):
    """The contract against two files; more mentions than two pages of 500."""

    many = 1_100

    @pytest.fixture
    def world(self, tmp_path: Path) -> Iterator[MemoryWorld]:
        """A folder and the platform; the limit of `fail` ends with the test."""
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        yield MemoryWorld(tmp_path)
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
