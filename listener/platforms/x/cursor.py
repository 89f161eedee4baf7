"""The cursor: the feeds still to be read in this round, and how far each was read. Plain JSON."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from listener.model import Json
from listener.platforms.x.ids import at
from listener.platforms.x.page_scan import FeedState
from listener.platforms.x.section import Section


@dataclass(frozen=True, slots=True)
class CursorState:
    """todo: feeds whose turn is still to come; tracks: feed -> how far it was read."""

    todo: tuple[str, ...]
    tracks: dict[str, FeedState]

    def dump(self) -> Json:
        """The cursor's JSON."""
        return {"v": 1, "todo": list(self.todo), "tracks": {feed: one.dump() for feed, one in self.tracks.items()}}

    def kept(self, feed: str, track: FeedState, *, over: bool) -> "CursorState":
        """The book with this feed's new track, and without its turn when that is over."""
        return replace(self.without(feed) if over else self, tracks={**self.tracks, feed: track})

    def without(self, feed: str) -> "CursorState":
        """The book with this feed's turn over."""
        return replace(self, todo=tuple(one for one in self.todo if one != feed))


def feeds(section: Section, *, own: bool) -> tuple[str, ...]:
    """The feeds of a round. The own timeline comes last, when the mentions that it may answer are stored."""
    searches = (f"search:{query.strip()}" for query in section.search)
    return ("mentions", *searches, *(("own",) if own else ()))


def load(cursor: Json | None, names: Sequence[str], section: Section, began: datetime) -> CursorState:
    """The book of a cursor. A feed it does not know begins where `start` says; one that is gone is forgotten.

    began: what "now" means to a new feed.
    """
    raw = cursor or {}
    tracks = {
        feed: FeedState.load(one) for feed, one in raw.get("tracks", {}).items() if feed in names or feed == "own"
    }
    for feed in {*names, "own"}:  # the own timeline begins with the first run, though it may be read only later
        tracks.setdefault(feed, FeedState(begin=_begin(section, began)))
    todo = tuple(feed for feed in raw.get("todo", ()) if feed in names)
    return CursorState(todo or tuple(names), tracks)


def _begin(section: Section, began: datetime) -> str:
    if section.start == "all":
        return ""
    return at(began if section.start == "now" else section.start)
