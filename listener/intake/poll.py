"""The intake stage: read a platform page by page, until nothing more waits.

A page that cannot be read loses nothing: the cursor stays.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from listener.errors import Cause, EarshotError, Held, ReadFailed, StoreError, describe
from listener.faultpoints import fault_point
from listener.feed_page import FeedPage
from listener.intake import feeds, new_secrets
from listener.intake.page import PageCounts, keep_page
from listener.pauses import growing_pause
from listener.protocols import Platform
from listener.store import notices, platforms, replies
from listener.store.engine import Store
from listener.store.operation_records import PlatformState
from listener.store.states import WATCHED

log = logging.getLogger(__name__)

BACKOFF_CAP = timedelta(minutes=15)
MAX_PAGES = 100  # of one round: sending shares the platform's thread
CLOCK_TOLERANCE = timedelta(seconds=5)  # two readings may differ by this much without the clock having been set


@dataclass(slots=True)
class PollCounts(PageCounts):
    """What one poll did."""

    more: bool = False  # MAX_PAGES were read, and there are more
    failed: str | None = None  # why the platform could not be read


def poll(
    store: Store, platform: Platform, clock: Callable[[], datetime], stopping: Callable[[], bool] = lambda: False
) -> PollCounts:
    """Read what waits, MAX_PAGES at most, each page kept on its own. Never raises for what a platform does."""
    counts = PollCounts()
    platform.read_own_posts = _has_unsent_text(store, platform.name)
    for number in range(MAX_PAGES):
        new_secrets.end_waits(store, platform, clock())
        state = _load_state(store, platform.name, clock())
        if stopping() or _is_backing_off(store, state, clock(), counts):
            return counts
        if number:
            fault_point("P4")
        asked_at = clock()
        page = _fetch(platform, state, asked_at)
        if isinstance(page, ReadFailed):
            counts.failed = f"{page.message}; {page.do}" if page.do else page.message
            _record_failure(store, state, page, clock())
            return counts
        fault_point("P1")
        counts.add(keep_page(store, platform.name, page, asked_at, clock()))
        if not page.more:
            break
    else:
        counts.more = True
    with store.write() as connection:
        feeds.note_silence(connection, state, clock())
    return counts


def _has_unsent_text(store: Store, name: str) -> bool:
    """Return True when our own posts matter at once, because ours could follow a colleague's; reading them costs."""
    with store.read() as connection:
        return replies.has_any_in(connection, name, WATCHED)


def _load_state(store: Store, name: str, now: datetime) -> PlatformState:
    """Return how the platform stands; remember when its first run began."""
    with store.read() as connection:
        state = platforms.read_state(connection, name)
    if state is not None:
        return state
    with store.write() as connection:
        platforms.begin(connection, name, now)
    return _load_state(store, name, now)


def _is_backing_off(store: Store, state: PlatformState, now: datetime, counts: PollCounts) -> bool:
    """Return True before the time until which a failing platform is left alone, and count it as a failed attempt.

    After a clock was set back that time means nothing.
    """
    if state.read_after is None or now >= state.read_after:
        return False
    if state.attempt_at is not None and state.attempt_at > now + CLOCK_TOLERANCE:
        return False
    counts.failed = f"{state.error}; next try at {state.read_after:%H:%M:%S} UTC"
    with store.write() as connection:
        platforms.record(connection, state.name, attempt_at=now)
        feeds.note_silence(connection, state, now)
    return True


def _fetch(platform: Platform, state: PlatformState, now: datetime) -> FeedPage | ReadFailed:
    """Return one page, or why it could not be read, whatever the platform raises. Raises StoreError: that is ours."""
    try:
        return platform.fetch(state.cursor, now if state.cursor is not None else state.began_at)
    except ReadFailed as error:
        return error
    except StoreError:
        raise
    except EarshotError as error:
        return ReadFailed(error.what, error.do)
    except Held as hold:
        cause: Cause = "billing" if hold.reason == "budget" else "transient"
        return ReadFailed(hold.message, hold.do, cause=cause, retry_at=hold.until)
    except Exception as error:
        log.exception("%(platform)s: a fault while reading", {"event": "reading_crashed", "platform": platform.name})
        return ReadFailed(describe(error), "report it: this is a fault in the platform's module")


def _record_failure(store: Store, state: PlatformState, error: ReadFailed, now: datetime) -> None:
    """Keep the error and wait longer each time; what a person must mend opens a notice at once.

    A feed that alone must wait holds up no other: the next round begins with those.
    """
    failures = state.failures + 1
    backoff = growing_pause(failures, timedelta(seconds=state.poll_seconds), BACKOFF_CAP)
    read_after = None if error.alone else error.retry_at or (now + backoff if failures > 1 else None)
    fields = {"event": "platform_not_read", "platform": state.name, "why": error.message}
    log.warning("%(platform)s could not be read: %(why)s", fields)
    with store.write() as connection:
        platforms.record(
            connection,
            state.name,
            attempt_at=now,
            failures=failures,
            error=error.message,
            error_do=error.do,
            cause=error.cause,
            read_after=read_after,
            cursor=error.cursor or state.cursor,
        )
        feeds.record_failure(connection, state, error, now)
        if not error.alone:
            _open_notice(connection, state, error, failures, now)
        feeds.note_silence(connection, state, now)


def _open_notice(connection: Connection, state: PlatformState, error: ReadFailed, failures: int, now: datetime) -> None:
    """Open the notice of what a person must mend, of a long wait, or of the third failure in a row."""
    least = max(feeds.LONGEST_SILENCE, timedelta(seconds=state.poll_seconds))
    kind, what, do = "", error.message, error.do
    if error.cause in ("account", "billing"):
        kind = error.cause
    elif until := feeds.wait_end(error, now, least):
        kind, do = "waiting", do or feeds.WAIT_DO
        what = f"{state.name} is not read until {until:%Y-%m-%d %H:%M} UTC: {what}"
    elif failures >= feeds.FAILURES_BEFORE_NOTICE:
        kind, what = "unreachable", f"{state.name} could not be read {failures} times in a row: {what}"
    if kind:
        notices.open_notice(connection, kind, state.name, what, do, now, subject="reading")
