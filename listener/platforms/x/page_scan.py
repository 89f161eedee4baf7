"""How far a feed was read. A walk pages from the newest post down to known ground; only then does the high water move.

X indexes late and out of order, so a walk goes on below the high water: it ends on the first page that holds nothing
above it, and once an hour goes on through all that X lists, six hours at most. What comes twice drops out by its id.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from listener.feed_page import Gap
from listener.model import Json
from listener.platforms.kit.cursor import PageKeys, is_due
from listener.platforms.x.ids import earlier_id, highest, id_at, is_id, lowest, number, time_of_id

OVERLAP, DEEP_OVERLAP = timedelta(hours=1), timedelta(hours=6)
DEEP_EVERY = timedelta(hours=1)
SEARCH_WINDOW = timedelta(days=6, hours=23)  # X keeps seven days and refuses an older since_id
REACH = 800  # posts: the mentions feed ends there in silence
FRESH = timedelta(minutes=5)  # a walk that took longer was interrupted, and that end may have overtaken it
_EMPTY_MOST = 10  # empty pages with a token in a row
_REBUILDS = 2  # times a refused since_id is raised in one walk
_IN_CALL = timedelta(seconds=1)  # from when a page is booked until X makes its list
_MARGIN = timedelta(minutes=10)  # the floor that X names moves on while we answer


@dataclass(frozen=True, slots=True)
class PageScan:
    """One under way. token: the next page; floor: since_id of every page; extra: pages with nothing new so far."""

    floor: str = ""
    token: str | None = None
    first: str = ""
    oldest: str = ""
    opened: str = ""  # the instant it began, as an id
    until: str = ""  # the newest id that is asked for, when a page was lost before
    listed: int = 0
    slots: int = 0  # posts the pages had room for: X leaves out deleted ones
    extra: int = 0
    empty: int = 0
    most: int = 1  # pages with nothing new before it ends
    deep: bool = False
    rebuilds: int = 0
    again: bool = False  # the second one, after an interrupted one


@dataclass(frozen=True, slots=True)
class FeedState:
    """A feed's state. begin: posts up to it are older than the first run; high: newest of the last complete scan.

    clear: the instant that walk began, as an id: a quiet feed is known up to there though its high water is old.
    """

    begin: str = ""
    high: str = ""
    clear: str = ""
    deep_at: str = ""
    scan: PageScan | None = None

    @classmethod
    def load(cls, raw: Json) -> "FeedState":
        """From the cursor's JSON."""
        return cls(**{**raw, "scan": PageScan(**raw["scan"]) if raw["scan"] else None})

    @property
    def known(self) -> str:
        """The newest id up to which this feed was read, less what may still be indexed late."""
        return highest(self.begin, self.high, earlier_id(self.clear, OVERLAP))


def begin_scan(
    state: FeedState, feed: str, now: datetime, lost_at: datetime | None = None
) -> tuple[FeedState, Gap | None]:
    """Return the state with a walk under way: the old one, or a new one down to the high water less the overlap.

    A search cannot go back further than seven days: what lies below is a gap. lost_at: when a page of this feed was
    lost; it is asked for again as it was then, because X has billed those posts already, and newer ones come next time.
    """
    if state.scan:
        return state, None
    deep = _is_deep_due(state, now)
    floor = highest(state.begin, _subtract_overlap(state, deep, now))
    most = 1 + (_deep_pages(feed) if deep else 0)
    gap = None
    if feed.startswith("search:") and number(floor) < number(id_at(now - SEARCH_WINDOW)):
        floor, gap = _raise_floor(state, feed, floor, id_at(now - SEARCH_WINDOW))
    until = id_at(lost_at + _IN_CALL) if lost_at else ""
    until = until if number(until) > number(floor) else ""
    scan = PageScan(floor=floor, most=most, deep=deep, opened=id_at(lost_at if until and lost_at else now), until=until)
    return replace(state, scan=scan), gap


def _subtract_overlap(state: FeedState, deep: bool, now: datetime) -> str:
    """A deep walk stops an hour before midnight UTC: what is listed again on another day is billed again."""
    near = earlier_id(state.high, OVERLAP)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    far = highest(earlier_id(state.high, DEEP_OVERLAP), id_at(midnight - OVERLAP))
    return min(near, far, key=number) if deep else near


def _deep_pages(feed: str) -> int:
    return {"mentions": 7, "own": 0}.get(feed, 1)


def _is_deep_due(state: FeedState, now: datetime) -> bool:
    """A first run goes deep by itself."""
    return bool(state.high) and is_due(state.deep_at, DEEP_EVERY, now)


def _raise_floor(state: FeedState, feed: str, floor: str, least: str) -> tuple[str, Gap | None]:
    """Return a floor that X takes, and the gap if known ground lies below it. Without a floor X starts there."""
    if not state.known:
        return "", None
    if number(state.known) >= number(least):
        return least, None
    return least, Gap(feed, state.known, least, "X's search keeps seven days: what came before could not be read")


def rebuild(state: FeedState, feed: str, least: str) -> tuple[FeedState, Gap | None]:
    """After X refused our since_id: the walk again from a floor that it takes, with the gap below that.

    When raising does not help, the walk goes on without a floor: X then begins at its window's start.
    """
    scan = state.scan or PageScan()
    least = earlier_id(least, -_MARGIN)
    if scan.rebuilds >= _REBUILDS or number(scan.floor) >= number(least):
        return replace(state, scan=replace(scan, floor="", token=None)), None
    _, gap = _raise_floor(state, feed, scan.floor, least)
    scan = replace(scan, floor=least, token=None, rebuilds=scan.rebuilds + 1)
    return replace(state, scan=scan), gap if scan.rebuilds == 1 else None


def unbound(state: FeedState) -> FeedState:
    """Return the state with the walk under way reaching up to the newest post again."""
    return replace(state, scan=replace(state.scan or PageScan(), until=""))


def restart(state: FeedState) -> FeedState:
    """Return the state without the walk under way: the next one begins at the top, the high water stays."""
    return replace(state, scan=None)


def step(state: FeedState, feed: str, seen: PageKeys, now: datetime) -> tuple[FeedState, bool, Gap | None]:
    """Return the state after a page, whether the feed's turn is over, and the gap if X's list ended too early."""
    scan = _grow(state, seen)
    ended = seen.token is None
    if not ended and (scan.empty >= _EMPTY_MOST or seen.token == (state.scan or scan).token):
        return replace(state, scan=None), True, None  # X leads in a circle: begin anew next time
    if ended and _is_overtaken(state, feed, scan, now) and not scan.again:
        anew = PageScan(floor=scan.floor, most=scan.most, deep=scan.deep, opened=id_at(now), again=True)
        return replace(state, scan=anew), False, None
    if ended or scan.extra >= scan.most:
        done = replace(state, high=highest(state.high, scan.first), clear=scan.opened, scan=None)
        return _date_deep(done, scan, now), True, _find_gap(state, feed, scan, now) if ended else None
    is_caught_up = feed == "own" and bool(state.clear)  # then one page a turn
    return replace(state, scan=scan), is_caught_up, None


def is_current(before: FeedState, after: FeedState, keys: Sequence[str]) -> bool:
    """Return whether a page showed all that X lists by now: it began at the newest post and met known ground.

    before, after: the state with the walk under way, and after the page. A later page, and one that an upper bound
    holds below what is newest, show nothing of what came meanwhile.
    """
    scan = before.scan or PageScan()
    if scan.until or scan.token:
        return False
    return after.scan is None or any(number(post_id) <= number(before.high) for post_id in keys)


def _grow(state: FeedState, seen: PageKeys) -> PageScan:
    scan = state.scan or PageScan()
    above = any(number(post_id) > number(state.high) for post_id in seen.keys)
    return replace(
        scan,
        token=seen.token,
        first=highest(scan.first, *seen.keys),
        oldest=lowest(scan.oldest, *seen.keys),
        listed=scan.listed + len(seen.keys),
        slots=scan.slots + seen.size,
        extra=scan.extra + (bool(seen.keys) and not above),
        empty=0 if seen.keys else scan.empty + 1,
    )


def _date_deep(state: FeedState, scan: PageScan, now: datetime) -> FeedState:
    """A walk that went deep, and the first one of all, put the next deep one an hour off."""
    first = not state.deep_at
    return replace(state, deep_at=now.isoformat()) if scan.deep or first else state


def _is_overtaken(state: FeedState, feed: str, scan: PageScan, now: datetime) -> bool:
    """An interrupted walk that did not meet known ground: mentions that came meanwhile moved the end of X's list."""
    above = bool(scan.oldest) and number(scan.oldest) > number(highest(state.high, state.begin))
    return feed == "mentions" and above and not timedelta(0) <= now - time_of_id(scan.opened) < FRESH


def _find_gap(state: FeedState, feed: str, scan: PageScan, now: datetime) -> Gap | None:
    """Return the gap when X's list of mentions was used up before known ground was met.

    Pages with room for 800 may have been the whole list, or all of it that X lists, with deleted posts left out:
    nobody can know, so a gap is reported.
    """
    known = highest(state.high, state.begin)
    used_up = scan.slots >= REACH or _is_overtaken(state, feed, scan, now)
    if feed != "mentions" or not used_up or not scan.oldest or number(scan.oldest) <= number(known):
        return None
    since = f"between {known} and" if known else "before"
    message = f"X lists no more than {REACH} mentions at a time: any {since} {scan.oldest} could not be read"
    return Gap(feed, known, scan.oldest, message)


def as_ids(items: Sequence[object]) -> list[str]:
    """Return the readable ids of a page's items."""
    return [item["id"] for item in items if isinstance(item, dict) and is_id(item.get("id"))]
