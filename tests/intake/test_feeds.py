"""Each feed of a platform by itself: one that fails, waits or goes silent is reported, whatever the others do."""

from datetime import timedelta

import pytest

from listener.errors import Cause, ReadFailed
from listener.feed_page import FeedError, FeedPage
from listener.store import feed_states, notices, platforms
from listener.store.operation_records import FeedState, Notice
from tests.line import Line

FEEDS = ("mentions", "search:ink")


def feed(line: Line, name: str) -> FeedState:
    """How a feed stands."""
    with line.store.read() as connection:
        return next(state for state in feed_states.list_feeds(connection, "memory") if state.name == name)


def opened(line: Line) -> list[Notice]:
    """The open notices."""
    with line.store.read() as connection:
        return notices.list_open(connection)


def page(name: str, error: FeedError | None = None, *, more: bool = False) -> FeedPage:
    """A page of one of two feeds."""
    return FeedPage({"at": name}, feed=name, error=error, feeds=FEEDS, more=more)


def test_feed_that_fails_beside_a_healthy_one_opens_a_notice_after_three_failures(line: Line) -> None:
    """A mentions feed on 502 for ten rounds beside a healthy search opened none: pages of the other reset the count."""
    for n in range(1, 4):
        failed = ReadFailed("502", "look at it")
        failed.feed = "mentions"
        line.platform.pages = [failed]
        line.stages.poll("memory")
        line.platform.pages = [page("search:ink")]
        line.wait(minutes=1)
        line.stages.poll("memory")
        assert (feed(line, "mentions").failures, len(opened(line))) == (n, n == 3)
    (notice,) = opened(line)
    assert (notice.kind, notice.subject, "502" in notice.what) == ("unreachable", "mentions", True)
    assert (feed(line, "search:ink").failures, feed(line, "search:ink").ok_at) == (0, line.now)
    line.platform.pages = [page("mentions")]
    line.stages.poll("memory")
    assert (opened(line), feed(line, "mentions").error, feed(line, "mentions").ok_at) == ([], None, line.now)


def test_notice_about_the_account_lasts_while_one_feed_fails_for_it(line: Line) -> None:
    """A right that comments alone need: visitors' posts were read a moment later, and the all-clear was told."""
    failed = ReadFailed("no permission", "give it", cause="account", retry_at=line.now + timedelta(hours=1))
    failed.feed = "mentions"
    line.platform.pages = [page("mentions"), failed, page("search:ink")]
    for _ in range(3):
        line.stages.poll("memory")
        line.wait(hours=1)
    assert [(notice.kind, notice.subject) for notice in opened(line)] == [("account", "reading")]
    line.platform.pages = [page("mentions", more=True), page("search:ink")]
    line.stages.poll("memory")
    assert opened(line) == []


@pytest.mark.parametrize("cause", ["account", "transient"])
def test_feed_that_alone_must_wait_long_has_a_notice_whatever_the_cause(line: Line, cause: Cause) -> None:
    """The platform's own notice is not opened for it."""
    failed = ReadFailed("no permission", "give it", cause=cause, retry_at=line.now + timedelta(hours=1))
    failed.feed, failed.alone = "mentions", True
    line.platform.pages = [failed]
    line.stages.poll("memory")
    assert [(notice.kind, notice.subject) for notice in opened(line)] == [("waiting", "mentions")]


def test_page_that_only_says_that_a_feed_failed_is_no_success_of_the_platform(line: Line) -> None:
    """Else a platform none of whose feeds can be read would never count to three."""
    for _ in range(3):
        line.platform.pages = [page("search:ink", FeedError("502"), more=True), ReadFailed("502")]
        line.stages.poll("memory")
        line.wait(minutes=16)
    with line.store.read() as connection:
        state = platforms.read_state(connection, "memory")
    assert state is not None and (state.failures, state.ok_at) == (3, None)


def test_round_goes_on_where_the_failure_left_it(line: Line) -> None:
    """The next poll begins with the other feeds, also in another process."""
    failed = ReadFailed("502")
    failed.feed, failed.cursor = "mentions", {"todo": ["search:ink"]}
    line.platform.pages = [failed]
    line.stages.poll("memory")
    with line.store.read() as connection:
        state = platforms.read_state(connection, "memory")
    assert state is not None and state.cursor == {"todo": ["search:ink"]}


def test_long_wait_of_a_feed_opens_a_notice_with_its_end_at_once(line: Line) -> None:
    """And the same wait, met again, is no further failure."""
    wait = FeedError("limited", retry_at=line.now + timedelta(minutes=10))
    for _ in range(4):
        line.platform.pages = [page("mentions", more=True), page("search:ink", wait)]
        line.stages.poll("memory")
        line.wait(minutes=1)
    (notice,) = opened(line)
    assert (notice.kind, notice.subject, "until 2026-11-24 12:10 UTC" in notice.what) == ("waiting", "search:ink", True)
    assert notice.do and feed(line, "search:ink").failures == 1


@pytest.mark.parametrize("ends_later", [False, True])
def test_long_wait_of_the_platform_opens_a_notice_with_its_end_at_once(line: Line, ends_later: bool) -> None:
    """Also when it is tested before its end: a sign-in limit of 24 hours."""
    day, probe = line.now + timedelta(hours=24), line.now + timedelta(minutes=4)
    failed = ReadFailed("limited", cause="rate", retry_at=probe if ends_later else day, ends_at=day)
    line.platform.pages = [failed]
    line.stages.poll("memory")
    (notice,) = opened(line)
    assert (notice.kind, "until 2026-11-25 12:00 UTC: limited" in notice.what) == ("waiting", True)
    line.wait(hours=25)
    line.stages.poll("memory")
    assert opened(line) == []


def test_feed_that_alone_must_wait_holds_up_no_other(line: Line) -> None:
    """Mentions that were limited for a quarter of an hour had silenced the search for as long."""
    failed = ReadFailed("limited", cause="rate", retry_at=line.now + timedelta(minutes=15))
    failed.feed, failed.cursor, failed.alone = "mentions", {"at": "search:ink"}, True
    line.platform.pages = [failed, page("search:ink")]
    assert line.stages.poll("memory").failed == "limited"
    line.wait(minutes=1)
    assert line.stages.poll("memory").failed is None
    assert feed(line, "search:ink").ok_at == line.now
    assert [(notice.kind, notice.subject) for notice in opened(line)] == [("waiting", "mentions")]


def test_short_wait_opens_none(line: Line) -> None:
    """Five minutes are nothing to wake anybody for."""
    line.platform.pages = [ReadFailed("limited", cause="rate", retry_at=line.now + timedelta(minutes=5))]
    line.stages.poll("memory")
    assert opened(line) == []


def test_new_secret_ends_a_wait_at_once(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be another account's."""
    line.platform.pages = [ReadFailed("limited", cause="rate", retry_at=line.now + timedelta(hours=24))]
    line.stages.poll("memory")
    line.platform.new_secret = True
    assert line.stages.poll("memory").failed is None


def test_restart_ends_a_long_wait_but_not_a_short_one(line: Line) -> None:
    """A program that is started again and again must not call again and again."""
    for minutes, is_over in ((4, False), (30, True)):
        line.platform.pages = [ReadFailed("limited", cause="rate", retry_at=line.now + timedelta(minutes=minutes))]
        line.stages.poll("memory")
        with line.store.write() as connection:
            platforms.enable(connection, {"memory": 60.0}, line.now)
        assert (line.stages.poll("memory").failed is None) == is_over
        line.wait(hours=1)


def test_feed_that_is_never_its_turn_is_reported_when_it_was_not_read_for_long(line: Line) -> None:
    """Skipped, whatever the reason: no error says so."""
    line.platform.pages = [page("mentions", more=True), page("search:ink")]
    line.stages.poll("memory")
    began = line.now
    for _ in range(7):
        line.wait(minutes=1)
        line.platform.pages = [page("mentions")]
        line.stages.poll("memory")
    (notice,) = opened(line)
    assert (notice.subject, f"not been read since {began:%Y-%m-%d %H:%M} UTC" in notice.what) == ("search:ink", True)
    line.platform.pages = [page("search:ink")]
    line.stages.poll("memory")
    assert opened(line) == []


def test_feed_that_is_no_longer_read_is_forgotten_with_its_notice(line: Line) -> None:
    """A search taken out of the configuration; our own posts while nothing waits."""
    for _ in range(3):
        line.platform.pages = [page("search:ink", FeedError("502"))]
        line.stages.poll("memory")
    assert len(opened(line)) == 1
    line.platform.pages = [FeedPage({"at": 1}, feed="mentions", feeds=("mentions",))]
    line.stages.poll("memory")
    with line.store.read() as connection:
        assert [state.name for state in feed_states.list_feeds(connection, "memory")] == ["mentions"]
    assert opened(line) == []


def test_platform_with_one_feed_shows_its_failure_there_too(line: Line) -> None:
    """And opens one notice, not two."""
    line.platform.pages = [FeedPage({"at": 1}), *[ReadFailed("no route", "mend it") for _ in range(3)]]
    line.stages.poll("memory")
    for _ in range(3):
        line.wait(minutes=16)
        line.stages.poll("memory")
    state = feed(line, "mentions")
    assert (state.failures, state.error, state.error_do, len(opened(line))) == (3, "no route", "mend it", 1)
