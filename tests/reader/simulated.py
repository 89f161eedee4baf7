"""Simulated staff: they answer a file of labelled mentions through the desk, as people would, and err now and then."""

import csv
import random
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

from listener.desk import transitions
from listener.desk.approve import Target, approve
from listener.model import Mention
from listener.reader.learn import learn
from tests import factories
from tests.databases import make_store
from tests.desk.world import World
from tests.factories import DATA

MOODS = ("positive", "neutral", "negative")
MISTAKES = 0.05  # of all decisions
NAMES = ("ann", "bo", "cy")
BATCH = 200  # mentions that come in together
WEEK = 500  # mentions of a week


class Post(NamedTuple):
    """A mention and how people labelled it; author: None for an author of its own."""

    text: str
    label: str
    author: str | None = None


def posts_of(brand: str) -> list[Post]:
    """The labelled mentions of an airline, oldest first; skips the test where the file is not here."""
    path = DATA / "airline_dev.csv"
    if not path.exists():
        pytest.skip(f"{path.name} is not here: it may not be shipped")
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["brand"] == brand]
    return [Post(row["text"], row["label"]) for row in sorted(rows, key=lambda row: (row["created_at"], row["id"]))]


@dataclass
class Staff:
    """People at the desk of a world. mood_of: how a person sees a label, who may mean ill.

    number: of mentions so far, by which they are named.
    """

    world: World
    brand: str | None = None
    mistakes: float = MISTAKES
    mood_of: Callable[[str, str], str] = lambda name, label: label
    number: int = 0

    def __post_init__(self) -> None:
        self._random = random.Random(7)

    def work(self, posts: Iterable[Post]) -> None:
        """Mentions come in, and are decided one by one."""
        waiting = list(posts)
        for start in range(0, len(waiting), BATCH):
            batch = waiting[start : start + BATCH]
            self.world.after(hours=1)
            for post, (mention_id, reply_id) in zip(batch, self._hear(batch), strict=True):
                self._decide(post, mention_id, reply_id)

    def _hear(self, posts: Iterable[Post]) -> Iterator[tuple[str, int]]:
        heard = [self._mention(post) for post in posts]
        self.world.heard(*heard)
        return ((mention.id, self.world.reply_to(mention.id)) for mention in heard)

    def _mention(self, post: Post) -> Mention:
        self.number += 1
        name = f"s{self.number}"
        author = post.author or f"writer{self.number}"
        times = {"created_at": self.world.now, "age_start_at": self.world.now}
        own = {"id": name, "interaction_id": name, "conversation_id": name, "extra_brand_term": self.brand}
        return factories.mention(post.text, author_id=author, author_handle=author, **own, **times)

    def _decide(self, post: Post, mention_id: str, reply_id: int) -> None:
        """Do what a person does who sees this mood; now and then they see another."""
        name = self._random.choice(NAMES)
        is_wrong = self._random.random() < self.mistakes
        mood = self._random.choice(MOODS) if is_wrong else self.mood_of(name, post.label)
        desk = self.world.desk(name)
        if not reply_id:
            if mood == "negative":
                transitions.escalate_mention(self.world.store, desk, "memory", mention_id)
            return
        reply = self.world.reply(reply_id)
        kind = {"positive": "thank_you", "negative": "support"}.get(mood)
        if kind is None:
            act = transitions.reject if reply.text else transitions.close
            act(self.world.store, desk, reply_id, "no answer needed")
            return
        if reply.kind != kind:
            transitions.edit(self.world.store, desk, reply_id, "A colleague wrote this.", kind)
        (result,) = approve(self.world.store, desk, [Target(reply_id)])
        assert result.ok, result.error


def main() -> None:
    """Print what staff of an airline teach, week by week: `python -m tests.reader.simulated BRAND [POSTS]`."""
    brand, number = sys.argv[1], int((*sys.argv[2:], "3000")[0])
    policy = replace(factories.policy(), staff=())
    with TemporaryDirectory() as folder:
        world = World(make_store(Path(folder)), policy)
        staff, posts = Staff(world, brand), posts_of(brand)[:number]
        for start in range(0, len(posts), WEEK):
            staff.work(posts[start : start + WEEK])
            attempt = learn(world.store, policy, factories.responders(policy), "upkeep", world.after(days=7).now)
            sys.stdout.write(f"{attempt}\n")


if __name__ == "__main__":
    main()
