"""How far a feed was read. Pure.

Ids are made before they are listed, so a bare high-water mark misses some: a page begins OVERLAP ids below the newest
one known, and once an hour DEEP ids below it. What comes twice drops out by its id.

A server that keeps to `min_id` is read forward, so the oldest comes first and no state can be lost on the way. One that
ignores it (snac), and every first run, is read down from the newest post to known ground; only then is that settled.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from listener.model import Json
from listener.platforms.kit.cursor import is_due

OVERLAP, DEEP = 40, 200  # ids; measured: a lag of 10 was enough at 37 mentions a second
DEEP_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class FeedState:
    """A feed's state. begin: what is older than this instant is not ours to answer ("": nothing is).

    seen: the newest ids known, newest first. Of a walk that is under way: up: its next page lies above this id; down:
    below this one; fresh: the ids it has met so far; deep: it began at the deeper ground. blank: walks down in a row
    that ended before known ground was met; deep_at: when the last deep one ended.
    """

    begin: str = ""
    seen: tuple[str, ...] = ()
    up: str = ""
    down: str = ""
    fresh: tuple[str, ...] = ()
    deep: bool = False
    blank: int = 0
    deep_at: str = ""

    @classmethod
    def load(cls, raw: Json) -> "FeedState":
        """From the cursor's JSON."""
        return cls(**{**raw, "seen": tuple(raw["seen"]), "fresh": tuple(raw["fresh"])})


@dataclass(frozen=True, slots=True)
class Listed:
    """What a page held: its ids, newest first as the server has them, and the oldest item's time."""

    ids: Sequence[str]
    oldest: datetime | None


def key(item_id: str) -> tuple[int, str]:
    """Ids in their order: numbers of different lengths, and ULIDs, which are all as long."""
    return len(item_id), item_id


def begun(track: FeedState, now: datetime) -> FeedState:
    """The track with a walk under way: the old one, or a new one, which is deep once an hour."""
    return track if track.up or track.down else replace(track, deep=is_due(track.deep_at, DEEP_EVERY, now), fresh=())


def floor(track: FeedState) -> str:
    """Known ground; "" where less is known than what is to be read again: then the list is read to its end."""
    depth = DEEP if track.deep else OVERLAP
    return track.seen[depth - 1] if len(track.seen) >= depth else ""


def bounds(track: FeedState) -> dict[str, str]:
    """Return the parameter that bounds the next page."""
    if track.down:
        return {"max_id": track.down}
    bound = track.up or floor(track)
    return {"min_id": bound} if bound else {}


def stepped(track: FeedState, listed: Listed, now: datetime) -> tuple[FeedState, bool]:
    """The track after a page, and whether the feed's turn is over."""
    bound = track.up or floor(track)
    forward = bool(bound) and not track.down and all(key(item_id) > key(bound) for item_id in listed.ids)
    return _upward(track, listed, now) if forward else _downward(replace(track, up=""), listed, now)


def _upward(track: FeedState, listed: Listed, now: datetime) -> tuple[FeedState, bool]:
    """min_id was kept to. The turn is over when a page brings nothing new and nothing known lies above it."""
    highest = max(listed.ids, key=key, default="")
    new = not set(listed.ids) <= set(track.seen)
    if highest and (new or key(highest) < key(track.seen[0])):
        return replace(track, seen=_merged(track.seen, listed.ids), up=highest), False
    return _ended(track, now), True


def _downward(track: FeedState, listed: Listed, now: datetime) -> tuple[FeedState, bool]:
    fresh = _merged(track.fresh if track.down else (), listed.ids)
    lowest = min(listed.ids, key=key, default="")
    stuck = bool(track.down) and bool(lowest) and key(lowest) >= key(track.down)  # max_id is ignored too
    if lowest and not stuck and not _reached(track, listed, lowest):
        return replace(track, fresh=fresh, down=lowest), False
    if not lowest and track.down and not track.blank:  # perhaps a mistake: once more from the top
        return replace(track, fresh=(), down="", blank=1), True
    return replace(_ended(track, now), seen=_merged(track.seen, fresh)), True


def _reached(track: FeedState, listed: Listed, lowest: str) -> bool:
    if ground := floor(track):
        return key(lowest) <= key(ground)
    return bool(track.begin) and listed.oldest is not None and listed.oldest < datetime.fromisoformat(track.begin)


def _merged(seen: Sequence[str], ids: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({*seen, *ids}, key=key, reverse=True)[:DEEP])


def _ended(track: FeedState, now: datetime) -> FeedState:
    """Without a walk under way."""
    deep_at = now.isoformat() if track.deep else track.deep_at
    return replace(track, up="", down="", fresh=(), deep=False, blank=0, deep_at=deep_at)
