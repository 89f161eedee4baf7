"""X as a random run sees it: late, doubled and edited posts, our own among them, and every way a call can fail."""

import random
from datetime import datetime, timedelta
from pathlib import Path

from tests.fakes.faults import MANGLED
from tests.fakes.x import Post
from tests.faults import evidence
from tests.faults.commands import Nursery
from tests.faults.network import LOST, NetworkWorld
from tests.faults.world import NOISE
from tests.faults.x_server import POST, Server

MENTIONS, OWN, ME = "GET /2/users/:id/mentions", "GET /2/users/:id/tweets", "GET /2/users/me"
SECTION = """[platforms.x]
handle = "shop"
api_url = "{url}"
start = "all"
poll_seconds = 0.2
daily_budget_usd = "none"
app_owned_by_brand = true
url_reserve_usd = 0.01
settle_after_seconds = {settle}
prices = {{ media_read = {media_usd} }}
"""
SETTLE = 60.0


class XWorld(NetworkWorld):
    """A run against the fake X."""

    platform = "x"
    server: Server
    reads = (MENTIONS, MENTIONS, OWN, OWN, ME)
    lost = (*LOST, *MANGLED)
    refused = (
        "proxy-refuses",
        "rate",
        "unauthorized",
        "credits",
        "usage-capped",
        "missing-page",
        "no-reason",
        "rate-88",
        "list-body",
    )
    item = ("not-summoned", "not-summoned-old", "who-can-reply", "duplicate")
    missing = ((POST, "target-gone"),)

    def __init__(self, folder: Path, nursery: Nursery, rng: random.Random) -> None:
        self._malformed: list[str] = []
        self._by_hand: list[str] = []
        server = Server(rng, {})
        super().__init__(folder, nursery, rng, server)
        server.secrets = dict(self.keys)
        self.section = SECTION.format(url=server.url, settle=SETTLE, media_usd=server.x.media_usd)

    def move_on(self, seconds: float) -> None:
        """Both clocks go together."""
        super().move_on(seconds)
        self.server.x.posts.ahead = timedelta(seconds=self.clock)

    def still(self) -> None:
        """Some are listed up to ten minutes late."""
        self.server.x.posts.until = self._now()

    # ---- what is said

    def plant(self, count: int) -> None:
        """Most in time, some late or with an old id, some that cannot be answered, repeated or read."""
        for _ in range(count):
            self._one(self.rng.random())

    def say(self) -> None:
        """In time."""
        self._one(0.0)

    def _one(self, dice: float) -> None:
        author, text = str(7000 + next(self.numbers)), f"@shop {self.text()}"
        if dice < 0.4:
            self.server.mention(text, author_id=author)
        elif dice < 0.55:
            self.server.mention(text, author_id=author, media=[self._picture(author)])
        elif dice < 0.7:
            self.server.mention(text, author_id=author, late=self.rng.uniform(1, 600))
        elif dice < 0.82:
            self.server.mention(text, author_id=author, at=self._now() - timedelta(minutes=self.rng.uniform(1, 40)))
        else:
            self._odd(dice, text, author)

    def _picture(self, author: str) -> str:
        self.server.x.media[f"3_{author}"] = {"type": "photo", "alt_text": "a notebook on a desk"}
        return f"3_{author}"

    def _odd(self, dice: float, text: str, author: str) -> None:
        if dice < 0.87:
            mine = self.server.own("We open at nine.")
            self.server.mention(text[6:], author_id=author, reply_to=mine.id, reply_to_user="100", mentions=[])
        elif dice < 0.92:
            self.server.mention("@shop our own words", author_id="100")
        elif dice < 0.96:
            mine = self.server.own("New paper is in.")
            self.server.mention("look", author_id=author, retweets=mine.id, mentions=[])
        else:
            post = self.server.mention("?", author_id=author)
            post.raw = {"id": post.id, "text": 7}
            self._malformed.append(post.id)

    def burst(self) -> None:
        """One to two pages more; now and then more than X lists."""
        most = self.rng.randint(850, 950) if self.rng.random() < 0.1 else self.rng.randint(100, 220)
        for number in range(most):
            self.server.mention(f"@shop {NOISE} {number}", author_id=str(9000 + number))

    def stir(self) -> str:
        """Somebody deletes or edits a post, or one of us answers in the app."""
        here = [one for one in self._listed() if one.raw is None]
        if not here:
            return ""
        post, dice = self.rng.choice(here), self.rng.random()
        if dice < 0.35:
            post.deleted = True
            return f"{post.id} is deleted"
        if dice < 0.75:
            return f"{post.id} is edited: {self.server.edit(post.id, f'@shop {self.text()}').id}"
        self._by_hand.append(self.server.own("I have written to you.", post.id).id)
        return f"{post.id} is answered by hand"

    def _now(self) -> datetime:
        return self.server.x.posts.now()

    def _listed(self) -> list[Post]:
        me = self.server.x.account.id
        feed = self.server.x.posts.mentions(me, self._now())
        return [one for one in feed if one.author_id != me and not one.retweets]

    # ---- what goes wrong

    def limit_headers(self) -> dict[str, str]:
        """Of a rate limit: none, in the past, ahead, or in seconds."""
        reset = int((self._now() + timedelta(seconds=self.rng.choice((-300, 20, 900)))).timestamp())
        return self.rng.choice(({}, {"x-rate-limit-reset": str(reset)}, {"retry-after": "30"}))

    # ---- what it can prove

    def evidence(self) -> evidence.Evidence:
        """From the fake's posts and its ledger."""
        posts = self.server.x.posts.by_id
        return evidence.Evidence(
            platform="x",
            listed={_thread(one): one.text for one in self._listed() if one.raw is None},
            posts=[
                evidence.Post(
                    one["id"],
                    one["in_reply_to"],
                    _thread(posts[one["in_reply_to"]]),
                    one["text"],
                    datetime.fromisoformat(one["at"]),
                )
                for one in self.server.x.ledger.posted
                if one["in_reply_to"]
            ],
            announced=[
                evidence.Post(one["id"], "", "", one["text"], datetime.fromisoformat(one["at"]))
                for one in self.server.x.ledger.posted
                if not one["in_reply_to"]
            ],
            malformed=self._malformed,
            ours=[one.id for one in list(posts.values()) if one.author_id == self.server.x.account.id],
            by_hand=self._by_hand,
            priced=True,
            billed=self.server.x.ledger.usd(),
            gone=sum(usd for _, what, one, usd in self.server.x.ledger.billed if self._is_gone(what, one)),
        )

    def _is_gone(self, what: str, item_id: str) -> bool:
        """What X lists no more, or left out once: an answer that was lost may have been the only one with it."""
        posts = self.server.x.posts.by_id
        if what == "media":
            of_deleted = {key for post in list(posts.values()) if post.deleted for key in post.media}
            return item_id in of_deleted | self.server.loose.left_out
        return what == "post" and posts[item_id].deleted


def _thread(post: Post) -> str:
    return post.history[0] if post.history else post.id
