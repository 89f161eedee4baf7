"""The Mastodon platform against the fake server, for the tests of this folder."""

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

from listener.feed_page import FeedPage
from listener.model import Json, Mention, Outgoing, Prepared, Preview
from listener.platforms import mastodon
from listener.platforms.kit.http import HttpClient
from listener.platforms.mastodon.api import Mastodon
from listener.settings import EnvSecrets
from tests.fakes.mastodon import TOKEN, Manners, MastodonServer
from tests.fakes.mastodon.statuses import Person, markup, stamp
from tests.platforms.other_side import Outcome, Shape, World

LATE = 86_400.0
ENDPOINTS = ("GET notifications", "GET status", "GET context", "GET own", "GET tag", "GET me")


class MastodonWorld(World):
    """A server, a platform, and both sides of them. seconds: the total deadline of a call."""

    def __init__(self, server: MastodonServer, *, seconds: float = 5.0, **keys: Any) -> None:
        settings: dict[str, Any] = {"start": "all", "hashtags": ("fernhill",), "characters": server.manners.characters}
        self.server, self.seconds, self.env = server, seconds, {"EARSHOT_MASTODON_TOKEN": TOKEN}
        self.section = mastodon.Section(server_url=server.url, **(settings | keys))
        self.platform: Mastodon = self.again()

    def again(self) -> Mastodon:
        """As a new process would connect it."""
        web, secrets = HttpClient(seconds=self.seconds, cap=1 << 20), EnvSecrets(self.env)
        return Mastodon(self.section, secrets, web=web, rng=random.Random(7), clock=self.server.now)

    def preview(self, text: str, mention: Mention) -> Preview:
        """The module's preview."""
        return mastodon.preview(text, mention, self.section)

    def plant(self, text: str) -> str:
        """Somebody mentions us; the text is left as it is but for the markup."""
        return self.server.say(markup(text), late=0).id

    def plant_own(self, text: str, reply_to: str) -> str | None:
        """A person answers in the app."""
        return self.server.own(markup(text), reply_to).id

    def posted(self) -> list[tuple[str, str]]:
        """From the server's ledger."""
        return [(reply["text"], reply["in_reply_to"]) for reply in self.server.posted]

    def applauded(self) -> list[tuple[str, str]]:
        """From the server's ledger."""
        return [({"favourite": "like", "reblog": "repost"}[call], name) for call, name in self.server.acts]

    def fail(self, outcome: Outcome) -> bool:
        """One fault for each outcome."""
        modes = {"not_sent": "rate", "refused": "forbidden", "unconfirmed": "cut", "unknown_arrived": "cut"}
        self.server.fail_next("POST statuses", modes[outcome], after=outcome == "unknown_arrived")
        return True

    def lengths(self) -> Mapping[str, int]:
        """A link counts 23, a handle without its server, an emoji of many parts once."""
        return {
            "e\u0301": 1,
            "日本": 2,
            "👨‍👩‍👧‍👦": 1,
            "https://example.com/a/long/path?that=is&never=read": 23,
            "@bo@far.example": 3,
        }

    def hide(self, text: str) -> str:
        """Listed tomorrow."""
        return self.server.say(markup(text), late=LATE).id

    def show(self, mention_id: str) -> None:
        """Listed now."""
        self.server.statuses[mention_id].listed_at = self.server.now()

    def repeat(self, mention_id: str) -> None:
        """Every page begins with its first item twice."""
        self.server.twice = True

    def empty_page(self) -> None:
        """One."""
        self.server.empty = 1

    def plant_aside(self, text: str) -> str:
        """A public post with the brand's hashtag."""
        return self.server.say(markup(text), to_us=False, late=0, tags=["fernhill"]).id

    def plant_unanswerable(self, text: str) -> str:
        """A bot speaks to us."""
        return self.server.say(markup(text), late=0, author=Person("acc-bot", "weatherbot", bot=True)).id

    def plant_broken(self) -> str:
        """A status whose account is a number."""
        status = self.server.say("?", late=0)
        status.raw = {"id": status.id, "content": "?", "created_at": stamp(status.created_at), "account": 7}
        return status.id

    def edit(self, mention_id: str, text: str) -> None:
        """The id stays."""
        self.server.edit(mention_id, markup(text))

    def delete(self, mention_id: str) -> None:
        """The notification goes too."""
        self.server.statuses[mention_id].deleted = True

    def limit(self, shape: Shape, span: timedelta) -> None:
        """GoToSocial's two kinds, and what no server should do."""
        end = self.server.now() + (-span if shape == "past" else span)
        shapes: dict[Shape, dict[str, str]] = {
            "reset": {"X-RateLimit-Reset": stamp(end), "X-RateLimit-Remaining": "0"},
            "past": {"X-RateLimit-Reset": stamp(end)},
            "nonsense": {"X-RateLimit-Reset": "soon"},
            "retry_after": {"Retry-After": f"{span.total_seconds():.0f}"},
            "retry_after_date": {"Retry-After": format_datetime(end, usegmt=True)},
        }
        for endpoint in ("GET notifications", "POST statuses"):
            self.server.fail_next(endpoint, "rate", headers=shapes.get(shape, {}))

    def revoke(self) -> None:
        """The server knows another token now."""
        self.server.token = "another-token"

    def renew(self) -> None:
        """And so does the operator."""
        self.env["EARSHOT_MASTODON_TOKEN"] = self.server.token

    def down(self) -> None:
        """Nobody listens there, and no connection was kept."""
        self.server.stop()
        self.platform = self.again()

    # ---- for this platform's own tests

    def ahead(self, span: timedelta) -> None:
        """Move the server's clock, which is the platform's."""
        self.server.ahead += span

    def now(self) -> datetime:
        """By the server's clock."""
        return self.server.now()

    def round(self, cursor: Json | None) -> tuple[list[FeedPage], Json]:
        """One poll: fetch until there is no more, by the server's clock."""
        pages = []
        while True:
            page = self.platform.fetch(cursor, self.now())
            pages.append(page)
            cursor = page.cursor
            if not page.more:
                return pages, cursor


def read(pages: list[FeedPage]) -> dict[str, Mention]:
    """The mentions of these pages by id."""
    return {mention.id: mention for page in pages for mention in page.mentions}


def a_mention(world: MastodonWorld, **more: Any) -> Mention:
    """Somebody speaks to us."""
    status = world.server.say("<p>hello</p>", late=0, **more)
    return read(world.round(None)[0])[status.id]


def a_reply(world: MastodonWorld, target: Mention, text: str = "Thank you!", reply_id: int = 1) -> Prepared:
    """A reply as it was approved."""
    return world.platform.prepare(Outgoing(reply_id, 1, world.preview(text, target).text, target), world.now())


@contextmanager
def serving(manners: Manners, **changes: Any) -> Iterator[MastodonServer]:
    """A server for a test."""
    server = MastodonServer(replace(manners, **changes))
    server.start()
    try:
        yield server
    finally:
        server.stop()
