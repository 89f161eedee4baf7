"""The whole line in one process, on a real database, with a clock that a test moves and a platform it scripts."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from listener.desk.approve import DeskContext, Target, approve
from listener.feed_page import FeedPage, OwnPost
from listener.model import Mention, Preview
from listener.policy import Policy
from listener.settings import load, load_responders, starter
from listener.stages import Stages
from listener.store import items, notices, platforms, replies
from listener.store.engine import Store
from listener.store.records import Exchange, Reply
from listener.triage.route import Triage
from tests.databases import make_store
from tests.fakes.scripted import Scripted

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # a Tuesday
PRAISE = "Thank you so much for the lovely notebook, I love it!"
COMPLAINT = "My parcel is two weeks late and nobody answers my mails."


@cache
def _starter() -> Policy:
    return load(starter()).policy


@dataclass
class Line:
    """A store, a scripted platform named `memory`, and the stages; time stands still until a test moves it."""

    folder: Path
    policy: Policy = field(default_factory=_starter)
    now: datetime = NOON

    def __post_init__(self) -> None:
        self.store: Store = make_store(self.folder)
        self.platform = Scripted(self.clock)
        self._ids = count(1)
        self._triage: Triage | None = None
        with self.store.write() as connection:
            platforms.enable(connection, {"memory": 60.0}, self.now)

    @property
    def stages(self) -> Stages:
        """The stages with the policy as it is now."""
        if self._triage is None or self._triage.policy is not self.policy:
            self._triage = Triage(self.policy, load_responders(self.policy), self.shown, "test")
        return Stages(self.store, {"memory": self.platform}, self._triage, self.clock)

    def shown(self, text: str, mention: Mention) -> Preview:
        """The preview as a test may have changed it."""
        return self.preview(text, mention)

    def clock(self) -> datetime:
        """The time a test has set."""
        return self.now

    def preview(self, text: str, mention: Mention) -> Preview:
        """280 code points, as they are."""
        return Preview(text, len(text), 280)

    def wait(self, **span: float) -> None:
        """Move time on."""
        self.now += timedelta(**span)

    def desk(self, by: str = "ann") -> DeskContext:
        """The desk with this name at it."""
        return DeskContext(by, self.policy, self.preview, self.clock)

    def mention(self, text: str = PRAISE, **changes: Any) -> Mention:
        """A mention of an author and in a conversation of its own."""
        number = next(self._ids)
        name = changes.pop("id", f"m{number}")
        made = Mention(
            "memory", name, text, f"a{number}", self.now, self.now, name, name, author_handle=f"h{number}", lang="en"
        )
        return replace(made, **changes)

    def say(self, text: str = PRAISE, **changes: Any) -> Mention:
        """A mention that the next poll will read."""
        made = self.mention(text, **changes)
        self.platform.pages.append(FeedPage({"at": made.id}, (made,), more=True))
        return made

    def answer_by_hand(self, mention_id: str, remote_id: str = "own-1") -> None:
        """A person of ours answers on the platform itself; the next poll will read it."""
        own = OwnPost(remote_id, mention_id, "Hello from a person", self.now)
        self.platform.pages.append(FeedPage({"at": remote_id}, brand_posts=(own,), more=True))

    def listen(self) -> None:
        """Read and decide all that waits."""
        self.stages.poll("memory")
        self.stages.route()

    def approved(self, text: str = PRAISE, **changes: Any) -> Reply:
        """A reply to a new mention, approved by ann."""
        said = self.say(text, **changes)
        self.listen()
        found = self.reply_to(said.id)
        (outcome,) = approve(self.store, self.desk(), [Target(found.id)])
        assert outcome.ok, outcome.error
        return self.reply(found.id)

    def send(self) -> Counter[str]:
        """One round of sending; returns what was held."""
        return self.stages.send("memory").held

    def item(self, reply_id: int) -> Exchange:
        """A reply with its mention."""
        with self.store.read() as connection:
            return items.item(connection, reply_id=reply_id)

    def reply(self, reply_id: int) -> Reply:
        """A reply as it stands."""
        with self.store.read() as connection:
            return replies.get(connection, reply_id)

    def reply_to(self, mention_id: str) -> Reply:
        """The live or latest reply to a mention."""
        with self.store.read() as connection:
            found = [
                one
                for one in replies.list_where(connection)
                if items.item(connection, reply_id=one.id).mention.id == mention_id
            ]
        return found[-1]

    def notices(self) -> list[str]:
        """The kinds of the open notices."""
        with self.store.read() as connection:
            return [one.kind for one in notices.list_open(connection)]


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    """The whole line on a fresh database."""
    made = Line(tmp_path)
    yield made
    made.store.close()
