"""Where the kills of coupons happen: the memory platform, or Mastodon's fake on loopback, with lines that are cut."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from listener.intake.text import storable_text
from listener.model import Mention, Prepared, Receipt
from listener.platforms import mastodon
from listener.platforms.kit.http import HttpClient
from listener.platforms.mastodon.api import Mastodon
from listener.platforms.memory import Memory
from listener.platforms.memory.mentions import Mentions
from listener.protocols import Platform
from listener.settings import EnvSecrets
from tests import factories
from tests.fakes.mastodon import TOKEN, MastodonServer
from tests.fakes.mastodon.statuses import markup

PEOPLE = 12


@dataclass(frozen=True)
class Posted:
    """A post of ours: to whom, and whether anybody else can read it."""

    text: str
    author: str
    is_private: bool


class Place(Protocol):
    """A platform of a shop's database, with people who write to it. name: as mentions have it."""

    name: str

    def plant(self, run: int, rng: random.Random, texts: tuple[str, ...]) -> list[Mention]:
        """Let people write before a run, each text by somebody."""

    def connect(self, clock: Callable[[], datetime], rng: random.Random | None) -> Platform:
        """Connect; rng: cut calls at random."""

    def posts(self) -> list[Posted]:
        """All that was really posted."""


class Cutting:
    """Cuts the line of a platform before a post or after it."""

    rng: random.Random

    def post(self, prepared: Prepared) -> Receipt:
        """Post, or not, and perhaps never learn of it."""
        chance = self.rng.random()
        if chance < 0.1:
            raise ConnectionResetError("cut before the post")
        receipt: Receipt = super().post(prepared)  # type: ignore[misc]  # of the platform that it is mixed into
        if chance < 0.25:
            raise ConnectionResetError("cut after the post")
        return receipt


class CutMemory(Cutting, Memory):
    """The memory platform on such a line."""


class CutMastodon(Cutting, Mastodon):
    """Mastodon on such a line."""


def write(platform: str, post_id: str, text: str, author_id: str, handle: str) -> Mention:
    """A mention as a poll reads it; its time is set when it is read."""
    own: dict[str, Any] = {"platform": platform, "id": post_id, "interaction_id": post_id, "conversation_id": post_id}
    return factories.mention(text, **own, author_id=author_id, author_handle=handle)


class MemoryPlace:
    """Files in the folder of the database."""

    name = "memory"

    def __init__(self, folder: Path) -> None:
        (folder / "none.jsonl").touch()
        self._posts, self._mentions = folder / "posts", Mentions(folder / "none.jsonl", "all", False)

    def plant(self, run: int, rng: random.Random, texts: tuple[str, ...]) -> list[Mention]:
        """The author stands in the id, so that a post names whom it answers."""
        people = [f"p{rng.randrange(PEOPLE)}" for _ in texts]
        named = zip(texts, people, strict=True)
        return [write(self.name, f"{run}.{place}.{who}", text, who, who) for place, (text, who) in enumerate(named)]

    def connect(self, clock: Callable[[], datetime], rng: random.Random | None) -> Platform:
        """The same files each time."""
        if rng is None:
            return Memory(self._mentions, self._posts)
        cut = CutMemory(self._mentions, self._posts)
        cut.rng = rng
        return cut

    def posts(self) -> list[Posted]:
        """The lines of the file."""
        lines = map(json.loads, self._posts.read_text().splitlines() if self._posts.exists() else [])
        return [Posted(line["text"], line["in_reply_to"].split(".")[-1], bool(line.get("private"))) for line in lines]


class MastodonPlace:
    """A fake server of its own, in a thread of the process that survives."""

    name = "mastodon"

    def __init__(self, server: MastodonServer) -> None:
        self.server = server
        self._section = mastodon.Section(server_url=server.url, start="all")

    def plant(self, run: int, rng: random.Random, texts: tuple[str, ...]) -> list[Mention]:
        """They stand on the server, which is asked for each before it is answered."""
        made = [self.server.say(markup(text), by=f"p{rng.randrange(PEOPLE)}", late=0) for text in texts]
        words = [storable_text(status.content, True) for status in made]
        pairs = zip(made, words, strict=True)
        return [write(self.name, one.id, text, one.author.id, one.author.acct) for one, text in pairs]

    def connect(self, clock: Callable[[], datetime], rng: random.Random | None) -> Platform:
        """As a new process does."""
        kind = Mastodon if rng is None else CutMastodon
        web, secrets = HttpClient(seconds=5.0, cap=1 << 20), EnvSecrets({"EARSHOT_MASTODON_TOKEN": TOKEN})
        platform = kind(self._section, secrets, web=web, rng=random.Random(7), clock=clock)
        if isinstance(platform, CutMastodon) and rng is not None:
            platform.rng = rng
        return platform

    def posts(self) -> list[Posted]:
        """The server's ledger."""
        targets = [self.server.status_of(line["in_reply_to"]) for line in self.server.posted]
        authors = [target.author.id if target else "nobody" for target in targets]
        pairs = zip(self.server.posted, authors, strict=True)
        return [Posted(line["text"], author, line["visibility"] == "direct") for line, author in pairs]


@contextmanager
def open_place(name: str, folder: Path) -> Iterator[Place]:
    """Open a place for a database."""
    if name == "memory":
        yield MemoryPlace(folder)
        return
    server = MastodonServer()
    server.start()
    try:
        yield MastodonPlace(server)
    finally:
        server.stop()
