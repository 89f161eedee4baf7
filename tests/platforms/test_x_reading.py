"""Reading X: walks, overlap, gaps."""

import random
from datetime import datetime, timedelta

from listener.model import Json
from listener.platforms.x.ids import earlier_id, id_at, time_of_id
from tests.fakes.x import XServer
from tests.platforms.x_world import XWorld, one_round, read

FEED = "GET /2/users/:id/mentions"


def test_first_run_at_now_answers_nothing_old(server: XServer) -> None:
    """A new installation begins where it stands, also when posts from before are indexed later."""
    world = XWorld(server, start="now")
    server.mention("@shop old")
    world.ahead(timedelta(minutes=1))
    late = server.mention("@shop from before, indexed late", at=server.x.posts.now(), late=30)
    world.ahead(timedelta(seconds=1))
    _, cursor = one_round(world, None)
    world.ahead(timedelta(minutes=1))
    new = server.mention("@shop new")
    pages, _ = one_round(world, cursor)
    assert set(read(pages)) == {new.id}
    assert late.id not in read(pages)


def test_first_run_at_a_time_begins_there(server: XServer) -> None:
    """`start` as a time."""
    now = server.x.posts.now()
    server.mention("@shop too old", at=now - timedelta(days=2))
    wanted = server.mention("@shop yesterday", at=now - timedelta(days=1))
    world = XWorld(server, start=now - timedelta(hours=30))
    assert set(read(one_round(world, None)[0])) == {wanted.id}


def test_post_indexed_late_below_the_high_water_is_read(server: XServer) -> None:
    """X lists posts late and out of order: the walk overlaps, duplicates drop out by id."""
    world = XWorld(server)
    late = server.mention("@shop late", late=300)
    world.ahead(timedelta(seconds=10))
    server.mention("@shop in time")
    _, cursor = one_round(world, None)
    world.ahead(timedelta(minutes=6))
    assert late.id in read(one_round(world, cursor)[0])


def test_ids_are_compared_as_numbers(server: XServer) -> None:
    """'999' is older than '1000'."""
    world = XWorld(server)
    for one in ("999", "1000"):
        server.mention(f"@shop {one}", id=one)
    pages, cursor = one_round(world, None)
    assert set(read(pages)) == {"999", "1000"}
    assert cursor["feeds"]["mentions"]["high"] == "1000"


def test_800_mentions_waiting_leave_no_gap_but_more_do(server: XServer) -> None:
    """X's list ends in silence at 800: what lies beyond is told as a gap with both its ends."""
    world = XWorld(server)
    known = server.mention("@shop known")
    _, cursor = one_round(world, None)
    world.ahead(timedelta(hours=3))
    planted = [server.mention(f"@shop {n}").id for n in range(1200)]
    pages, cursor = one_round(world, cursor)
    gaps = [gap for page in pages for gap in page.gaps]
    assert set(read(pages)) == set(planted[400:])
    assert [(gap.feed, gap.from_id, gap.to_id) for gap in gaps] == [("mentions", known.id, planted[400])]
    pages, _ = one_round(world, cursor)
    assert [gap for page in pages for gap in page.gaps] == []


def test_a_first_run_tells_what_lay_beyond_reach_also_when_one_more_comes_meanwhile(server: XServer) -> None:
    """The end of X's list moves up with it: 799 are listed, as if that were all."""
    world = XWorld(server)
    planted = [server.mention(f"@shop {n}") for n in range(900)]
    page = world.platform.fetch(None, server.x.posts.now())
    server.mention("@shop one more")
    pages, _ = one_round(world, page.cursor)
    stored = {*read([page]), *read(pages)}
    assert stored & {post.id for post in planted} == {post.id for post in planted[101:]}
    assert [(gap.from_id, gap.to_id) for page in pages for gap in page.gaps] == [("", planted[101].id)]


def test_burst_within_reach_has_no_gap(server: XServer) -> None:
    """790 between two polls are all read."""
    world = XWorld(server)
    server.mention("@shop known")
    _, cursor = one_round(world, None)
    planted = {server.mention(f"@shop {n}").id for n in range(790)}
    pages, _ = one_round(world, cursor)
    assert planted <= set(read(pages))
    assert not any(page.gaps for page in pages)


def test_high_water_moves_only_when_known_ground_is_met(server: XServer) -> None:
    """Between two pages the cursor keeps the old high water and the walk."""
    world = XWorld(server)
    for n in range(150):
        server.mention(f"@shop {n}")
    page = world.platform.fetch(None, server.x.posts.now())
    track = page.cursor["feeds"]["mentions"]
    assert (page.more, track["high"], track["scan"]["token"] is not None) == (True, "", True)


def test_lost_page_token_begins_the_walk_anew(server: XServer) -> None:
    """A 400 on a token costs a walk, not a mention."""
    world = XWorld(server)
    planted = {server.mention(f"@shop {n}").id for n in range(150)}
    page = world.platform.fetch(None, server.x.posts.now())
    page.cursor["feeds"]["mentions"]["scan"]["token"] = "gone"
    _, cursor = one_round(world, page.cursor)
    assert set(read(one_round(world, cursor)[0])) == planted


def test_empty_page_in_the_middle_does_not_end_the_walk(server: XServer) -> None:
    """X gives pages without posts and yet with a token."""
    world = XWorld(server)
    planted = [server.mention(f"@shop {n}").id for n in range(150)]
    empty = '{"meta": {"result_count": 0, "next_token": "p%s"}}' % (int(planted[-1]) + 1)
    server.fail_next(FEED, "body", text=empty)
    assert set(read(one_round(world, None)[0])) == set(planted)


def test_token_that_leads_in_a_circle_ends_the_round(server: XServer) -> None:
    """Bounded calls, and the high water stays where it was."""
    world = XWorld(server)
    server.fail_next(FEED, "body", text='{"meta": {"result_count": 0, "next_token": "p7"}}', times=50)
    _, cursor = one_round(world, None)
    assert server.x.ledger.count(FEED) <= 11
    assert cursor["feeds"]["mentions"]["high"] == ""


def test_busy_feed_loses_nothing_and_stays_within_its_calls(server: XServer) -> None:
    """700 mentions, at most ten a minute, one in twenty indexed up to ten minutes late: all read, calls bounded."""
    world = XWorld(server)
    world.platform.set_own_posts_needed(False)
    rng, planted, stored = random.Random(20261122), set[str](), set[str]()
    cursor: Json | None = None
    polls = allowed = quiet = 0
    while quiet < 12:
        quiet += len(planted) >= 700
        for _ in range(rng.randint(0, 10) if len(planted) < 700 else 0):
            late = rng.uniform(1, 600) if rng.random() < 0.05 else 0
            moment = server.x.posts.now() - timedelta(seconds=rng.uniform(0, 59))
            planted.add(server.mention("@shop hello", at=moment, late=late).id)
        pages, cursor = one_round(world, cursor)
        fresh = set(read(pages)) - stored
        stored |= fresh
        allowed += 1 + -(-len(fresh) // 100)
        polls += 1
        world.ahead(timedelta(minutes=1))
    assert stored == planted
    assert server.x.ledger.count(FEED) <= 1.05 * allowed + 8 * polls / 60
    assert world.bill.usd == server.x.ledger.usd()


def test_snowflakes_tell_the_time() -> None:
    """To the millisecond, and backwards."""
    moment = datetime.fromisoformat("2026-11-22T12:00:00.123+00:00")
    assert time_of_id(id_at(moment)) == moment
    assert time_of_id(earlier_id(id_at(moment), timedelta(hours=1))) == moment - timedelta(hours=1)
    assert id_at(datetime.fromisoformat("2001-01-01T00:00:00+00:00")) == earlier_id("5", timedelta(hours=1)) == ""
