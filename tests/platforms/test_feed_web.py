"""How a feed is asked for, without a network."""

from datetime import UTC, datetime, timedelta

import pytest

from listener.errors import ReadFailed
from listener.platforms.feed.section import Section
from listener.platforms.feed.web import FeedClient
from listener.platforms.kit.http import Headers, HttpClient, MayConnect
from listener.platforms.kit.response import HttpResponse, Query

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
URL = "https://reviews.example/feed"


class Limited(HttpClient):
    """Answers once that a feed needs an hour's rest, and then with an empty one."""

    asked = 0

    def get(
        self, url: str, params: Query | None = None, headers: Headers = None, *, may_connect: MayConnect | None = None
    ) -> HttpResponse:
        """The next answer."""
        self.asked += 1
        return HttpResponse(429, {"retry-after": "3600"}, b"") if self.asked == 1 else HttpResponse(200, {}, b"")


@pytest.mark.parametrize(("passed", "asked"), [(timedelta(minutes=30), 1), (timedelta(days=-1), 2)])
def test_rest_that_a_feed_asks_for_ends_when_the_clock_is_set_back(passed: timedelta, asked: int) -> None:
    """Its end came from a wrong clock: it could be far away."""
    web = Limited()
    client = FeedClient(Section(), web)
    for now in (NOW, NOW + passed):
        try:
            client.get(URL, {}, now)
        except ReadFailed as error:
            assert error.cause == "rate"
    assert web.asked == asked
