"""Reading Bluesky: posts dated back, equal times at a border, short pages, cursors gone bad, authors at once."""

import json
import random
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from listener.errors import ReadFailed
from listener.model import Json
from tests.platforms.bluesky_world import LISTING, BlueskyWorld, serving
from tests.platforms.contract import mentions, now, walk
from tests.platforms.rounds import found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[BlueskyWorld]:
    """A network and the platform, without a search."""
    with serving() as server:
        yield BlueskyWorld(server, tmp_path, search=())


def test_post_dated_back_is_read_wherever_it_lists(world: BlueskyWorld) -> None:
    """A createdAt of long ago lists last, pages below the newest we have read: the patrol comes by."""
    for number in range(250):
        world.plant(f"post {number}")
    _, cursor = walk(world.platform, None)
    old = [world.server.mention("long ago", created=now() - timedelta(days=days)).uri for days in (1, 700, 4000)]
    seen = set[str]()
    for _ in range(5):
        pages, cursor = walk(world.platform, cursor)
        seen |= {mention.id for mention in mentions(pages)}
    assert set(old) <= seen


def test_post_dated_back_below_the_first_run_is_read_however_deep_it_lists(tmp_path: Path) -> None:
    """Two pages of what was said before the first run stand above it; none of them becomes a mention."""
    with serving() as server:
        world = BlueskyWorld(server, tmp_path, search=(), start="now")
        for number in range(250):
            world.network.ahead = -timedelta(days=number + 1)
            world.plant(f"old {number}")
        world.network.ahead = timedelta(0)
        _, cursor = walk(world.platform, None)
        late = server.mention("dated back", created=now() - timedelta(days=2000)).uri
        seen = set[str]()
        for _ in range(5):
            pages, cursor = walk(world.platform, cursor)
            seen |= {mention.id for mention in mentions(pages)}
        assert seen == {late}


def test_patrol_costs_one_page_a_round(world: BlueskyWorld) -> None:
    """A round reads the top down to the overlap, and one page more, however long the list has become."""
    for number in range(450):
        world.server.mention(f"post {number}", created=now() - timedelta(hours=number))
    _, cursor = walk(world.platform, None)
    before = sum(name == LISTING for name, _ in world.server.calls)
    _, cursor = walk(world.platform, cursor)
    assert sum(name == LISTING for name, _ in world.server.calls) - before == 2


@pytest.mark.parametrize("together", [2, 6, 60])
def test_equal_times_at_a_page_border_lose_nothing(world: BlueskyWorld, together: int) -> None:
    """Bluesky's cursor is the time of the last row and excludes its equals."""
    moment = now() - timedelta(hours=1)
    planted = set()
    for number in range(230):
        made = moment - timedelta(milliseconds=number // together)
        planted.add(world.server.mention(f"post {number}", created=made).uri)
    assert set(found(world)) == planted


def test_page_of_one_instant_alone_is_a_gap(world: BlueskyWorld) -> None:
    """More posts of one millisecond than a page has rows: nobody can page through them, and an operator is told."""
    moment = now() - timedelta(hours=1)
    planted = {world.server.mention(f"post {number}", created=moment).uri for number in range(150)}
    below = world.server.mention("below", created=moment - timedelta(hours=1)).uri
    pages, _ = walk(world.platform, None)
    read = {mention.id for mention in mentions(pages)}
    assert len(read & planted) == 100 and below in read
    assert any("nothing but posts dated" in gap.description for page in pages for gap in page.gaps)


def test_last_row_alone_is_no_gap(world: BlueskyWorld) -> None:
    """The end of the list looks like a page of one instant, and is none."""
    for number in range(3):
        world.server.mention(f"post {number}", created=now() - timedelta(hours=number))
    pages, cursor = walk(world.platform, None)
    pages += walk(world.platform, cursor)[0]
    assert [gap for page in pages for gap in page.gaps] == []


def test_short_pages_are_not_the_end(world: BlueskyWorld) -> None:
    """Blocks and mutes are filtered after a page was cut: an empty one is followed by more."""
    hidden = [world.plant(f"hidden {number}") for number in range(100)]
    planted = {world.server.mention(f"post {number}", created=now() - timedelta(hours=1)).uri for number in range(50)}
    world.server.listings.hidden |= set(hidden)
    assert set(found(world)) == planted


def test_likes_between_mentions_are_passed_over(world: BlueskyWorld) -> None:
    """The list holds them too: `reasons` would make the server page inside, where rows are lost."""
    liked = world.server.own("New paper is in.").uri
    for number in range(150):
        world.network.like(f"fan{number}.test", liked)
    first = world.server.mention("below the likes", created=now() - timedelta(minutes=5)).uri
    pages, _ = walk(world.platform, None)
    assert {mention.id for mention in mentions(pages)} == {first}
    assert sum(page.skipped for page in pages) >= 150


def test_cursor_that_bluesky_takes_no_more_begins_the_walk_anew(world: BlueskyWorld) -> None:
    """It answers 502 to a malformed one: the round ends, the high water stays, the next round reads all."""
    planted = {world.plant(f"post {number}") for number in range(150)}
    cursor: Json = json.loads(json.dumps(world.platform.fetch(None, now()).cursor))
    cursor["feeds"]["mentions"]["scan"]["token"] = "nonsense"
    pages, cursor = walk(world.platform, cursor)
    assert mentions(pages) == []
    assert set(found(world, cursor)) == planted


def test_cursor_of_another_make_is_followed(world: BlueskyWorld) -> None:
    """Bluesky's production servers may make cursors that are no times."""
    world.server.listings.opaque = True
    planted = {world.plant(f"post {number}") for number in range(230)}
    assert set(found(world)) == planted


def test_first_run_reads_nothing_from_before_it(tmp_path: Path) -> None:
    """start = "now": what stands there already is skipped, and the walk ends there."""
    with serving() as server:
        world = BlueskyWorld(server, tmp_path, search=(), start="now")
        for number in range(250):
            world.network.ahead = -timedelta(hours=number + 1)
            world.plant(f"post {number}")
        world.network.ahead = timedelta(0)
        pages, cursor = walk(world.platform, None)
        new = world.plant("after the beginning")
        assert mentions(pages) == [] and len(pages) < 4
        assert set(found(world, cursor)) == {new}


def test_server_without_an_appview_is_read_later(world: BlueskyWorld) -> None:
    """502 UpstreamFailure on every app.bsky.* read; what was said meanwhile is not missed."""
    _, cursor = walk(world.platform, None)
    world.server.view_down = True
    meanwhile = world.plant("while it was down")
    with pytest.raises(ReadFailed) as caught:
        world.platform.fetch(cursor, now())
    assert caught.value.cause == "transient"
    world.server.view_down = False
    assert set(found(world, cursor)) == {meanwhile}


def test_look_at_gates_that_is_refused_stops_no_mention(world: BlueskyWorld) -> None:
    """A page is read though Bluesky does not answer for its threadgates: sending looks at them again."""
    uri = world.plant("hello")
    world.server.fail_next("app.bsky.feed.getPosts", "invalid")
    assert world.platform.fetch(None, now()).mentions[0].id == uri


def test_search_that_is_refused_stops_no_mention(tmp_path: Path) -> None:
    """A feed that fails is left out of its round, and comes last in the next."""
    with serving() as server:
        world = BlueskyWorld(server, tmp_path, search=("paper",))
        world.plant("first")
        _, cursor = walk(world.platform, None)
        for mode in ("invalid", "upstream"):
            server.fail_next("app.bsky.feed.searchPosts", mode, times=2)
            new = world.plant(f"while the search answers {mode}")
            seen = set[str]()
            for _ in range(3):
                try:
                    pages, cursor = walk(world.platform, cursor)
                    seen |= {mention.id for mention in mentions(pages)}
                except ReadFailed:
                    continue
            assert new in seen


@pytest.mark.parametrize(
    ("method", "feed"),
    [("app.bsky.notification.listNotifications", "mentions"), ("app.bsky.feed.searchPosts", "search:paper")],
)
@pytest.mark.parametrize("mode", ["invalid", "upstream"])
def test_feed_that_alone_fails_again_and_again_is_reported(tmp_path: Path, method: str, feed: str, mode: str) -> None:
    """The others are read meanwhile and do not hide it; its notice ends when it is read again."""
    with serving() as server:
        world = BlueskyWorld(server, tmp_path, search=("paper",))
        _, cursor = walk(world.platform, None)
        server.fail_next(method, mode, times=99)
        reported = list[str]()
        for _ in range(7):
            world.network.ahead += timedelta(hours=1)
            try:
                pages, cursor = walk(world.platform, cursor)
                reported += [page.feed for page in pages if page.error]
            except ReadFailed as error:
                cursor = error.cursor or cursor
        assert reported[:2] == [feed] * 2 and set(reported) == {feed}
        server.faults.lift()
        meanwhile = world.plant("paper, while it was down")
        pages, cursor = walk(world.platform, cursor)
        assert meanwhile in {mention.id for mention in mentions(pages)}
        assert [page.error for page in pages if page.feed == feed][-1:] == [None]


@pytest.mark.parametrize("forgets", [False, True])
def test_six_authors_at_once_miss_nothing(tmp_path: Path, forgets: bool) -> None:
    """300 mentions whose ids and times are made before they are seen; a bare high-water mark would miss some."""
    with serving() as server:
        server.forgets = forgets
        world = BlueskyWorld(server, tmp_path, search=())
        planted: list[str] = []
        authors = [threading.Thread(target=_speak, args=(world, number, planted)) for number in range(6)]
        for one in authors:
            one.start()
        seen, high, bare, cursor = set[str](), "", set[str](), None
        rounds_after = 3
        while rounds_after:
            rounds_after -= not any(author.is_alive() for author in authors)
            pages, cursor = walk(world.platform, cursor)
            read = mentions(pages)
            bare |= {mention.id for mention in read if mention.created_at.isoformat() > high}
            high = max([high, *(mention.created_at.isoformat() for mention in read)])
            seen |= {mention.id for mention in read}
        world.network.ahead += timedelta(seconds=2)  # the last ones are seen by now
        seen |= set(found(world, cursor))
        assert len(planted) == 300 and set(planted) <= seen
        assert set(planted) - bare, "the disorder was too small to show anything"


def _speak(world: BlueskyWorld, number: int, planted: list[str]) -> None:
    rng = random.Random(number)
    for post in range(50):
        created = now() - timedelta(milliseconds=rng.uniform(0, 400))
        late = rng.choice((0, 0, rng.uniform(0, 1)))
        planted.append(world.server.mention(f"{post}", f"a{number}.test", created=created, late=late).uri)
