"""The book of walks: feeds in turn, failures of one feed, cursors of another account, clocks."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from listener.errors import ReadFailed
from listener.feed_page import FeedPage
from listener.model import Json
from listener.platforms.kit.cursor import (
    MENTIONS,
    OWN,
    CallerClock,
    CursorState,
    feeds_of_round,
    is_due,
    load_cursor,
    read_next,
    start_time,
)
from listener.protocols import Section

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FEEDS = (MENTIONS, "search:ink", OWN)


@dataclass(frozen=True)
class Place:
    """How far a feed was read."""

    high: str = ""


def load(cursor: Json | None, feeds: tuple[str, ...] = FEEDS, owner: str = "") -> CursorState[Place]:
    """The state of a cursor whose feeds begin at "new"."""
    return load_cursor(cursor, feeds, lambda stored: Place(**stored), lambda feed: Place("new"), owner=owner)


def read(state: CursorState[Place], feed: str) -> FeedPage:
    """Every feed is read to "9" in one page, except a search."""
    if feed.startswith("search:"):
        raise ReadFailed("no search", "correct it")
    return state.advance(feed, Place("9"), is_over=True).page(feed)


def one_round(cursor: Json | None) -> tuple[list[FeedPage], Json]:
    """The pages of a round whose searches fail, and the cursor after it."""
    pages: list[FeedPage] = []
    while not pages or pages[-1].more:
        pages.append(read_next(load(cursor), read, lambda feed, error: feed != MENTIONS, "test"))
        cursor = pages[-1].cursor
    return pages, pages[-1].cursor


def test_feeds_have_their_turn_in_order_and_own_posts_come_last() -> None:
    """The mentions that they may answer are stored by then."""
    assert feeds_of_round(["search:ink"], own=True) == FEEDS
    assert feeds_of_round([], own=False) == (MENTIONS,)
    state = load(None)
    assert (state.next_feed, state.todo) == (MENTIONS, FEEDS)
    halfway = state.advance(MENTIONS, Place("5"), is_over=False)
    assert (halfway.next_feed, halfway.states[MENTIONS]) == (MENTIONS, Place("5"))
    assert load(halfway.advance(MENTIONS, Place("7"), is_over=True).dump()).todo == FEEDS[1:]


def test_feed_that_fails_is_left_out_comes_last_and_says_why_each_time() -> None:
    """The other feeds are read meanwhile; its page names it when it is read again."""
    cursor: Json | None = None
    for n in range(3):
        pages, cursor = one_round(cursor)
        assert load(cursor).states[OWN] == Place("9")
        assert [page.feed for page in pages] == [[MENTIONS, "search:ink", OWN], [MENTIONS, OWN, "search:ink"]][n > 0]
        troubles = [(page.feed, page.error.message) for page in pages if page.error]
        assert troubles == [("search:ink", "no search")]
        assert {page.feeds for page in pages} == {FEEDS}
    assert load(cursor).failed == ("search:ink",)
    page = load(cursor).advance("search:ink", Place("1"), is_over=True).page("search:ink")
    assert (page.feed, page.error, page.cursor["failed"]) == ("search:ink", None, [])


def test_round_goes_on_with_the_others_when_its_first_feed_fails() -> None:
    """The mentions on 502 must not keep the search from being read, not even from one process to the next."""
    with pytest.raises(ReadFailed) as caught:
        read_next(load(None, ("search:ink", MENTIONS)), read, lambda feed, error: False, "test")
    assert caught.value.feed == "search:ink"
    assert load(caught.value.cursor, ("search:ink", MENTIONS)).todo == (MENTIONS,)


def test_refused_account_moves_no_cursor() -> None:
    """It is nobody's turn."""

    def refuse(state: CursorState[Place], feed: str) -> FeedPage:
        raise ReadFailed("revoked", cause="account")

    with pytest.raises(ReadFailed) as caught:
        read_next(load(None), refuse, lambda feed, error: False, "test")
    assert (caught.value.feed, caught.value.cursor) == (MENTIONS, None)


def test_repaired_feed_has_still_failed() -> None:
    """Only a page that was read ends a failure."""
    state = load({**load(None).dump(), "failed": [MENTIONS]})
    repaired = state.repair(MENTIONS, Place(), is_over=True)
    assert (repaired.failed, repaired.read, repaired.todo) == ((MENTIONS,), 0, FEEDS[1:])


def test_failure_that_concerns_all_feeds_is_raised() -> None:
    """And the cursor stays."""
    state = load({**load(None).dump(), "todo": ["search:ink"]})
    with pytest.raises(ReadFailed):
        read_next(state, read, lambda feed, error: False, "test")


def test_feeds_come_and_go_and_own_posts_are_kept() -> None:
    """A new feed begins anew, one that is gone is forgotten; own posts are read in some rounds only."""
    stored = load(None).advance(OWN, Place("3"), is_over=True).dump()
    changed = load(stored, (MENTIONS, "search:pen"))
    assert set(changed.states) == {MENTIONS, "search:pen", OWN}
    assert (changed.states[OWN], changed.states["search:pen"], changed.todo) == (Place("3"), Place("new"), (MENTIONS,))


def test_cursor_of_another_account_counts_for_nothing() -> None:
    """Its ids mean nothing here."""
    stored = load(None, owner="a").advance(MENTIONS, Place("5"), is_over=True).dump()
    assert load(stored, owner="a").states[MENTIONS] == Place("5")
    assert load(stored, owner="b").states[MENTIONS] == Place("new")


def test_number_of_feeds_that_were_read_begins_anew_with_each_round() -> None:
    """A platform may ask whether anything could be read at all."""
    state = load(None).advance(MENTIONS, Place(), is_over=True)
    assert (state.read, load(state.dump()).read) == (1, 1)
    assert load({**state.dump(), "todo": []}).read == 0


def test_where_a_first_run_begins() -> None:
    """ "all" is no time at all."""
    assert start_time(Section(start="all"), NOW) is None
    assert start_time(Section(), NOW) == NOW
    assert start_time(Section(start=NOW - timedelta(days=1)), NOW) == NOW - timedelta(days=1)


def test_something_is_due_after_its_time_and_when_the_clock_was_set_back() -> None:
    """Never done: due."""
    hour = timedelta(hours=1)
    ages = {"": True, **{(NOW - age).isoformat(): due for age, due in ((hour, True), (hour / 2, False), (-hour, True))}}
    assert {last: is_due(last, hour, NOW) for last in ages} == ages


def test_clock_follows_the_caller_but_not_a_first_run() -> None:
    """A first run is given the time it began at, again and again."""
    clock = CallerClock(lambda: NOW)
    assert clock.follow(None, NOW - timedelta(days=3)) == NOW == clock.now()
    assert clock.follow({}, NOW + timedelta(hours=2)) == NOW + timedelta(hours=2) == clock.now()
