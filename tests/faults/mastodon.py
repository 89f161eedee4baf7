"""Mastodon as a random run sees it: three servers' manners, late, doubled and edited posts, our own among them."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from listener.intake.text import storable_text
from listener.platforms.mastodon.status import identity
from tests.fakes.mastodon import GOTOSOCIAL, MASTODON, SNAC, MastodonServer, Status
from tests.fakes.mastodon.statuses import Person, markup, stamp
from tests.faults.commands import Nursery
from tests.faults.deadly import Deadly
from tests.faults.evidence import Evidence, Post
from tests.faults.network import NetworkWorld
from tests.faults.world import NOISE

TOKEN = "EARSHOT_MASTODON_TOKEN"
ACTS = {"favourite": "like", "reblog": "repost"}
SECTION = """[platforms.mastodon]
server_url = "{url}"
start = "all"
poll_seconds = 0.2
characters = 5000
settle_after_seconds = 60
"""


class Server(Deadly, MastodonServer):
    """The fake of one run. echo: our own posts come as notifications too.

    Some list only their newest 64 notifications, give edited posts another id, or know no more of the old one.
    """

    post = "POST statuses"

    def sends(self, path: str) -> bool:
        """A like has no body that could be cut."""
        return path.endswith("/statuses")

    def __init__(self, rng: random.Random, token: str) -> None:
        manners = rng.choice((MASTODON, GOTOSOCIAL, SNAC))
        if rng.random() < 0.3:
            manners = replace(manners, bound=64)
        if rng.random() < 0.3:
            manners = replace(manners, restamps=True, old_ids=rng.random() < 0.5)
        super().__init__(manners)
        self.token, self.own_lag = token, rng.choice((0.0, 0.0, 5.0, 50.0))
        self.twice, self.echo = (rng.random() < share for share in (0.3, 0.5))

    def own(self, content: str, reply_to: str | None = None, **more: str | None) -> Status:
        """Posts of our account, some of which name it."""
        notice = {"notice": self.new_id(), "mentions": [self.me.id]} if self.echo else {}
        return super().own(content, reply_to, **more, **notice)


class MastodonWorld(NetworkWorld):
    """A run against the fake."""

    platform = "mastodon"
    applauds = True
    acts = ("POST favourite", "POST reblog")
    secret_names = (TOKEN,)
    server: Server
    reads = ("GET notifications", "GET notifications", "GET own", "GET status", "GET context", "GET me")
    refused = ("rate", "overload", "unauthorized", "scope", "missing-page", "moved", "proxy-page")
    item = ("forbidden", "too-long")
    look = ("gone", "gone", "portal", "forbidden")
    missing = (("GET status", "gone"), ("GET status", "gone"), (Server.post, "gone"))

    def __init__(self, folder: Path, nursery: Nursery, rng: random.Random) -> None:
        self._malformed: list[str] = []
        self._by_hand: list[str] = []
        server = Server(rng, "")
        super().__init__(folder, nursery, rng, server)
        server.token = self.keys[TOKEN]
        self.section = SECTION.format(url=server.url)

    def move_on(self, seconds: float) -> None:
        """Both clocks go together."""
        super().move_on(seconds)
        self.server.ahead = timedelta(seconds=self.clock)

    # ---- what is said

    def plant(self, count: int) -> None:
        """Most in time, some late or with an old id, some in private, in a thread, or not to be read."""
        for _ in range(count):
            self._one(self.rng.random())

    def say(self) -> None:
        """Listed at once, also by a server that takes its time."""
        self._one(0.0, late=0.0)

    def _one(self, dice: float, late: float | None = None) -> None:
        by, text = f"h{next(self.numbers)}", markup(f"@shop {self.text()}")
        if dice < 0.5:
            visibility = self.rng.choice(("public", "unlisted", "private", "direct"))
            self.server.say(text, by=by, visibility=visibility, late=late)
        elif dice < 0.65:
            self.server.say(text, by=by, late=self.rng.uniform(1, 600))
        elif dice < 0.8:
            self.server.say(text, by=by, at=self.server.now() - timedelta(minutes=self.rng.uniform(1, 40)))
        elif dice < 0.88:
            self.server.say(text, by=by, reply_to=self.server.own("<p>We open at nine.</p>").id)
        elif dice < 0.95:
            self.server.own(markup("New paper is in."))
        else:
            status = self.server.say("?", by=by)
            status.raw = {"id": status.id, "content": 7, "account": {}, "created_at": stamp(status.created_at)}
            self._malformed.append(status.id)

    def burst(self) -> None:
        """More than a page; less than a bounded list while nothing is known, above which there could be a gap."""
        is_first = self.server.manners.bound and not self.ask("SELECT 1 FROM mention LIMIT 1")
        for number in range(20 if is_first else self.rng.randint(82, 140)):
            self.server.say(markup(f"@shop {NOISE} {number}"), by=f"b{number}")

    def stir(self) -> str:
        """Somebody deletes or edits a post, or one of us answers in the app."""
        here = [one for one in self._listed() if one.raw is None]
        if not here:
            return ""
        status, dice = self.rng.choice(here), self.rng.random()
        if dice < 0.35:
            status.deleted = True
            return f"{status.id} is deleted"
        if dice < 0.75:
            self.server.edit(status.id, markup(f"@shop {self.text()}"))
            return f"{status.id} is edited"
        if dice < 0.8:
            status.boosted_by = Person("acc-fan", "fan")
            return f"{status.id} is boosted"
        if dice < 0.85:
            self.server.restamp(status)
            return f"{status.id} is given another id"
        self._by_hand.append(self.server.own(markup("I have written to you."), status.id).id)
        return f"{status.id} is answered by hand"

    def _listed(self) -> list[Status]:
        return [one for one in self.server.notified() if one.author is not self.server.me]

    def still(self) -> None:
        """Most are listed at once, some up to ten minutes late."""
        self.server.until = self.server.now()

    def limit_headers(self) -> dict[str, str]:
        """ISO 8601, or Retry-After."""
        end = self.server.now() + timedelta(seconds=self.rng.choice((-300, 20, 900)))
        return self.rng.choice(({}, {"X-RateLimit-Reset": stamp(end)}, {"Retry-After": "30"}))

    # ---- what it can prove

    def evidence(self) -> Evidence:
        """From the fake's statuses and its ledger."""
        everything, bounded = list(self.server.statuses.values()), {one.notice for one in self.server.bounded()}
        readable = [one for one in self._listed() if one.raw is None]
        return Evidence(
            platform="mastodon",
            listed={_thread(one): storable_text(one.content, html=True) for one in readable if one.notice in bounded},
            posts=[self._post(line) for line in self.server.posted if line["in_reply_to"]],
            announced=[self._announced(line) for line in self.server.posted if not line["in_reply_to"]],
            applauded=[(ACTS[call], self._thread(name)) for call, name in self.server.acts],
            malformed=[one.id for one in self._listed() if one.id in self._malformed and one.notice in bounded],
            ours=[one.id for one in everything if one.author is self.server.me],
            by_hand=self._by_hand,
            unlisted={_thread(one): one.notice for one in readable if one.notice not in bounded},
        )

    def _announced(self, line: dict[str, str]) -> Post:
        return Post(line["id"], "", "", line["text"], datetime.fromisoformat(line["at"]))

    def _thread(self, name: str) -> str:
        target = self.server.status_of(name)
        return _thread(target) if target else name

    def _post(self, line: dict[str, str]) -> Post:
        thread = self._thread(line["in_reply_to"])
        return Post(line["id"], thread, thread, line["text"], datetime.fromisoformat(line["at"]))


def _thread(status: Status) -> str:
    """By what a mention is known, whatever its id is now."""
    return identity({"uri": status.uri, "id": status.id})
