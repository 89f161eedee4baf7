"""The feeds of a round on X: the search window, the own timeline, one feed that fails."""

import logging
from dataclasses import asdict
from datetime import timedelta

import pytest

from listener.errors import ReadFailed
from listener.model import Json
from listener.platforms.x.page_scan import PageScan
from tests.fakes.x import XServer
from tests.platforms.x_world import XWorld, one_round, read

MENTIONS = "GET /2/users/:id/mentions"
OWN = "GET /2/users/:id/tweets"
SEARCH = "GET /2/tweets/search/recent"


def test_search_cursor_older_than_its_window_is_rebuilt(server: XServer) -> None:
    """Ten days asleep: one gap, no refused call, and the week that X still has."""
    world = XWorld(server, search=("shop",))
    server.mention("the shop is open", at=server.x.posts.now())
    _, cursor = one_round(world, None)
    world.ahead(timedelta(days=10))
    new = server.mention("that shop again")
    pages, cursor = one_round(world, cursor)
    assert new.id in read(pages)
    assert [gap.feed for page in pages for gap in page.gaps] == ["search:shop"]
    assert [status for _, name, status, _ in server.x.ledger.calls if name == SEARCH] == [200, 200]


def test_quiet_search_that_was_polled_all_along_has_no_gap(server: XServer) -> None:
    """Nothing found for ten days is nothing lost."""
    world = XWorld(server, search=("shop",))
    server.mention("the shop is open")
    cursor: Json | None = None
    for _ in range(12):
        pages, cursor = one_round(world, cursor)
        assert not any(page.gaps for page in pages)
        world.ahead(timedelta(days=1))


def test_search_refused_for_its_since_id_is_mended_once(server: XServer) -> None:
    """The server's clock runs two days ahead of ours: its floor is taken from the refusal, never a loop."""
    world = XWorld(server, search=("shop",))
    server.mention("the shop is open")
    now = server.x.posts.now()
    _, cursor = one_round(world, None)
    world.ahead(timedelta(days=8))
    new = server.mention("that shop again")
    pages, more = [], True
    while more:
        pages.append(world.platform.fetch(cursor, now + timedelta(days=6)))
        cursor, more = pages[-1].cursor, pages[-1].more
        assert len(pages) < 8
    assert [gap.feed for page in pages for gap in page.gaps] == ["search:shop"]
    assert new.id in read(pages)
    assert 400 in [status for _, name, status, _ in server.x.ledger.calls if name == SEARCH]


def test_search_that_x_refuses_stops_nothing_else(server: XServer, caplog: pytest.LogCaptureFixture) -> None:
    """A bad query is left out of its round; mentions and own posts are read."""
    world = XWorld(server, search=("min_faves:3 shop",))
    planted = server.mention("@shop hello")
    server.fail_next(SEARCH, "body", status=400, text='{"title": "Invalid Request"}', times=99)
    cursor: Json | None = None
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            pages, cursor = one_round(world, cursor)
            assert planted.id in read(pages)
    assert "left out of this round" in caplog.text


@pytest.mark.parametrize("mode", ["unavailable", "feature", "credits"])
def test_feed_that_fails_does_not_starve_the_others_and_is_told(server: XServer, mode: str) -> None:
    """It is left out of its round, whose page says why, until it is read again."""
    world = XWorld(server, search=("shop",))
    server.fail_next(SEARCH, mode, times=99)
    cursor: Json | None = None
    for n in range(4):
        planted = server.mention(f"@shop {n}")
        pages, cursor = one_round(world, cursor)
        assert planted.id in read(pages)
        troubles = [(page.feed, page.error is not None) for page in pages if page.feed.startswith("search")]
        assert troubles == [("search:shop", True)]
        world.ahead(timedelta(hours=2))
    server.faults.lift()
    world.ahead(timedelta(hours=2))
    pages, _ = one_round(world, cursor)
    assert [page.error for page in pages if page.feed == "search:shop"] == [None]


def test_limit_of_the_mentions_is_theirs_alone(server: XServer) -> None:
    """The search is read meanwhile, and the mentions are not asked for before its end."""
    world = XWorld(server, search=("shop",))
    planted = server.mention("the shop is open")
    server.fail_next(MENTIONS, "rate", headers={"retry-after": "600"})
    with pytest.raises(ReadFailed) as caught:
        one_round(world, None)
    assert caught.value.alone
    pages, cursor = one_round(world, caught.value.cursor)
    assert planted.id in read(pages)
    pages, _ = one_round(world, cursor)
    assert [page.feed for page in pages if page.error is not None] == ["mentions"]
    assert server.x.ledger.count(MENTIONS) == 1


def test_limit_of_the_only_feed_or_of_the_account_is_of_the_whole_platform(server: XServer) -> None:
    """Nothing else could be read."""
    for endpoint, own in (("GET /2/users/me", True), (MENTIONS, False)):
        world = XWorld(server)
        world.platform.set_own_posts_needed(own)
        server.fail_next(endpoint, "rate")
        with pytest.raises(ReadFailed) as caught:
            one_round(world, None)
        assert (caught.value.cause, caught.value.alone) == ("rate", False)


def test_own_timeline_costs_one_call_a_round_and_can_be_left_out(server: XServer) -> None:
    """It is only needed while something waits that a person may have answered."""
    world = XWorld(server)
    mention = server.mention("@shop hello")
    _, cursor = one_round(world, None)
    world.platform.set_own_posts_needed(False)
    _, cursor = one_round(world, cursor)
    assert server.x.ledger.count(OWN) == 1
    answer = server.own("by hand", mention.id)
    for _ in range(150):
        server.own("chatter")
    world.platform.set_own_posts_needed(True)
    calls, own = server.x.ledger.count(OWN), []
    for _ in range(3):
        pages, cursor = one_round(world, cursor)
        own += [post.id for page in pages for post in page.brand_posts]
        calls += 1
        assert server.x.ledger.count(OWN) == calls
    assert answer.id in own


def test_own_posts_are_current_only_after_a_page_from_the_newest_down_to_known_ground(server: XServer) -> None:
    """A colleague answers while a walk is under way: its later pages do not show that, so no reply may go out yet."""
    world = XWorld(server)
    mention = server.mention("@shop hello")
    _, cursor = one_round(world, None)
    for _ in range(150):
        server.own("chatter")
    first, cursor = one_round(world, cursor)
    answer = server.own("by hand", mention.id)
    second, cursor = one_round(world, cursor)
    third, _ = one_round(world, cursor)
    rounds = (first, second, third)
    assert [any(page.own_posts_current for page in pages) for pages in rounds] == [False, False, True]
    found = [answer.id in [post.id for page in pages for post in page.brand_posts] for pages in rounds]
    assert found == [False, False, True]


def test_own_posts_below_an_upper_bound_are_not_current(server: XServer) -> None:
    """A cursor that an earlier version stored asks for a lost page as it was then, and for nothing newer."""
    world = XWorld(server)
    mention = server.mention("@shop hello")
    known = server.own("known")
    _, cursor = one_round(world, None)
    own = cursor["feeds"]["own"]
    own["scan"] = asdict(PageScan(floor=own["begin"], opened=known.id, until=str(int(known.id) + 1)))
    server.own("by hand", mention.id)
    bounded, cursor = one_round(world, cursor)
    free, _ = one_round(world, cursor)
    assert [any(page.own_posts_current for page in pages) for pages in (bounded, free)] == [False, True]
