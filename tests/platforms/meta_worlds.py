"""Facebook and Instagram against their fakes, for the tests of this folder."""

import itertools
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest

from listener.feed_page import FeedPage
from listener.model import Json, Mention, Preview
from listener.platforms import facebook, instagram
from listener.platforms.facebook.api import Facebook
from listener.platforms.instagram.api import Instagram
from listener.platforms.kit.http import HttpClient
from listener.settings import EnvSecrets
from tests.fakes.meta import ACCOUNT_ID, PAGE_ID, TOKEN, FacebookServer, InstagramServer
from tests.platforms.other_side import Outcome, Shape, World

Server = TypeVar("Server", FacebookServer, InstagramServer)
LATE = 86_400.0


class MetaWorld(World):
    """An account, a platform, and both sides of them. Every process has a data folder of its own.

    post, listing: the endpoints that send and that read first.
    """

    longest_guess = timedelta(minutes=67)  # an hour and some jitter
    server: FacebookServer | InstagramServer
    platform: Facebook | Instagram
    secret: str
    post: str
    listing: str
    module: Any
    section: Any

    def __init__(self, folder: Path, seconds: float) -> None:
        self.folder, self.seconds, self._count = folder, seconds, itertools.count()
        self.env = {self.secret: TOKEN}
        self.platform = self.again()

    def again(self) -> Any:
        """As a new process would connect it, on another machine."""
        return self.at(str(next(self._count)))

    def at(self, name: str) -> Any:
        """The same in the data folder of this name."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return self.connect(EnvSecrets(self.env), folder, HttpClient(seconds=self.seconds, cap=1 << 20))

    def connect(self, secrets: EnvSecrets, folder: Path, web: HttpClient) -> Facebook | Instagram:
        """The platform."""
        raise NotImplementedError

    def preview(self, text: str, mention: Mention) -> Preview:
        """The module's preview."""
        shown: Preview = self.module.preview(text, mention, self.section)
        return shown

    def plant(self, text: str) -> str:
        """Somebody comments on our first post."""
        return self.server.say(text, self.server.first).id

    def plant_own(self, text: str, reply_to: str) -> str | None:
        """A person answers in the app."""
        target = self.server.comment_of(reply_to)
        return self.server.say(text, self.server.first, author=self.server.me, parent=target).key

    def posted(self) -> list[tuple[str, str]]:
        """From the server's ledger."""
        return [(reply["text"], reply["in_reply_to"]) for reply in self.server.posted]

    def fail(self, outcome: Outcome) -> bool:
        """One fault for each outcome."""
        modes = {"not_sent": "rate", "refused": "invalid", "unconfirmed": "cut", "unknown_arrived": "unknown"}
        self.server.fail_next(self.post, modes[outcome], after=outcome == "unknown_arrived")
        return True

    def hide(self, text: str) -> str:
        """Listed tomorrow."""
        return self.server.say(text, self.server.first, late=LATE).id

    def show(self, mention_id: str) -> None:
        """Listed now."""
        self.server.comments[mention_id.rpartition("_")[2]].listed_at = self.server.now()

    def repeat(self, mention_id: str) -> None:
        """Every page begins with its first item twice."""
        self.server.twice = True

    def empty_page(self) -> None:
        """One, which has a next one."""
        self.server.empty = 1

    def plant_aside(self, text: str) -> str:
        """Somebody answers somebody else's comment."""
        first = self.server.say("Have you seen this?", self.server.first, by="bo")
        return self.server.say(text, self.server.first, by="cy", parent=first).id

    def edit(self, mention_id: str, text: str) -> None:
        """The id stays."""
        self.server.comments[mention_id.rpartition("_")[2]].message = text

    def delete(self, mention_id: str) -> None:
        """Nobody sees it any more."""
        self.server.comments[mention_id.rpartition("_")[2]].deleted = True

    def limit(self, shape: Shape, span: timedelta) -> None:
        """Meta's own header names minutes; the others are what no server should do."""
        end = self.server.now() + span
        shapes: dict[Shape, dict[str, str]] = {
            "reset": usage(span.total_seconds() / 60),
            "past": usage(0),
            "nonsense": {"X-Business-Use-Case-Usage": "soon"},
            "retry_after": {"Retry-After": f"{span.total_seconds():.0f}"},
            "retry_after_date": {"Retry-After": format_datetime(end, usegmt=True)},
        }
        for endpoint in (self.listing, self.post):
            self.server.fail_next(endpoint, "rate", headers=shapes.get(shape, {}))

    def revoke(self) -> None:
        """The server knows another token now."""
        self.server.token = "another-token"

    def renew(self) -> None:
        """And so does the operator."""
        self.env[self.secret] = self.server.token

    def down(self) -> None:
        """Nobody listens there, and no connection was kept."""
        self.server.stop()
        self.platform = self.again()


SETTINGS: dict[str, Any] = {"start": "all", "reply_spacing_seconds": 0.0, "daily_calls": 100_000}


class FacebookWorld(MetaWorld):
    """A Page."""

    secret, post, listing = "EARSHOT_FACEBOOK_TOKEN", "POST comments", "GET posts"
    module = facebook
    server: FacebookServer
    platform: Facebook

    def __init__(self, server: FacebookServer, folder: Path, *, seconds: float = 5.0, **keys: Any) -> None:
        self.server = server
        self.section = facebook.Section(page_id=PAGE_ID, api_url=server.url, **(SETTINGS | keys))
        super().__init__(folder, seconds)

    def connect(self, secrets: EnvSecrets, folder: Path, web: HttpClient) -> Facebook:
        """The platform."""
        return Facebook(self.section, secrets, folder, web=web, rng=random.Random(7), clock=self.server.now)

    def plant_unanswerable(self, text: str) -> str:
        """A comment that takes no reply."""
        return self.server.say(text, self.server.first, can_comment=False).id

    def plant_broken(self) -> str:
        """A comment whose words are a number."""
        comment = self.server.say("?", self.server.first)
        comment.raw = {"id": comment.id, "message": 7, "created_time": "yesterday"}
        return comment.key


class InstagramWorld(MetaWorld):
    """A professional account."""

    secret, post, listing = "EARSHOT_INSTAGRAM_TOKEN", "POST replies", "GET media"
    module = instagram
    server: InstagramServer
    platform: Instagram

    def __init__(self, server: InstagramServer, folder: Path, *, seconds: float = 5.0, **keys: Any) -> None:
        self.server = server
        self.section = instagram.Section(account_id=ACCOUNT_ID, api_url=server.url, **(SETTINGS | keys))
        super().__init__(folder, seconds)

    def connect(self, secrets: EnvSecrets, folder: Path, web: HttpClient) -> Instagram:
        """The platform."""
        return Instagram(self.section, secrets, folder, web=web, rng=random.Random(7), clock=self.server.now)

    def plant_unanswerable(self, text: str) -> str:
        """A hidden comment."""
        return self.server.say(text, self.server.first, hidden=True).id

    def plant_broken(self) -> str:
        """A comment whose words are a number."""
        comment = self.server.say("?", self.server.first)
        comment.raw = {"id": comment.id, "text": 7, "timestamp": "yesterday"}
        return comment.id


def usage(minutes: float) -> dict[str, str]:
    """Meta's header, with the minutes until a limit ends."""
    entry = f'{{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": {minutes:g}}}'
    return {"X-Business-Use-Case-Usage": f'{{"1": [{entry}]}}'}


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """A server for a test."""
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(name="world")
def facebook_world(tmp_path: Path) -> Iterator[FacebookWorld]:
    """A Page and the platform."""
    with serving(FacebookServer()) as server:
        yield FacebookWorld(server, tmp_path)


@pytest.fixture(name="world")
def instagram_world(tmp_path: Path) -> Iterator[InstagramWorld]:
    """An account and the platform."""
    with serving(InstagramServer()) as server:
        yield InstagramWorld(server, tmp_path)


def poll(world: MetaWorld, cursor: Json | None = None) -> tuple[list[FeedPage], Json]:
    """One round by the server's clock."""
    pages: list[FeedPage] = []
    while not pages or pages[-1].more:
        pages.append(world.platform.fetch(cursor, world.server.now()))
        cursor = pages[-1].cursor
    return pages, pages[-1].cursor


def read(pages: list[FeedPage]) -> dict[str, Mention]:
    """The mentions of a round by what they are known by."""
    return {mention.interaction_id: mention for page in pages for mention in page.mentions}


def later(world: MetaWorld, **span: float) -> None:
    """Both clocks go on."""
    world.server.ahead += timedelta(**span)


def endpoints(world: MetaWorld) -> list[str]:
    """The calls since this was last asked."""
    made = [name for name, _ in world.server.calls]
    world.server.calls.clear()
    return made
