"""How far a feed was read. Bluesky lists newest first by a time that authors choose (min(createdAt, indexed)).

So "down to the last one seen" misses what was dated back. A round walks from the top to the high water less an
overlap, then patrols: one page further down than the round before, from the top again after the end.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from listener.feed_page import Gap
from listener.model import Json
from listener.platforms.bluesky.times import instant, stamp
from listener.platforms.kit.cursor import MENTIONS, PageKeys

OVERLAP = timedelta(minutes=15)  # clocks of phones, and rows that are listed late
_TICK = timedelta(milliseconds=1)  # how finely cursors tell times apart


@dataclass(frozen=True, slots=True)
class PageScan:
    """One under way. token: the cursor of its next page; floor: the instant it goes down to; first: the newest seen."""

    floor: str = ""
    token: str | None = None
    first: str = ""
    patrol: bool = False


@dataclass(frozen=True, slots=True)
class FeedState:
    """A feed's state, instants as text.

    begin: what is older came before the first run; high: the newest of the last complete walk; deep: the cursor at
    which the patrol goes on.
    """

    begin: str = ""
    high: str = ""
    deep: str | None = None
    scan: PageScan | None = None

    @classmethod
    def load(cls, raw: Json) -> "FeedState":
        """From the cursor's JSON."""
        scan = raw.get("scan")
        return cls(raw["begin"], raw["high"], raw.get("deep"), PageScan(**scan) if scan else None)


def begin_scan(state: FeedState) -> PageScan:
    """Return the walk under way, or a new one down to the high water less the overlap."""
    if state.scan:
        return state.scan
    high = instant(state.high)
    return PageScan(floor=max(state.begin, stamp(high - OVERLAP) if high else ""))


def restart(state: FeedState) -> FeedState:
    """Return the state without walk and patrol: the next walk begins at the top, the high water stays."""
    return replace(state, scan=None, deep=None)


def step(state: FeedState, feed: str, seen: PageKeys) -> tuple[FeedState, bool, Gap | None]:
    """Return the state after a page, whether the feed's turn is over, and the gap if rows of one time fill a page.

    The patrol of the mentions goes down to the end, for a new one may be dated back to before the first run. That of a
    search ends there: it may have no end.
    """
    scan = begin_scan(state)
    token, gap = _find_next(feed, scan.token, seen)
    below = token if feed == MENTIONS or not _has_passed(seen, state.begin) else None
    if scan.patrol:
        return replace(state, deep=below, scan=None), True, gap
    scan = replace(scan, token=token, first=max((scan.first, *seen.keys)))
    if token and not _has_passed(seen, scan.floor):
        return replace(state, scan=scan), False, gap
    deep = state.deep or below
    patrol = PageScan(token=deep, patrol=True) if deep else None
    return replace(state, high=max(state.high, scan.first), deep=deep, scan=patrol), patrol is None, gap


def _has_passed(seen: PageKeys, floor: str) -> bool:
    """Whether a page went below an instant; its cursor tells it too, where it is one, also of rows left out."""
    moment = instant(seen.token)
    return min((*seen.keys, *([stamp(moment)] if moment else [])), default=floor) < floor


def _find_next(feed: str, used: str | None, seen: PageKeys) -> tuple[str | None, Gap | None]:
    """Return the cursor of the next page, and the gap that it leaves.

    Bluesky's own cursor excludes rows of the very instant it names, though the page may have ended among them: it is
    moved up by a tick, so that they are listed again.
    """
    moment = instant(seen.token)
    if seen.token is None or seen.token == used:  # the end, or Bluesky leads in a circle
        return None, None
    if moment is None:  # a cursor of another make
        return seen.token, None
    token, before = stamp(moment + _TICK), instant(used)
    if before is None or token < stamp(before):
        return token, None
    if len(seen.keys) < seen.size:
        return seen.token, None
    message = f"a page holds nothing but posts dated {seen.token}: of more than a page of them the rest cannot be read"
    return seen.token, Gap(feed, seen.token, stamp(before), message)
