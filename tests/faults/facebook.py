"""Facebook as a random run sees it: both spellings of ids, visitors' posts, ads, and comments in threads."""

import random
from pathlib import Path

from listener.intake.text import storable_text
from tests.fakes.meta import PAGE_ID, Comment, FacebookServer, Post
from tests.faults.commands import Nursery
from tests.faults.meta import KEYS, MetaFake, MetaWorld

TOKEN = "EARSHOT_FACEBOOK_TOKEN"
SECTION = '[platforms.facebook]\npage_id = "{page}"\napi_url = "{url}"\n' + KEYS


class Server(MetaFake, FacebookServer):
    """The fake of one run."""

    post = "POST comments"


class FacebookWorld(MetaWorld):
    """A run against the fake."""

    platform = "facebook"
    secret_names = (TOKEN,)
    server: Server
    reads = ("GET posts", "GET posts", "GET comments", "GET object", "GET me", "GET visitors")

    def __init__(self, folder: Path, nursery: Nursery, rng: random.Random) -> None:
        server = Server()
        super().__init__(folder, nursery, rng, server)
        server.vary(rng, self.keys[TOKEN])
        server.short = rng.random() < 0.5
        self.section = SECTION.format(page=PAGE_ID, url=server.url)

    @property
    def first(self) -> Post:
        """The Page's first post, an ad, or a visitor's post."""
        ad = next((post for post in self.server.posts.values() if post.kind == "ad"), None)
        return ad if ad and self.rng.random() < 0.3 else self.server.first

    def one(self, dice: float, by: str) -> None:
        """Some write on the Page, or tag it; now and then ids are spelled the other way."""
        if dice < 0.08:
            self.server.write(self.text(), kind=self.rng.choice(("visitor", "visitor", "tagged")), by=by)
        elif dice < 0.12:
            self.other_post()
        else:
            super().one((dice - 0.12) / 0.88, by)
        self.server.short ^= self.rng.random() < 0.1

    def broken(self, comment: Comment) -> dict[str, object]:
        """Its words are a number."""
        return {"id": comment.id, "message": 7, "created_time": "yesterday", "from": {}}

    def other_post(self) -> Post:
        """A post, or an ad."""
        return self.server.write("New paper is in.", kind=self.rng.choice(("own", "ad")))

    def more_listed(self) -> dict[str, str]:
        """Visitors' posts, and posts that tag the Page."""
        posts = [post for post in self.server.posts.values() if post.kind in ("visitor", "tagged")]
        now = self.server.moment()
        here = [post for post in posts if not post.deleted and post.created_at <= now]
        return {post.id.rpartition("_")[2]: storable_text(post.message, html=False) for post in here}
