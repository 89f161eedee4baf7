"""The intake stage: read a platform page by page, until nothing more waits.

A page that cannot be read loses nothing: the cursor stays.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from listener import interruptions
from listener.capabilities import OwnPostsReader
from listener.errors import Cause, EarshotError, Held, ReadFailed, StoreError, describe
from listener.faultpoints import fault_point
from listener.feed_page import FeedPage
from listener.intake import feeds
from listener.intake.page import PageCounts, keep_page
from listener.interruptions import READING
from listener.pauses import growing_pause
from listener.protocols import Platform
from listener.store import platforms, replies
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
    if isinstance(platform, OwnPostsReader):
        platform.set_own_posts_needed(_has_unsent_text(store, platform.name))
    for number in range(MAX_PAGES):
        interruptions.end_waits_after_new_secrets(store, platform, clock())
        state = _load_state(store, platform.name, clock())
        if stopping():
            return counts
        if _is_backing_off(state, clock()):
            counts.failed = _record_skipped(store, state, clock())
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


def _is_backing_off(state: PlatformState, now: datetime) -> bool:
    """Return True before the time until which a failing platform is left alone.

    After a clock was set back that time means nothing.
    """
    was_set_back = state.attempt_at is not None and state.attempt_at > now + CLOCK_TOLERANCE
    return state.read_after is not None and now < state.read_after and not was_set_back


def _record_skipped(store: Store, state: PlatformState, now: datetime) -> str:
    """Keep that a platform was left alone. Returns why, and until when."""
    with store.write() as connection:
        platforms.record(connection, state.name, attempt_at=now)
        feeds.note_silence(connection, state, now)
    return f"{state.error}; next try at {state.read_after:%H:%M:%S} UTC"


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
            least = max(interruptions.LONG_WAIT, timedelta(seconds=state.poll_seconds))
            interruptions.open_notice(connection, READING, state.name, error, failures, now, least)
        feeds.note_silence(connection, state, now)
