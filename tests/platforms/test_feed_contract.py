"""Feeds keep what they can of the contract, as XML and as JSON: they are read, and never answered."""

from collections.abc import Iterator

import pytest

from listener.platforms.feed import parse
from tests.fakes.feeds import Shape
from tests.platforms.contract import PlatformContract
from tests.platforms.feed_world import FeedWorld, ForkedParsing, serving


class TestRss(PlatformContract):
    """RSS 2.0."""

    kind: Shape = "rss"

    @pytest.fixture
    def world(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[FeedWorld]:
        """A site and the platform."""
        monkeypatch.setattr(parse, "subprocess", ForkedParsing)
        with serving() as server:
            yield FeedWorld(server, self.kind)


class TestJsonFeed(TestRss):
    """JSON Feed 1.1."""

    kind = "json"
