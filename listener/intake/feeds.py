"""How each feed of a platform stands, kept for `status`; a notice while one fails, waits or is not read for long."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from listener.errors import NEEDS_PERSON, ReadFailed
from listener.feed_page import FeedError, FeedPage
from listener.interruptions import FAILURES_BEFORE_NOTICE, WAIT_DO, find_wait_end
from listener.store import feed_states, notices
from listener.store.operation_records import FeedState, PlatformState

LONGEST_SILENCE = timedelta(minutes=5)  # or three intervals, if those are longer
SILENT_INTERVALS = 3
ONLY_FEED = "mentions"  # of a platform that names none
KINDS = ("unreachable", "waiting")  # of the notices about a feed; their subject is its name
PLATFORM_KINDS = (*KINDS, *NEEDS_PERSON)  # of those about the whole platform; their subject is "reading"
SILENCE_DO = "look at the log and at `earshot status`; restart Earshot if neither shows a reason"


def record_page(connection: Connection, name: str, page: FeedPage, now: datetime) -> None:
    """Keep how the feed of a page stands, and which feeds there are."""
    known = {state.name: state for state in feed_states.list_feeds(connection, name)}
    for feed in known.keys() - set(page.feeds) if page.feeds else ():
        feed_states.forget_feed(connection, name, feed)
        _clear(connection, name, feed, now)
    for feed in set(page.feeds) - known.keys():
        feed_states.record_feed(connection, name, feed, since=now)
    if page.error is not None:
        state = _record_error(connection, name, page.feed, page.error, known, now)
        _notice_error(connection, state, page.error, now)
    elif page.feed:
        _record_read(connection, name, page.feed, known.get(page.feed), now)
        _clear(connection, name, page.feed, now)


def record_failure(connection: Connection, state: PlatformState, error: ReadFailed, now: datetime) -> None:
    """Keep that a feed could not be read, or all of them; a notice for a feed that fails while others are read."""
    known = {feed.name: feed for feed in feed_states.list_feeds(connection, state.name)}
    trouble = FeedError(error.message, error.do, error.retry_at, error.ends_at)
    for feed in [error.feed] if error.feed else list(known) or [ONLY_FEED]:
        feed_state = _record_error(connection, state.name, feed, trouble, known, now)
        is_told = error.cause in NEEDS_PERSON or state.failures + 1 >= FAILURES_BEFORE_NOTICE
        if error.feed and (error.alone or not is_told):
            _notice_error(connection, feed_state, trouble, now)


def clear_platform(connection: Connection, name: str, now: datetime) -> None:
    """Clear the notices about the whole platform, now that a feed was read.

    One about the account stays while a feed fails for that very reason: the others say nothing of it.
    """
    failing = [feed.error for feed in feed_states.list_feeds(connection, name) if feed.error]
    notices.clear(connection, PLATFORM_KINDS, name, now, subject="reading", keep=failing)


def note_silence(connection: Connection, state: PlatformState, now: datetime) -> None:
    """Open a notice for each feed that was not read for long, whatever the reason, or one for all of them.

    None is opened where one is open already.
    """
    limit = max(LONGEST_SILENCE, timedelta(seconds=SILENT_INTERVALS * state.poll_seconds))
    known = feed_states.list_feeds(connection, state.name)
    silent = [feed for feed in known if _read_at(feed, now) < now - limit]
    if not silent:
        return
    opened = [notice for notice in notices.list_open(connection) if notice.platform == state.name]
    covered = {notice.subject for notice in opened if notice.kind in PLATFORM_KINDS}
    if len(silent) == len(known):
        silent = [replace(max(known, key=lambda feed: _read_at(feed, now)), name="reading")]
    for feed in silent if "reading" not in covered else ():
        if feed.name not in covered:
            _notice_silence(connection, feed, now)


def _notice_silence(connection: Connection, feed: FeedState, now: datetime) -> None:
    name = feed.platform if feed.name == "reading" else f"{feed.platform}: {feed.name}"
    what = f"{name} has not been read since {_read_at(feed, now):%Y-%m-%d %H:%M} UTC"
    what += f": {feed.error}" if feed.error else ""
    notices.open_notice(
        connection, "unreachable", feed.platform, what, feed.error_do or SILENCE_DO, now, subject=feed.name
    )


def _read_at(feed: FeedState, now: datetime) -> datetime:
    return feed.ok_at or feed.since or now


def _record_read(connection: Connection, name: str, feed: str, state: FeedState | None, now: datetime) -> None:
    since = state.since if state is not None and state.ok_at is not None and state.error is None else now
    fine = {"failures": 0, "error": None, "error_do": None, "retry_at": None}
    feed_states.record_feed(connection, name, feed, ok_at=now, since=since, **fine)


def _record_error(
    connection: Connection, name: str, feed: str, error: FeedError, known: Mapping[str, FeedState], now: datetime
) -> FeedState:
    """Keep the error; count it, unless it is still the wait that was recorded: then nothing was called."""
    state = known.get(feed) or FeedState(name, feed, None, None, 0, None, None, None)
    is_same_wait = error.retry_at is not None and error.retry_at == state.retry_at
    failures = state.failures + (not is_same_wait)
    since = state.since if state.error is not None else now
    changes = {"failures": failures, "error": error.message, "error_do": error.do, "retry_at": error.retry_at}
    feed_states.record_feed(connection, name, feed, since=since, **changes)
    return FeedState(name, feed, state.ok_at, since, failures, error.message, error.do, error.retry_at)


def _notice_error(connection: Connection, state: FeedState, error: FeedError, now: datetime) -> None:
    """Open the notice of a feed that keeps failing, or has long to wait."""
    if until := find_wait_end(error, now):
        what = f"{state.platform}: {state.name} is not read until {until:%Y-%m-%d %H:%M} UTC: {error.message}"
        notices.open_notice(connection, "waiting", state.platform, what, error.do or WAIT_DO, now, subject=state.name)
    elif state.failures >= FAILURES_BEFORE_NOTICE:
        what = f"{state.platform}: {state.name} keeps failing: {error.message}"
        do = error.do or SILENCE_DO
        notices.open_notice(connection, "unreachable", state.platform, what, do, now, subject=state.name)


def _clear(connection: Connection, name: str, feed: str, now: datetime) -> None:
    notices.clear(connection, KINDS, name, now, subject=feed)
