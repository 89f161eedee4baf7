"""What random runs of Facebook and Instagram have in common: Meta's errors, and a day that passes after a block."""

import random
from abc import abstractmethod
from datetime import datetime, timedelta
from pathlib import Path

from listener.intake.text import storable_text
from tests.fakes.meta.graph import MetaServer
from tests.fakes.meta.posts import Comment, Person, Post
from tests.faults.commands import Nursery
from tests.faults.deadly import Deadly
from tests.faults.evidence import Evidence
from tests.faults.evidence import Post as Sent
from tests.faults.network import LOST, NetworkWorld
from tests.faults.world import NOISE

KEYS = """start = "all"
poll_seconds = 0.2
settle_after_seconds = 60
full_round_seconds = 60
reply_spacing_seconds = 0
replies_per_hour = 1000
alike_per_day = 1000
daily_calls = 1000000
"""
BLOCKING = ("abusive", "success")  # after these nothing is sent for a day


class MetaFake(Deadly, MetaServer):
    """The fake of one run."""

    def vary(self, rng: random.Random, token: str) -> None:
        """Its manners: lags, lists that repeat an item, our replies held back as spam."""
        self.token, self.lag = token, rng.choice((0.0, 0.0, 5.0, 50.0))
        self.twice, self.held = rng.random() < 0.3, rng.random() < 0.1


class MetaWorld(NetworkWorld):
    """A run against the fake."""

    announces = False
    server: MetaFake
    lost = (*LOST, "unknown", "service", "downtime", "odd", *BLOCKING[1:])
    refused = ("rate", "app-rate", "unauthorized", "permission", "proxy-page", "moved", "as-person", "abusive")
    item = ("invalid", "same")
    look = ("gone", "gone", "portal", "invalid", "capability")
    missing = (("GET object", "gone"),)
    kind = "pages"

    def __init__(self, folder: Path, nursery: Nursery, rng: random.Random, server: MetaFake) -> None:
        self._malformed: list[str] = []
        self._by_hand: list[str] = []
        self._noise: set[str] = set()
        self._blocked = 0
        super().__init__(folder, nursery, rng, server)

    @property
    def first(self) -> Post:
        """The post that most people comment on."""
        return self.server.first

    def move_on(self, seconds: float) -> None:
        """Both clocks go together."""
        super().move_on(seconds)
        self.server.ahead = timedelta(seconds=self.clock)

    def lift(self) -> None:
        """A block lasts a day, which passes."""
        super().lift()
        blocked = sum(self.struck[f"POST {mode}"] for mode in BLOCKING)
        if blocked > self._blocked:
            self._blocked = blocked
            self.move_on(87_000)

    def plant(self, count: int) -> None:
        """In time, late, dated back, in a thread, below our own comment, or not to be read."""
        for _ in range(count):
            self.one(self.rng.random(), f"h{next(self.numbers)}")

    def say(self) -> None:
        """In time."""
        self.one(0.0, f"h{next(self.numbers)}")

    def one(self, dice: float, by: str) -> None:
        """One of them."""
        text, now = self.text(), self.server.now()
        if dice < 0.45:
            self.server.say(text, self.first, by=by)
        elif dice < 0.6:
            self.server.say(text, self.first, by=by, late=self.rng.uniform(1, 600))
        elif dice < 0.72:
            self.server.say(text, self.first, by=by, at=now - timedelta(minutes=self.rng.uniform(1, 40)))
        elif dice < 0.84:
            mine = self.server.say("We open at nine.", self.first, author=self.us())
            self.server.say(text, self.first, by=by, parent=mine)
        elif dice < 0.93:
            top = self.server.say(text, self.first, by=by)
            self.server.say(self.text(), self.first, by=by, parent=top)
        else:
            comment = self.server.say("?", self.first, by=by)
            comment.raw = self.broken(comment)
            self._malformed.append(comment.key)

    def us(self) -> Person:
        """Our own account there."""
        return self.server.me

    @abstractmethod
    def broken(self, comment: Comment) -> dict[str, object]:
        """A comment that nobody can read."""

    @abstractmethod
    def other_post(self) -> Post:
        """A new post of ours."""

    def burst(self) -> None:
        """More than a page, below a post of its own."""
        post = self.other_post()
        for number in range(self.rng.randint(110, 160)):
            self._noise.add(self.server.say(f"{NOISE} {number}", post, by=f"b{number}").key)

    def stir(self) -> str:
        """Somebody deletes or edits a comment, it is hidden, or one of us answers in the app."""
        here = [one for one in self.listed() if one.key not in self._noise and one.raw is None]
        if not here:
            return ""
        comment, dice = self.rng.choice(here), self.rng.random()
        if dice < 0.3:
            comment.deleted = True
            return f"{comment.key} is deleted"
        if dice < 0.6:
            comment.message = self.text()
            return f"{comment.key} is edited"
        if dice < 0.7:
            comment.hidden = True
            return f"{comment.key} is hidden"
        mine = self.server.say("I have written to you.", comment.post, author=self.us(), parent=comment)
        self._by_hand.append(mine.key)
        return f"{comment.key} is answered by hand"

    def listed(self) -> list[Comment]:
        """What others have said that is listed by now."""
        now, me = self.server.moment(), self.us()
        return [one for one in self.server.comments.values() if one.is_listed(now) and one.author is not me]

    def still(self) -> None:
        """Some are listed up to ten minutes late."""
        self.server.until = self.server.now()

    def limit_headers(self) -> dict[str, str]:
        """Meta's own, or Retry-After."""
        entry = f'{{"type": "{self.kind}", "call_count": 100, "estimated_time_to_regain_access": 5}}'
        return self.rng.choice(
            ({}, {"X-Business-Use-Case-Usage": f'{{"1": [{entry}]}}'}, {"Retry-After": "30"}, {"X-App-Usage": "{"})
        )

    def evidence(self) -> Evidence:
        """From the fake's comments and its ledger."""
        readable = [one for one in self.listed() if one.raw is None]
        ours = [one for one in self.server.comments.values() if one.author is self.us()]
        return Evidence(
            platform=self.platform,
            listed={one.key: storable_text(one.message, html=False) for one in readable} | self.more_listed(),
            posts=[self._sent(line) for line in self.server.posted],
            malformed=[one.key for one in self.listed() if one.key in self._malformed],
            ours=[name for one in ours for name in (one.key, one.id)],
            by_hand=self._by_hand,
        )

    def answered(self, line: dict[str, str]) -> str:
        """Return the key of the mention that a post of the ledger answers."""
        return line["in_reply_to"].rpartition("_")[2]

    def more_listed(self) -> dict[str, str]:
        """Posts of others that are mentions."""
        return {}

    def _sent(self, line: dict[str, str]) -> Sent:
        thread = self.answered(line)
        return Sent(line["id"], thread, thread, line["text"], datetime.fromisoformat(line["at"]))
