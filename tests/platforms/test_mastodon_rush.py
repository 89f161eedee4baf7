"""Six authors at once, 300 mentions, ids made before they are listed: what a bare high-water mark misses, we read."""

import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import accumulate
from typing import Any

import httpx
import pytest

from tests.fakes.mastodon import GOTOSOCIAL, MASTODON, SNAC, TOKEN, Manners, MastodonServer
from tests.platforms.mastodon_world import MastodonWorld, read, serving

AUTHORS, MENTIONS, RATE = 6, 300, 37.0  # mentions a second: as measured against GoToSocial
STEP = timedelta(milliseconds=100)  # between two polls, by the server's clock
HELD = 0.03  # seconds at most between an id and its listing


def rush(server: MastodonServer, seed: int) -> Iterator[None]:
    """Everybody posts; after each step of time the caller polls. Time passes by these steps alone."""
    rng, begin, ahead = random.Random(seed), server.now(), server.ahead
    vars(server)["now"] = lambda: begin + server.ahead - ahead
    for number, moment in enumerate(accumulate(rng.expovariate(RATE) for _ in range(MENTIONS))):
        made = begin + timedelta(seconds=moment)
        status = server.say(f"<p>{number}</p>", by=f"author{number % AUTHORS}", at=made)
        status.listed_at = made + timedelta(seconds=server.manners.late + rng.uniform(0, HELD))
    last = max(status.listed_at for status in server.statuses.values())
    while server.now() < last:
        server.ahead += STEP
        yield
    server.ahead += STEP
    yield


def bare(server: MastodonServer, seed: int) -> set[str]:
    """What a client reads that keeps nothing but the highest id it has seen."""
    high, seen = "0", set[str]()
    with httpx.Client(headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False) as client:
        for _ in rush(server, seed):
            while page := _page(client, server, high):
                seen |= {one["status"]["id"] for one in page}
                high = max(high, *(one["id"] for one in page))
    return seen


def _page(client: httpx.Client, server: MastodonServer, high: str) -> list[dict[str, Any]]:
    page: list[dict[str, Any]] = client.get(f"{server.url}/api/v1/notifications", params={"min_id": high}).json()
    return page


def ours(server: MastodonServer, seed: int) -> set[str]:
    """What Earshot's platform reads."""
    world, cursor, seen = MastodonWorld(server, seconds=60, hashtags=()), None, set[str]()
    world.platform.set_own_posts_needed(False)
    for _ in rush(server, seed):
        pages, cursor = world.round(cursor)
        seen |= set(read(pages))
    return seen


@pytest.mark.parametrize("forgets", [False, True], ids=["keeps", "forgets"])
@pytest.mark.parametrize("manners", [MASTODON, GOTOSOCIAL, SNAC], ids=lambda one: one.name)
def test_none_of_300_mentions_is_missed(manners: Manners, forgets: bool) -> None:
    """Also by a server that forgets its connections, and by one that lists 12 s late and knows no min_id."""
    with serving(manners, forgets=forgets) as server:
        assert ours(server, 1) == set(server.statuses)


def test_bare_high_water_mark_misses_some() -> None:
    """The same rush, read as most clients do: this is what the overlap is for."""
    with serving(GOTOSOCIAL) as server:
        seen = bare(server, 1)
        missed = len(set(server.statuses) - seen)
    assert 0 < missed < MENTIONS // 5
