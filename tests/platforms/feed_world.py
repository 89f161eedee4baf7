"""The feed platform against a site on loopback, for the tests of this folder."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from listener.feed_page import FeedPage
from listener.model import Json, Mention, Preview
from listener.platforms import feed
from listener.platforms.feed import parse
from listener.platforms.feed.api import Feed
from listener.platforms.feed.identity import mention_id
from listener.platforms.kit.http import HttpClient
from tests import forked
from tests.fakes.feeds import Entry, FeedServer, Site
from tests.fakes.feeds import Shape as Kind
from tests.fakes.mastodon.statuses import markup
from tests.platforms.other_side import Outcome, Shape, World, cannot

REVIEWS, ALERTS = "/reviews", "/alerts"
CASES = Path(__file__).parents[3] / "shared" / "cases" / "feeds"


class Document(Site):
    """A feed that is this text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.written = text

    def text(self) -> str:
        """The document."""
        return self.written


def rss(*items: str) -> str:
    """An RSS document of these items."""
    head = "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>R</title>"
    return f"{head}{''.join(f'<item>{item}</item>' for item in items)}</channel></rss>"


class FeedWorld(World):
    """Two feeds, a platform, and both sides of them."""

    posts = False

    def __init__(self, server: FeedServer, kind: Kind = "rss", **keys: Any) -> None:
        self.server, self._planted = server, 0
        server.sites |= {REVIEWS: Site(kind), ALERTS: Site(kind)}
        urls = {"urls": (server.url + REVIEWS,), "alerts": (server.url + ALERTS,)}
        self.section = feed.Section(**({"start": "all"} | urls | keys))
        self.platform: Feed = self.again()

    def again(self) -> Feed:
        """As a new process would connect it."""
        return Feed(self.section, HttpClient(seconds=2.0, cap=4 << 20))

    def preview(self, text: str, mention: Mention) -> Preview:
        """The module's preview."""
        return feed.preview(text, mention, self.section)

    def site(self, path: str = REVIEWS) -> Site:
        """One of the two."""
        return self.server.sites[path]

    def add(self, text: str, path: str = REVIEWS, **more: Any) -> str:
        """Somebody writes; returns what the item is called in the feed."""
        self._planted += 1
        told: dict[str, Any] = {
            "id": f"tag:reviews.example,2026:{self._planted}",
            "made": self.server.now(),
            "body": markup(text),
        } | more
        self.site(path).entries.append(Entry(**told))
        return str(told["id"])

    def _mention_id(self, item: str, path: str = REVIEWS) -> str:
        """The id that Earshot gives it."""
        return mention_id(self.server.url + path, item)

    def plant(self, text: str) -> str:
        """A review."""
        return self._mention_id(self.add(text))

    def plant_own(self, text: str, reply_to: str) -> str | None:
        """A feed does not tell who answered."""
        return None

    def posted(self) -> list[tuple[str, str]]:
        """Nothing ever is."""
        return []

    def fail(self, outcome: Outcome) -> bool:
        """Nothing is posted, so nothing fails."""
        return False

    def plant_aside(self, text: str) -> str:
        """An alert."""
        return self._mention_id(self.add(text, ALERTS), ALERTS)

    def plant_unanswerable(self, text: str) -> str:
        """Nobody can be answered."""
        return self.plant(text)

    def plant_broken(self) -> str:
        """An item that says nothing."""
        return self._mention_id(self.add("", link="https://reviews.example/empty", body=""))

    def hide(self, text: str) -> str:
        """Not listed yet, whatever its date."""
        item = self.add(text)
        self.site().hidden.add(item)
        return self._mention_id(item)

    def show(self, mention_id: str) -> None:
        """Moderated at last."""
        self.site().hidden -= {item for item in self.site().hidden if self._mention_id(item) == mention_id}

    def repeat(self, mention_id: str) -> None:
        """Every item twice."""
        self.site().twice = True

    def empty_page(self) -> None:
        """The site has lost its items for a moment."""
        self.site().blank = 1

    def edit(self, mention_id: str, text: str) -> None:
        """The same item in other words."""
        for one in self.site().entries:
            if self._mention_id(one.id) == mention_id:
                one.body = markup(text)

    def limit(self, shape: Shape, span: timedelta) -> None:
        """Retry-After is all that is usual for files."""
        if shape == "reset":
            cannot("tell a limit's end but by Retry-After")
        end = format_datetime(self.server.now() + (-span if shape == "past" else span), usegmt=True)
        shapes: dict[Shape, dict[str, str]] = {
            "past": {"Retry-After": end},
            "nonsense": {"Retry-After": "soon"},
            "retry_after": {"Retry-After": f"{span.total_seconds():.0f}"},
            "retry_after_date": {"Retry-After": end},
        }
        self.section = replace(self.section, alerts=())  # a feed that alone fails is left out, and stops no other
        self.platform = self.again()
        self.server.fail_next(REVIEWS, "body", status=429, headers=shapes.get(shape, {}))

    # ---- for this platform's own tests

    def round(self, cursor: Json | None) -> tuple[list[FeedPage], Json]:
        """One poll."""
        pages = []
        while True:
            page = self.platform.fetch(cursor, self.server.now())
            pages.append(page)
            cursor = page.cursor
            if not page.more:
                return pages, cursor


class ForkedParsing:
    """What `parse` takes from subprocess, its process forked; test_feed.py starts it for real."""

    TimeoutExpired = subprocess.TimeoutExpired

    @staticmethod
    def run(
        command: list[str], *, input: bytes, env: Mapping[str, str], timeout: float, capture_output: bool, check: bool
    ) -> "subprocess.CompletedProcess[bytes]":
        """Run `python -I parse.py KIND URL` to its end."""
        with TemporaryFile() as body:
            body.write(input)
            body.seek(0)
            arguments, streams = command[3:], forked.Streams(stdin=body.fileno())
            process = forked.parent().start(*arguments, env=env, cwd=forked.ROOT, module=parse.__name__, **streams)
            out, err = process.communicate(timeout=timeout)
        return subprocess.CompletedProcess(command, process.wait(), out.encode(), err.encode())


@contextmanager
def serving() -> Iterator[FeedServer]:
    """A server for a test."""
    server = FeedServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
