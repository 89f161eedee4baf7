"""The intake stage: read a platform's pages, and keep mentions and cursor in one transaction.

A page that cannot be read loses nothing: the cursor stays. What a platform lists twice drops out by id.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from listener.errors import EarshotError, Held, ReadFailed
from listener.faultpoints import fault_point
from listener.intake.text import TEXT_LIMIT, sanitize, storable_text
from listener.model import FeedPage, Mention, OwnPost, Platform, QuarantinedItem
from listener.store import erasure, events, mentions, notices, platforms, replies
from listener.store.engine import Store
from listener.store.records import PlatformState
from listener.store.states import UNDER_WAY, WATCHED, WITHDRAWABLE

log = logging.getLogger(__name__)

FIELD_LIMIT = 500  # characters kept of any other field
BACKOFF_CAP = timedelta(minutes=15)
NOTICE_AFTER_FAILURES = 3  # failures in a row before an operator hears of it
FIELDS = (
    "id", "author_id", "interaction_id", "conversation_id", "author_handle", "author_name", "in_reply_to", "lang",
    "url", "extra_brand_term", "ineligible_reason",
)  # fmt: skip
PAGES = 100  # of one round: sending shares the platform's thread
JITTER = timedelta(seconds=5)  # by which clocks may differ without having been set


@dataclass(slots=True)
class PollCounts:
    """What one poll did; polled counts every item the platform listed."""

    polled: int = 0
    stored: int = 0
    skipped: int = 0
    quarantined: int = 0
    more: bool = False  # the round's bound was met before the end
    failed: str | None = None  # why the platform could not be read

    def add(self, other: "PollCounts") -> None:
        """Sum up pages."""
        self.polled += other.polled
        self.stored += other.stored
        self.skipped += other.skipped
        self.quarantined += other.quarantined


def poll(
    store: Store, platform: Platform, clock: Callable[[], datetime], stopping: Callable[[], bool] = lambda: False
) -> PollCounts:
    """Read what waits, PAGES pages at most, each kept on its own. Never raises for what a platform does."""
    done = PollCounts()
    platform.read_own_posts = _anything_waits(store, platform.name)
    for number in range(PAGES):
        state = _begin(store, platform.name, clock())
        if stopping() or _backing_off(store, state, clock(), done):
            return done
        if number:
            fault_point("P4")
        asked = clock()
        page = _fetch(platform, state, asked)
        if isinstance(page, ReadFailed):
            done.failed = f"{page.message}; {page.do}" if page.do else page.message
            _failed(store, state, page, clock())
            return done
        fault_point("P1")
        done.add(_keep(store, platform.name, page, asked, clock()))
        if not page.more:
            return done
    done.more = True
    return done


def _backing_off(store: Store, state: PlatformState, now: datetime, done: PollCounts) -> bool:
    """A platform in trouble is left alone until its time. The attempt counts as one that ended, with the same trouble.

    A clock that was set back since makes that time meaningless.
    """
    if state.read_after is None or now >= state.read_after:
        return False
    if state.attempt_at is not None and state.attempt_at > now + JITTER:
        return False
    done.failed = f"{state.error}; next try at {state.read_after:%H:%M:%S} UTC"
    with store.write() as connection:
        platforms.record(connection, state.name, attempt_at=now)
    return True


def _anything_waits(store: Store, name: str) -> bool:
    """A person's answer on the platform matters at once only where ours could follow it; own timelines cost money."""
    with store.read() as connection:
        return replies.any_open(connection, name, WATCHED)


def _begin(store: Store, name: str, now: datetime) -> PlatformState:
    with store.read() as connection:
        state = platforms.state(connection, name)
    if state is not None:
        return state
    with store.write() as connection:
        platforms.begin(connection, name, now)
    return _begin(store, name, now)


def _fetch(platform: Platform, state: PlatformState, now: datetime) -> FeedPage | ReadFailed:
    """One page, or why not; whatever a platform raises, the cursor stays and the others go on."""
    try:
        return platform.fetch(state.cursor, now if state.cursor is not None else state.began_at)
    except ReadFailed as trouble:
        return trouble
    except EarshotError as error:
        return ReadFailed(error.what, error.do)
    except Held as held:
        return ReadFailed(
            held.message, held.do, cause="billing" if held.reason == "budget" else "transient", retry_at=held.until
        )
    except Exception as error:
        log.exception("%s: a fault while reading", platform.name)
        return ReadFailed(f"{type(error).__name__}: {error}", "see the log; this is a fault of the platform's module")


def _keep(store: Store, name: str, page: FeedPage, asked: datetime, now: datetime) -> PollCounts:
    """Mentions, own posts, bad items, gaps and cursor: one transaction. asked: when the page was called for."""
    with store.write() as connection:
        found = _single([_clean(one) for one in page.mentions])
        known = mentions.stored_mentions(connection, name, found)
        new = [one for one in found if one.interaction_id not in known and one.id not in known]
        stored = mentions.add(connection, erasure.remembered(connection, new), now)
        for one in found:
            _edit(connection, known.get(one.interaction_id) or known.get(one.id), one, now)
        for own in page.brand_posts:
            _answered(connection, name, own, now)
        set_aside = notices.quarantine(
            connection, name, "poll", [_readable(item) for item in page.quarantined_items], now
        )
        notices.resolve_repaired(connection, name, [one.id for one in new], now)
        for gap in page.gaps:
            notices.record_gap(connection, name, gap, now)
        _tell(connection, name, page, now)
        if page.own_posts_current:
            platforms.record(connection, name, own_posts_read_at=asked)
        fault_point("P2")
        _succeeded(connection, name, page, now)
    fault_point("P3")
    listed = len(page.mentions) + len(page.quarantined_items) + page.skipped
    return PollCounts(listed, stored, len(page.mentions) - stored + page.skipped, set_aside)


def _tell(connection: Connection, name: str, page: FeedPage, now: datetime) -> None:
    """A feed in trouble is told while the others go on; once it is read again, the notice ends."""
    if page.trouble is not None:
        what = f"{name}: {page.feed} could not be read again and again: {page.trouble.message}"
        notices.open_notice(connection, "unreachable", name, what, page.trouble.do, now, subject=page.feed)
    elif page.feed:
        notices.clear(connection, "unreachable", name, now, subject=page.feed)


def _clean(one: Mention) -> Mention:
    """Nothing enters that a database cannot hold, and no markup: lone surrogates, NUL, endless text, HTML."""
    changes: dict[str, Any] = {
        name: sanitize(value, FIELD_LIMIT) for name in FIELDS if (value := getattr(one, name)) is not None
    }
    return replace(one, text=storable_text(one.text, one.is_html), is_html=False, **changes)


def _readable(item: QuarantinedItem) -> QuarantinedItem:
    """Storable; an item without an id is named after its content, so that two of them are two."""
    raw = sanitize(item.raw, TEXT_LIMIT)
    name = sanitize(item.mention_id, FIELD_LIMIT) or f"raw-{sha256(raw.encode()).hexdigest()[:16]}"
    return QuarantinedItem(name, raw, sanitize(item.error, FIELD_LIMIT))


def _single(found: Sequence[Mention]) -> list[Mention]:
    """One of each interaction, the newest edit of it, in the order in which they were written."""
    table: dict[str, Mention] = {}
    for one in found:
        kept = table.get(one.interaction_id)
        if kept is None or one.created_at > kept.created_at:
            table[one.interaction_id] = one
    by_id = {one.id: one for one in table.values()}
    return sorted(by_id.values(), key=lambda one: one.created_at)


def _edit(connection: Connection, known: mentions.Known | None, found: Mention, now: datetime) -> None:
    """The author changed a stored post: a text that waits to be sent needs a second look."""
    if known is None:
        return
    if known.stage == "forgotten":  # words that were erased are not to come back; newer ones are heard
        erased = erasure.at(connection, known.key)
        if erased is None or found.created_at <= erased:
            return
        mentions.restore_text(connection, known.key, found)
    if not known.older_than(found):
        if known.better_in(found):
            mentions.update_eligibility(connection, known.key, found, again=not replies.any_to(connection, known.key))
        return
    live = replies.live(connection, known.key)
    mentions.edited(connection, known.key, found, now, again=live is None)
    events.add(connection, "edited", "author", now, mention_key=known.key, detail={"before": known.text})
    if live is not None and live.state in WATCHED:
        back: dict[str, Any] = {"revision": live.revision + 1, **replies.UNAPPROVED}
        message = {"message": "the mention was edited"}
        replies.transition(
            connection, live, "drafted", by="poll", now=now, what="returned_to_staff", detail=message, **back
        )


def _answered(connection: Connection, name: str, own: OwnPost, now: datetime) -> None:
    """A post of ours that Earshot did not send is a person's answer on the platform: the draft is withdrawn."""
    key = None if own.in_reply_to is None else mentions.locate_version(connection, name, own.in_reply_to)
    if key is None or replies.sent_as(connection, name, own.id):
        return
    live = replies.live(connection, key)
    if live is not None and live.state not in (*WITHDRAWABLE, *UNDER_WAY):
        return
    mentions.answered_remotely(connection, key, own.id)
    if live is not None and live.state in WITHDRAWABLE:  # under way: sending looks at a person's answer again
        reason = f"a person answered on the platform (post {own.id})"
        replies.end(connection, live, "withdrawn", reason, by="poll", now=now)


def _succeeded(connection: Connection, name: str, page: FeedPage, now: datetime) -> None:
    platforms.record(
        connection,
        name,
        cursor=page.cursor,
        attempt_at=now,
        ok_at=now,
        failures=0,
        error=None,
        error_do=None,
        cause=None,
        read_after=None,
    )
    for kind in ("unreachable", "account", "billing"):
        notices.clear(connection, kind, name, now, subject="reading")


def _failed(store: Store, state: PlatformState, trouble: ReadFailed, now: datetime) -> None:
    """Remember the trouble and wait longer each time; what a person must mend opens a notice at once."""
    failures = state.failures + 1
    wait = min(timedelta(seconds=state.poll_seconds * 2 ** min(failures - 1, 20)), BACKOFF_CAP)
    log.warning("%s could not be read: %s", state.name, trouble.message)
    with store.write() as connection:
        platforms.record(
            connection,
            state.name,
            attempt_at=now,
            failures=failures,
            error=trouble.message,
            error_do=trouble.do,
            cause=trouble.cause,
            read_after=trouble.retry_at or (now + wait if failures > 1 else None),
        )
        if trouble.cause in ("account", "billing"):
            notices.open_notice(
                connection, trouble.cause, state.name, trouble.message, trouble.do, now, subject="reading"
            )
        elif failures >= NOTICE_AFTER_FAILURES:
            what = f"{state.name} could not be read {failures} times in a row: {trouble.message}"
            notices.open_notice(connection, "unreachable", state.name, what, trouble.do, now, subject="reading")
