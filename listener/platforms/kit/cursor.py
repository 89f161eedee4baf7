"""The book of walks: the feeds of a platform in turn, how far each was read, and how often it failed.

A page is ONE page of one feed. A round ends when each feed has had its turn. A feed that alone fails is left out of its
round, so that it stops no other; after three failures in a row its error goes to an operator, until it is read again.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

from listener.errors import ReadFailed
from listener.model import FeedError, FeedPage, Gap, Json
from listener.platforms.kit.items import ParsedPage
from listener.protocols import Section

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

log = logging.getLogger(__name__)

State = TypeVar("State", bound="DataclassInstance")
"""How far one feed was read: a frozen dataclass whose fields are plain JSON (asdict is its stored form)."""

MENTIONS, OWN = "mentions", "own"
FAILURES_BEFORE_NOTICE = 3  # of one feed in a row


@dataclass(frozen=True, slots=True)
class CursorState(Generic[State]):
    """The cursor. todo: feeds whose turn in this round is still to come; states: feed -> how far it was read.

    failures: feed -> how often in a row it could not be read; read: how many feeds of this round could be read;
    owner: whose ids these are, where a cursor of another server or account must not count.
    """

    todo: tuple[str, ...]
    states: Mapping[str, State]
    failures: Mapping[str, int] = field(default_factory=dict)
    read: int = 0
    owner: str = ""

    @property
    def next_feed(self) -> str:
        """The feed whose turn it is."""
        return self.todo[0]

    def advance(self, feed: str, state: State, *, is_over: bool) -> "CursorState[State]":
        """Return the cursor after a page of this feed was read. is_over: its turn in this round has ended."""
        failures = {name: count for name, count in self.failures.items() if name != feed}
        return replace(self, failures=failures, read=self.read + is_over).repair(feed, state, is_over=is_over)

    def repair(self, feed: str, state: State, *, is_over: bool) -> "CursorState[State]":
        """Return the cursor after a refused page: the feed goes on from another state, and its failures still count."""
        repaired = replace(self, states={**self.states, feed: state})
        return repaired._without(feed) if is_over else repaired

    def leave_out(self, feed: str, error: ReadFailed) -> FeedPage:
        """Return an empty page that ends this feed's turn; from the third failure in a row on it carries the error."""
        failures = {**self.failures, feed: self.failures.get(feed, 0) + 1}
        rest = replace(self, failures=failures)._without(feed)
        has_trouble = failures[feed] >= FAILURES_BEFORE_NOTICE
        return rest.page(feed, trouble=FeedError(error.message, error.do)) if has_trouble else rest.page()

    def page(
        self,
        feed: str = "",
        parsed: ParsedPage | None = None,
        gaps: Iterable[Gap | None] = (),
        *,
        own_posts_current: bool = False,
        trouble: FeedError | None = None,
    ) -> FeedPage:
        """Return a page with this cursor. feed: whose notice ends with it, if it has no trouble."""
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
            own_posts_current=own_posts_current,
        )

    def dump(self) -> Json:
        """Return the cursor as JSON."""
        states = {feed: asdict(state) for feed, state in self.states.items()}
        stored = {"v": 1, "owner": self.owner, "todo": list(self.todo), "feeds": states}
        return {**stored, "failures": dict(self.failures), "read": self.read}

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

    feeds: those of this round, in their order; restore: a stored state as a value; begin: the state of a feed that was
    never read; begun: feeds that begin now, though they may be read only later. Our own posts are read in some rounds
    only, so their state is kept in all.
    """
    stored = cursor if cursor is not None and cursor.get("owner", "") == owner else {}
    known = {*feeds, *begun, OWN}
    states = {feed: begin(feed) for feed in (*feeds, *begun)}
    states |= {feed: restore(state) for feed, state in stored.get("feeds", {}).items() if feed in known}
    failures = {feed: count for feed, count in stored.get("failures", {}).items() if feed in known}
    todo = tuple(feed for feed in stored.get("todo", ()) if feed in feeds)
    return CursorState(todo or tuple(feeds), states, failures, stored.get("read", 0) if todo else 0, owner)


def read_next(
    state: CursorState[State],
    read: Callable[[CursorState[State], str], FeedPage],
    can_leave_out: Callable[[str, ReadFailed], bool],
    platform: str,
) -> FeedPage:
    """Return the page that `read` makes of the feed whose turn it is, or leave that feed out. Raises ReadFailed."""
    feed = state.next_feed
    try:
        return read(state, feed)
    except ReadFailed as error:
        if not can_leave_out(feed, error):
            raise
        log.warning("%s: %s is left out of this round: %s", platform, feed, error.message)
        return state.leave_out(feed, error)


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
