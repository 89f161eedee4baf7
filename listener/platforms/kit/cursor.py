"""The book of walks: the feeds of a platform in turn, how far each was read, and which could not be read.

A page is ONE page of one feed. A round ends when each feed has had its turn. A feed that alone fails is left out of its
round and comes last in the next, so that it stops no other; its page carries the error, and intake keeps count.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

from listener.errors import ReadFailed
from listener.feed_page import FeedError, FeedPage, Gap
from listener.model import Json
from listener.platforms.kit.items import ParsedPage
from listener.protocols import Section

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

log = logging.getLogger(__name__)

State = TypeVar("State", bound="DataclassInstance")
"""How far one feed was read: a frozen dataclass whose fields are plain JSON (asdict is its stored form)."""

MENTIONS, OWN = "mentions", "own"


@dataclass(frozen=True, slots=True)
class CursorState(Generic[State]):
    """The cursor. todo: feeds whose turn in this round is still to come; states: feed -> how far it was read.

    failed: feeds that could not be read when last tried; read: how many feeds of this round could be read; owner: whose
    ids these are, where a cursor of another server or account must not count; feeds: all feeds of the round.
    """

    todo: tuple[str, ...]
    states: Mapping[str, State]
    failed: tuple[str, ...] = ()
    read: int = 0
    owner: str = ""
    feeds: tuple[str, ...] = ()

    @property
    def next_feed(self) -> str:
        """The feed whose turn it is."""
        return self.todo[0]

    def advance(self, feed: str, state: State, *, is_over: bool) -> "CursorState[State]":
        """Return the cursor after a page of this feed was read. is_over: its turn in this round has ended."""
        failed = tuple(name for name in self.failed if name != feed)
        return replace(self, failed=failed, read=self.read + is_over).repair(feed, state, is_over=is_over)

    def repair(self, feed: str, state: State, *, is_over: bool) -> "CursorState[State]":
        """Return the cursor after a refused page: the feed goes on from another state, and still counts as failed."""
        repaired = replace(self, states={**self.states, feed: state})
        return repaired._without(feed) if is_over else repaired

    def leave_out(self, feed: str, error: ReadFailed) -> FeedPage:
        """Return an empty page that ends this feed's turn and carries the error."""
        trouble = FeedError(error.message, error.do, error.retry_at, error.ends_at)
        return self.pass_over(feed).page(feed, trouble=trouble)

    def pass_over(self, feed: str) -> "CursorState[State]":
        """Return the cursor after a feed could not be read: the others come first, now and in the next round."""
        failed = (*(name for name in self.failed if name != feed), feed)
        return replace(self, failed=failed)._without(feed)

    def page(
        self,
        feed: str = "",
        parsed: ParsedPage | None = None,
        gaps: Iterable[Gap | None] = (),
        *,
        own_posts_current: bool = False,
        trouble: FeedError | None = None,
    ) -> FeedPage:
        """Return a page with this cursor. feed: which one it shows as read, or in trouble; "": none."""
        parsed = parsed or ParsedPage()
        return FeedPage(
            cursor=self.dump(),
            mentions=tuple(parsed.mentions),
            brand_posts=tuple(parsed.brand_posts),
            quarantined_items=tuple(parsed.quarantined),
            gaps=tuple(gap for gap in gaps if gap is not None),
            skipped=parsed.skipped,
            more=bool(self.todo),
            feed=feed,
            error=trouble,
            feeds=self.feeds,
            own_posts_current=own_posts_current,
        )

    def dump(self) -> Json:
        """Return the cursor as JSON."""
        states = {feed: asdict(state) for feed, state in self.states.items()}
        stored = {"v": 1, "owner": self.owner, "todo": list(self.todo), "feeds": states}
        return {**stored, "failed": list(self.failed), "read": self.read}

    def _without(self, feed: str) -> "CursorState[State]":
        return replace(self, todo=tuple(name for name in self.todo if name != feed))


def load_cursor(
    cursor: Json | None,
    feeds: Sequence[str],
    restore: Callable[[Json], State],
    begin: Callable[[str], State],
    *,
    begun: Sequence[str] = (),
    owner: str = "",
) -> CursorState[State]:
    """Return the state of a stored cursor. A feed it does not know begins anew; one that is gone is forgotten.

    A new round begins with the feeds that did not fail.

    feeds: those of this round, in their order; restore: a stored state as a value; begin: the state of a feed that was
    never read; begun: feeds that begin now, though they may be read only later. Our own posts are read in some rounds
    only, so their state is kept in all.
    """
    stored = cursor if cursor is not None and cursor.get("owner", "") == owner else {}
    known = {*feeds, *begun, OWN}
    states = {feed: begin(feed) for feed in (*feeds, *begun)}
    states |= {feed: restore(state) for feed, state in stored.get("feeds", {}).items() if feed in known}
    failed = tuple(feed for feed in stored.get("failed", ()) if feed in known)
    todo = tuple(feed for feed in stored.get("todo", ()) if feed in feeds)
    in_turn = tuple(sorted(feeds, key=lambda feed: failed.index(feed) + 1 if feed in failed else 0))
    read = stored.get("read", 0) if todo else 0
    return CursorState(todo or in_turn, states, failed, read, owner, tuple(feeds))


def read_next(
    state: CursorState[State],
    read: Callable[[CursorState[State], str], FeedPage],
    can_leave_out: Callable[[str, ReadFailed], bool],
    platform: str,
) -> FeedPage:
    """Return the page that `read` makes of the feed whose turn it is, or leave that feed out.

    Raises ReadFailed with the feed's name and, unless all feeds are stopped, the cursor that goes on with the others.
    """
    feed = state.next_feed
    try:
        return read(state, feed)
    except ReadFailed as error:
        if can_leave_out(feed, error):
            fields = {"event": "feed_left_out", "platform": platform, "feed": feed, "why": error.message}
            log.warning("%(platform)s: %(feed)s is left out of this round: %(why)s", fields)
            return state.leave_out(feed, error)
        error.feed, error.cursor = feed, None if is_whole(error) else state.pass_over(feed).dump()
        raise


def is_whole(error: ReadFailed) -> bool:
    """Return whether the cause stops every feed: a refused account, or money."""
    return error.cause in ("account", "billing")


def is_alone(state: CursorState[State], error: ReadFailed) -> bool:
    """Return whether only this feed fails: another could be read, and neither the account nor a limit is the cause."""
    return state.read > 0 and error.cause not in ("account", "rate")


@dataclass(frozen=True, slots=True)
class PageKeys:
    """What a page listed. keys: the ids or times of all its items, also of dropped ones; token: of the next page.

    size: how many items were asked for.
    """

    keys: Sequence[str]
    token: str | None
    size: int


def feeds_of_round(extra: Iterable[str], *, own: bool) -> tuple[str, ...]:
    """Return mentions, these feeds, and our own posts last, when the mentions that they may answer are stored."""
    return (MENTIONS, *extra, *((OWN,) if own else ()))


def searches(queries: Iterable[str]) -> list[str]:
    """Return the feeds of search queries."""
    return [f"search:{query.strip()}" for query in queries]


def start_time(section: Section, began: datetime) -> datetime | None:
    """Return the time before which everything is old to a feed that was never read; None: nothing is old."""
    return {"now": began, "all": None}[section.start] if isinstance(section.start, str) else section.start


def is_due(last: str, every: timedelta, now: datetime) -> bool:
    """Return whether something done last at this ISO 8601 time ("": never) is due; also if the clock was set back."""
    return not last or not timedelta(0) <= now - datetime.fromisoformat(last) < every


class CallerClock:
    """This machine's clock, moved to the caller's: only `fetch` is given a time, and tests let that time run ahead."""

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        self._clock, self._ahead = clock or (lambda: datetime.now(UTC)), timedelta(0)

    def now(self) -> datetime:
        """Return the caller's present time."""
        return self._clock() + self._ahead

    def follow(self, cursor: Json | None, now: datetime) -> datetime:
        """Return the present time of a fetch. A first run is given the time it begins at until a page is stored."""
        if cursor is not None:
            self._ahead = now - self._clock()
        return self.now() if cursor is None else now
