"""How far a feed was read. A walk pages from the newest post down to known ground; only then does the high water move.

X indexes late and out of order, so a walk goes on below the high water: it ends on the first page that holds nothing
above it, and once an hour goes on through all that X lists, six hours at most. What comes twice drops out by its id.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from listener.model import Gap, Json
from listener.platforms.kit.cursor import PageKeys, is_due
from listener.platforms.x.ids import at, before, highest, is_id, lowest, made, number

OVERLAP, DEEP_OVERLAP = timedelta(hours=1), timedelta(hours=6)
DEEP_EVERY = timedelta(hours=1)
SEARCH_WINDOW = timedelta(days=6, hours=23)  # X keeps seven days and refuses an older since_id
REACH = 800  # posts: the mentions feed ends there in silence
FRESH = timedelta(minutes=5)  # a walk that took longer was interrupted, and that end may have overtaken it
_EMPTY_MOST = 10  # empty pages with a token in a row
_REBUILDS = 2  # times a refused since_id is raised in one walk
_MARGIN = timedelta(minutes=10)  # the floor that X names moves on while we answer


@dataclass(frozen=True, slots=True)
class PageScan:
    """One under way. token: the next page; floor: since_id of every page; extra: pages with nothing new so far."""

    floor: str = ""
    token: str | None = None
    first: str = ""
    oldest: str = ""
    opened: str = ""  # the instant it began, as an id
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
    """A feed's state. begin: posts up to it are older than the first run; high: newest of the last complete walk.

    clear: the instant that walk began, as an id: a quiet feed is known up to there though its high water is old.
    """

    begin: str = ""
    high: str = ""
    clear: str = ""
    deep_at: str = ""
    walk: PageScan | None = None

    @classmethod
    def load(cls, raw: Json) -> "FeedState":
        """From the cursor's JSON."""
        return cls(**{**raw, "walk": PageScan(**raw["walk"]) if raw["walk"] else None})

    @property
    def known(self) -> str:
        """The newest id up to which this feed was read, less what may still be indexed late."""
        return highest(self.begin, self.high, before(self.clear, OVERLAP))


def begun(track: FeedState, feed: str, now: datetime) -> tuple[FeedState, Gap | None]:
    """The track with a walk under way: the old one, or a new one down to the high water less the overlap.

    A search cannot go back further than seven days: what lies below is a gap.
    """
    if track.walk:
        return track, None
    deep = _deep_due(track, now)
    floor = highest(track.begin, _known_less_overlap(track, deep, now))
    most = 1 + (_deep_pages(feed) if deep else 0)
    gap = None
    if feed.startswith("search:") and number(floor) < number(at(now - SEARCH_WINDOW)):
        floor, gap = _raised(track, feed, floor, at(now - SEARCH_WINDOW))
    return replace(track, walk=PageScan(floor=floor, most=most, deep=deep, opened=at(now))), gap


def _known_less_overlap(track: FeedState, deep: bool, now: datetime) -> str:
    """A deep walk stops an hour before midnight UTC: what is listed again on another day is billed again."""
    near = before(track.high, OVERLAP)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    far = highest(before(track.high, DEEP_OVERLAP), at(midnight - OVERLAP))
    return min(near, far, key=number) if deep else near


def _deep_pages(feed: str) -> int:
    return {"mentions": 7, "own": 0}.get(feed, 1)


def _deep_due(track: FeedState, now: datetime) -> bool:
    """A first run goes deep by itself."""
    return bool(track.high) and is_due(track.deep_at, DEEP_EVERY, now)


def _raised(track: FeedState, feed: str, floor: str, least: str) -> tuple[str, Gap | None]:
    """A floor that X takes, and the gap if known ground lies below it. Without any floor X starts there by itself."""
    if not track.known:
        return "", None
    if number(track.known) >= number(least):
        return least, None
    return least, Gap(feed, track.known, least, "X's search keeps seven days: what came before could not be read")


def rebuilt(track: FeedState, feed: str, least: str) -> tuple[FeedState, Gap | None]:
    """After X refused our since_id: the walk again from a floor that it takes, with the gap below that.

    When raising does not help, the walk goes on without a floor: X then begins at its window's start.
    """
    walk = track.walk or PageScan()
    least = before(least, -_MARGIN)
    if walk.rebuilds >= _REBUILDS or number(walk.floor) >= number(least):
        return replace(track, walk=replace(walk, floor="", token=None)), None
    _, gap = _raised(track, feed, walk.floor, least)
    walk = replace(walk, floor=least, token=None, rebuilds=walk.rebuilds + 1)
    return replace(track, walk=walk), gap if walk.rebuilds == 1 else None


def restarted(track: FeedState) -> FeedState:
    """Without the walk under way: the next one begins at the top, the high water stays."""
    return replace(track, walk=None)


def stepped(track: FeedState, feed: str, seen: PageKeys, now: datetime) -> tuple[FeedState, bool, Gap | None]:
    """The track after a page, whether the feed's turn is over, and the gap if X's reach ended above known ground."""
    walk = _grown(track, seen)
    ended = seen.token is None
    if not ended and (walk.empty >= _EMPTY_MOST or seen.token == (track.walk or walk).token):
        return replace(track, walk=None), True, None  # X leads in a circle: nothing is settled, walk anew next time
    if ended and _overtaken(track, feed, walk, now) and not walk.again:
        anew = PageScan(floor=walk.floor, most=walk.most, deep=walk.deep, opened=at(now), again=True)
        return replace(track, walk=anew), False, None
    if ended or walk.extra >= walk.most:
        done = replace(track, high=highest(track.high, walk.first), clear=walk.opened, walk=None)
        return _dated(done, walk, now), True, _cut_off(track, feed, walk, now) if ended else None
    return replace(track, walk=walk), feed == "own" and bool(track.clear), None  # one page a turn, once caught up


def _grown(track: FeedState, seen: PageKeys) -> PageScan:
    walk = track.walk or PageScan()
    above = any(number(one) > number(track.high) for one in seen.keys)
    return replace(
        walk,
        token=seen.token,
        first=highest(walk.first, *seen.keys),
        oldest=lowest(walk.oldest, *seen.keys),
        listed=walk.listed + len(seen.keys),
        slots=walk.slots + seen.size,
        extra=walk.extra + (bool(seen.keys) and not above),
        empty=0 if seen.keys else walk.empty + 1,
    )


def _dated(track: FeedState, walk: PageScan, now: datetime) -> FeedState:
    """A walk that went deep, and the first one of all, put the next deep one an hour off."""
    first = not track.deep_at
    return replace(track, deep_at=now.isoformat()) if walk.deep or first else track


def _overtaken(track: FeedState, feed: str, walk: PageScan, now: datetime) -> bool:
    """An interrupted walk that did not meet known ground: mentions that came meanwhile moved the end of X's list."""
    above = bool(walk.oldest) and number(walk.oldest) > number(highest(track.high, track.begin))
    return feed == "mentions" and above and not timedelta(0) <= now - made(walk.opened) < FRESH


def _cut_off(track: FeedState, feed: str, walk: PageScan, now: datetime) -> Gap | None:
    """The gap when X's list of mentions was used up before known ground was met.

    Pages with room for 800 may have been the whole list, or all of it that X tells with deleted posts left out: nobody
    can tell, so the gap is told.
    """
    known = highest(track.high, track.begin)
    used_up = walk.slots >= REACH or _overtaken(track, feed, walk, now)
    if feed != "mentions" or not used_up or not walk.oldest or number(walk.oldest) <= number(known):
        return None
    since = f"between {known} and" if known else "before"
    message = f"X lists no more than {REACH} mentions at a time: any {since} {walk.oldest} could not be read"
    return Gap(feed, known, walk.oldest, message)


def as_ids(items: Sequence[Any]) -> list[str]:
    """The readable ids of a page's items."""
    return [item["id"] for item in items if isinstance(item, dict) and is_id(item.get("id"))]
