"""Bluesky as a random run sees it: late, back-dated and edited posts, gates, bots, quotes, our own among them."""

import random
from datetime import timedelta
from pathlib import Path

from tests.fakes.bluesky import BlueskyServer, Record
from tests.fakes.bluesky.network import POST
from tests.fakes.bluesky.server import HANDLE, PUT, SECRETS
from tests.faults import evidence
from tests.faults.commands import Nursery
from tests.faults.deadly import Deadly
from tests.faults.network import NetworkWorld
from tests.faults.world import NOISE

PASSWORD = "EARSHOT_BLUESKY_APP_PASSWORD"
LISTING, SEARCH, POSTS, THREAD = (
    f"app.bsky.{one}"
    for one in ("notification.listNotifications", "feed.searchPosts", "feed.getPosts", "feed.getPostThread")
)
CREATE = "com.atproto.server.createSession"
SECTION = """[platforms.bluesky]
service_url = "{url}"
start = "all"
search = ["shop.test"]
poll_seconds = 0.2
settle_after_seconds = 30
"""


class Server(Deadly, BlueskyServer):
    """The fake of one run. opaque: its cursors are no times; twice: it lists some posts twice."""

    post = PUT

    def __init__(self, rng: random.Random, password: str) -> None:
        super().__init__(secrets=SECRETS | {PASSWORD: password})
        self.listings.opaque = rng.random() < 0.2
        self.forgets = rng.random() < 0.2

    def sends(self, path: str) -> bool:
        """Signing in is a POST too."""
        return path.endswith(PUT)


class BlueskyWorld(NetworkWorld):
    """A run against the fake."""

    platform = "bluesky"
    secret_names = (PASSWORD,)
    server: Server
    reads = (
        LISTING, LISTING, SEARCH, POSTS, POSTS, THREAD, "com.atproto.repo.listRecords", "com.atproto.repo.getRecord",
        CREATE, "com.atproto.server.refreshSession",
    )  # fmt: skip
    refused = ("rate", "expired", "unauthorized", "takedown", "upstream", "firewall", "moved", "echo")
    item = ("invalid",)
    missing = ((THREAD, "missing"), (POSTS, "nothing"))

    def __init__(self, folder: Path, nursery: Nursery, rng: random.Random) -> None:
        self._malformed: list[str] = []
        self._by_hand: list[str] = []
        server = Server(rng, "")
        super().__init__(folder, nursery, rng, server)
        server.sessions.passwords[HANDLE] = self.keys[PASSWORD]
        self.commands.env["EARSHOT_BLUESKY_HANDLE"] = HANDLE
        self.section = SECTION.format(url=server.url)
        self._us, self._network = server.us.did, server.network

    def move_on(self, seconds: float) -> None:
        """Both clocks go together."""
        super().move_on(seconds)
        self.server.network.ahead = timedelta(seconds=self.clock)

    # ---- what is said

    def plant(self, count: int) -> None:
        """Most in time, some late or dated back, some that cannot be answered, or not to be read."""
        for _ in range(count):
            self._one(self.rng.random())

    def say(self) -> None:
        """In time."""
        self._one(0.0)

    def _one(self, dice: float) -> None:
        by, text, ago = f"h{next(self.numbers)}.test", f"@shop.test {self.text()}", timedelta(0)
        if 0.5 < dice < 0.75:
            ago = timedelta(minutes=self.rng.uniform(0, 40))
        if 0.75 < dice < 0.8:
            ago = timedelta(days=self.rng.uniform(1, 2000))
        late = self.rng.uniform(1, 600) if 0.4 < dice < 0.6 else 0
        if dice < 0.8:
            self.server.mention(text, by, created=self._network.now() - ago, late=late)
        else:
            self._odd(dice, by, text)

    def _odd(self, dice: float, by: str, text: str) -> None:
        if dice < 0.86:
            self._network.post(by, text[11:], reply_to=self.server.own("We open at nine.").uri)
        elif dice < 0.89:
            self._network.post(by, text[11:], quotes=self.server.own("New paper is in.").uri)
        elif dice < 0.92:
            self._network.gates[self.server.mention(text, by).uri] = []
        elif dice < 0.95:
            self._network.actor(by).bot = True
            self.server.mention(text, by)
        elif dice < 0.97:
            self._network.like(by, self.server.own("Good morning.").uri)
        else:
            broken = self.server.mention(text, by)
            del broken.value["text"]
            self._malformed.append(broken.uri)

    def burst(self) -> None:
        """One to two pages more, some of one instant."""
        now = self._network.now()
        for number in range(self.rng.randint(100, 220)):
            created = now - timedelta(milliseconds=number // 3)
            self.server.mention(f"@shop.test {NOISE} {number}", f"b{number}.test", created=created)

    def stir(self) -> str:
        """Somebody deletes, edits or gates a post, or one of us answers in the app."""
        here = [one for one in self._listed() if "text" in one.value]
        if not here:
            return ""
        one, dice = self.rng.choice(here), self.rng.random()
        if dice < 0.3:
            one.deleted = True
            return f"{one.uri} is deleted"
        if dice < 0.65:
            one.value = one.value | {"text": f"@shop.test {self.text()}"}
            return f"{one.uri} is edited"
        if dice < 0.75 and not one.target("root"):
            self._network.gates[one.uri] = []
            return f"{one.uri} is gated"
        self._by_hand.append(self.server.own("I have written to you.", one.uri).uri)
        return f"{one.uri} is answered by hand"

    def _listed(self) -> list[Record]:
        return [one for _, one in self._network.notified(self._us) if one.collection == POST]

    def trouble(self) -> str:
        """Also what real networks did: a feed down for rounds, a sign-in limit of a day."""
        told, dice = super().trouble(), self.rng.random()
        if dice < 0.25:
            feed, mode = self.rng.choice((LISTING, SEARCH)), self.rng.choice(("upstream", "unavailable", "firewall"))
            self.server.fail_next(feed, mode, times=self.rng.randint(4, 12))
            told += f", {feed} {mode} for rounds"
        elif dice < 0.35:
            end = self._network.now() + timedelta(hours=24)
            self.server.sessions.expire()
            self.server.fail_next("com.atproto.server.refreshSession", "expired")
            self.server.fail_next(CREATE, "rate", headers={"ratelimit-reset": str(int(end.timestamp()))}, times=3)
            told += ", signing in limited for a day"
        return told

    def limit_headers(self) -> dict[str, str]:
        """Unix seconds, or Retry-After."""
        end = self._network.now() + timedelta(seconds=self.rng.choice((-300, 20, 900)))
        return self.rng.choice(({}, {"ratelimit-reset": str(int(end.timestamp()))}, {"retry-after": "30"}))

    def settled(self) -> bool:
        """Also nothing is still to be listed."""
        now = self._network.now()
        return all(one.shows <= now for one in list(self._network.records.values())) and super().settled()

    # ---- what it can prove

    def evidence(self) -> evidence.Evidence:
        """From the network's records and the ledger of writes."""
        listed = self._listed()
        ledger = self.server.records.ledger
        written = [evidence.Post(one.uri, one.parent, one.parent, one.text, one.at) for one in ledger]
        return evidence.Evidence(
            platform="bluesky",
            listed={one.uri: one.value["text"] for one in listed if "text" in one.value},
            posts=[post for post in written if post.target],
            announced=[post for post in written if not post.target],
            malformed=[one.uri for one in listed if one.uri in self._malformed],
            ours=[one.uri for one in list(self._network.records.values()) if one.did == self._us],
            by_hand=self._by_hand,
        )
