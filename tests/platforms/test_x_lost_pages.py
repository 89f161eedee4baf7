"""Pages that nobody could read: X may have billed them. Booked is never less than billed, nor more than is unknown."""

import random
from collections.abc import Iterator
from datetime import timedelta

import pytest

from listener.errors import Indeterminate, OverBudget, PlatformError, ReadFailed
from listener.model import Json
from tests.fakes.faults import MANGLED
from tests.fakes.x import XServer
from tests.platforms.x_world import XWorld, one_round, prepared

FEED, OWN, SEARCH = "GET /2/users/:id/mentions", "GET /2/users/:id/tweets", "GET /2/tweets/search/recent"
POST = "POST /2/tweets"
LOST = (*MANGLED, "cut", "half", "internal", "unavailable", "proxy-refuses")
FULL = 0.1  # a page of a hundred owned reads


@pytest.fixture
def world(server: XServer) -> XWorld:
    """At noon, so that midnight is far; the own timeline is left out."""
    world = XWorld(server)
    world.ahead(server.x.posts.now().replace(hour=12) - server.x.posts.now() + timedelta(days=1))
    world.platform.set_own_posts_needed(False)
    return world


def fail(world: XWorld, cursor: Json | None) -> None:
    """A read that fails; then the pause that it asked for passes."""
    now = world.server.x.posts.now()
    with pytest.raises(ReadFailed) as caught:
        world.platform.fetch(cursor, now)
    world.ahead((caught.value.retry_at or now) - now + timedelta(seconds=1))


@pytest.mark.parametrize("billed", [False, True])
@pytest.mark.parametrize("mode", LOST)
def test_outage_books_one_page_at_most_and_is_put_right(
    server: XServer, world: XWorld, mode: str, billed: bool
) -> None:
    """Nine unreadable answers had used up $4.50 of a day's $5 while X billed nothing, and listening ended."""
    posts = [server.mention(f"@shop {n}").id for n in range(3)]
    server.fail_next(FEED, mode, after=billed, times=9)
    for _ in range(9):
        fail(world, None)
        assert server.x.ledger.usd() <= world.bill.usd <= FULL
    pages, _ = one_round(world, None)
    assert {mention.id for page in pages for mention in page.mentions} == set(posts)
    assert (world.bill.usd, world.bill.unknown) == (server.x.ledger.usd(), 0) == (0.003, 0)


def test_lost_page_is_asked_for_again_as_it_was(server: XServer, world: XWorld) -> None:
    """What comes meanwhile would be billed with each try, and $0.05 had become $0.205; it is read later."""
    server.mention("@shop known")
    _, cursor = one_round(world, None)
    world.bill.budget = 0.05
    server.fail_next(FEED, "half", after=True, times=8)
    planted = []
    for _ in range(8):
        planted += [server.mention(f"@shop {n}").id for n in range(15)]
        fail(world, cursor)
        assert server.x.ledger.usd() <= world.bill.usd <= 0.05
    world.bill.budget = 1.0
    first, cursor = one_round(world, cursor)
    assert {mention.id for page in first for mention in page.mentions if mention.id in planted} == set(planted[:15])
    assert server.x.ledger.usd() == world.bill.usd
    world.ahead(timedelta(minutes=1))
    later, _ = one_round(world, cursor)
    assert {mention.id for page in (*first, *later) for mention in page.mentions}.issuperset(planted)
    assert server.x.ledger.usd() == world.bill.usd


def test_bound_that_x_refuses_is_given_up(server: XServer, world: XWorld) -> None:
    """A lost page must never make a feed deaf."""
    post = server.mention("@shop hello")
    server.fail_next(FEED, "cut")
    fail(world, None)
    server.fail_next(FEED, "body", status=400, text='{"title": "Invalid Request", "detail": "until_id"}')
    pages, _ = one_round(world, None)
    assert [mention.id for page in pages for mention in page.mentions] == [post.id]
    asked = [params.get("until_id") for _, name, _, params in server.x.ledger.calls if name == FEED]
    assert [bool(until) for until in asked] == [False, True, False]


def test_process_that_dies_in_a_read_leaves_its_page_booked(server: XServer, world: XWorld) -> None:
    """The next one knows of it, and puts it right."""
    server.mention("@shop hello")
    server.fail_next(FEED, "cut", after=True)
    fail(world, None)
    world.platform = world.again()
    world.platform.set_own_posts_needed(False)
    assert world.bill.usd == FULL
    one_round(world, None)
    assert world.bill.usd == server.x.ledger.usd() == 0.001


def test_refusal_of_x_costs_nothing(server: XServer, world: XWorld) -> None:
    """X bills no request that it refuses, and none that never reached it."""
    for mode in ("rate", "unauthorized", "credits"):
        server.fail_next(FEED, mode)
        fail(world, None)
        assert world.bill.usd == 0
    world.down()
    fail(world, None)
    assert world.bill.usd == 0


def test_reply_is_looked_for_from_the_send_reserve(server: XServer, world: XWorld) -> None:
    """It is part of sending: a reading budget that is spent must not leave a reply unconfirmed until midnight."""
    ready = prepared(world)
    server.fail_next(POST, "cut", after=True)
    with pytest.raises(PlatformError):
        world.platform.post(ready)
    world.bill.budget, world.bill._send_reserve = 0.5, 0.5
    with pytest.raises(ReadFailed, match="kept for sending"):
        world.platform.fetch(None, server.x.posts.now())
    assert world.platform.find_reply(ready) is not None
    assert world.bill.usd == server.x.ledger.usd()


def test_reply_that_cannot_be_paid_for_is_not_looked_for(server: XServer, world: XWorld) -> None:
    """Not an absence: the reason is billing, and its end is midnight."""
    ready = prepared(world)
    world.bill.budget = 0.0
    with pytest.raises(ReadFailed) as caught:
        world.platform.find_reply(ready)
    assert (caught.value.cause, caught.value.retry_at and caught.value.retry_at.hour) == ("billing", 0)


def test_lost_search_for_a_reply_is_put_right_by_the_next(server: XServer, world: XWorld) -> None:
    """It goes back to the mention, further than the feed's own reading, so that each has its own booking."""
    ready = prepared(world)
    world.platform.post(ready)
    server.fail_next(OWN, "portal", after=True)
    with pytest.raises(ReadFailed):
        world.platform.find_reply(ready)
    assert world.bill.unknown == FULL
    with pytest.raises(ReadFailed):  # at once: the timeline rests
        world.platform.find_reply(ready)
    assert server.x.ledger.count(OWN) == 1
    world.ahead(timedelta(seconds=10))
    assert world.platform.find_reply(ready) is not None
    assert (world.bill.usd, world.bill.unknown) == (server.x.ledger.usd(), 0)


# ---- any mixture


def story(world: XWorld, rng: random.Random) -> Iterator[str]:
    """People speak, calls fail in every way, midnight passes, processes end; after each step the caller compares."""
    cursor: Json | None = None
    for _ in range(40):
        for n in range(rng.choice((0, 1, 3, 30))):
            world.server.mention(f"@shop teapot {n}", author_id=str(7000 + rng.randrange(50)))
        if rng.random() < 0.6:
            mode, endpoint = rng.choice((*LOST, "rate", "credits")), rng.choice((FEED, FEED, OWN, SEARCH, POST))
            after = endpoint != POST and mode in LOST and rng.random() < 0.6
            world.server.fail_next(endpoint, mode, after=after, times=rng.choice((1, 1, 3)))
            yield f"{endpoint} {mode} {'after' if after else ''}"
        if rng.random() < 0.3:
            world.server.faults.lift()
        if rng.random() < 0.1:
            world.platform = world.again()
        try:
            cursor = one_round(world, cursor)[1] if rng.random() < 0.8 else _send(world, cursor)
        except (PlatformError, OverBudget) as error:
            yield f"{type(error).__name__} {error}"
        world.ahead(timedelta(seconds=rng.choice((1, 20, 70, 1000, 20_000))))
        yield "a step"
    world.server.faults.lift()


def _send(world: XWorld, cursor: Json | None) -> Json | None:
    """A reply, looked for when its answer was lost."""
    ready = prepared(world, f"Thank you {world.server.x.posts.now()}")
    try:
        world.platform.post(ready)
    except PlatformError:
        world.ahead(timedelta(seconds=70))
        try:
            world.platform.find_reply(ready)
        except Indeterminate:
            return cursor
    return cursor


@pytest.mark.parametrize("seed", range(12))
def test_booked_is_at_least_what_is_billed_and_exceeds_it_by_what_is_unknown(server: XServer, seed: int) -> None:
    """Whatever failed, at every moment. A lost answer of a post is unknown like that of a page."""
    rng = random.Random(f"lost pages {seed}")
    owned = rng.random() < 0.5
    server.x.account.owns_app = owned
    authors = rng.choice(("never", "always"))
    world = XWorld(server, search=("teapot",), app_owned_by_brand=owned, look_up_authors=authors)
    told = []
    for step in story(world, rng):
        told.append(step)
        booked, billed = world.bill.usd, server.x.ledger.usd()
        known = round(booked - world.bill.unknown - world.bill.posts, 6)
        read = round(billed - server.x.ledger.usd("create"), 6)
        assert billed - 1e-6 <= booked, (seed, booked, billed, told[-8:])
        assert known - 1e-6 <= read, (seed, known, read, told[-8:])
