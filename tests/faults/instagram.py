"""Instagram as a random run sees it: answers inside comments or in lists of their own, media that tag us."""

import random
from pathlib import Path

from listener.intake.text import storable_text
from tests.fakes.meta import ACCOUNT_ID, Comment, InstagramServer, Post
from tests.faults.commands import Nursery
from tests.faults.meta import KEYS, MetaFake, MetaWorld

TOKEN = "EARSHOT_INSTAGRAM_TOKEN"
SECTION = '[platforms.instagram]\naccount_id = "{account}"\napi_url = "{url}"\n' + KEYS


class Server(MetaFake, InstagramServer):
    """The fake of one run."""

    post = "POST replies"


class InstagramWorld(MetaWorld):
    """A run against the fake. The token is renewed when a day has passed, which a block brings about."""

    platform = "instagram"
    kind = "instagram"
    secret_names = (TOKEN,)
    server: Server
    reads = ("GET media", "GET comments", "GET comments", "GET object", "GET replies", "GET tags", "GET renewal")

    def __init__(self, folder: Path, nursery: Nursery, rng: random.Random) -> None:
        server = Server()
        super().__init__(folder, nursery, rng, server)
        server.vary(rng, self.keys[TOKEN])
        server.counted, server.inside = rng.random() < 0.7, rng.choice((50, 1))
        server.made_at = server.now() if rng.random() < 0.5 else None
        self.section = SECTION.format(account=ACCOUNT_ID, url=server.url)

    def one(self, dice: float, by: str) -> None:
        """Some tag us."""
        if dice < 0.06:
            self.server.write(self.text(), kind="tagged", by=by)
        elif dice < 0.1:
            self.other_post()
        else:
            super().one((dice - 0.1) / 0.9, by)

    def broken(self, comment: Comment) -> dict[str, object]:
        """Its words are a number."""
        return {"id": comment.id, "text": 7, "timestamp": "yesterday", "from": {}}

    def other_post(self) -> Post:
        """A medium."""
        return self.server.write("New paper is in.")

    def answered(self, line: dict[str, str]) -> str:
        """All stand below the first comment; an answer to an answer names whom it is for."""
        top, handle = line["in_reply_to"], line["text"].partition(" ")[0].removeprefix("@")
        below = [one for one in self.server.comments.values() if one.parent and one.parent.id == top]
        meant = [one.key for one in below if one.author and one.author.username == handle]
        return meant[0] if line["text"].startswith("@") and meant else top

    def more_listed(self) -> dict[str, str]:
        """Media that tag us."""
        now = self.server.moment()
        here = [post for post in self.server.posts.values() if post.kind == "tagged" and post.created_at <= now]
        return {post.id: storable_text(post.message, html=False) for post in here}
