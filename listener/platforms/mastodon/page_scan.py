"""How far a feed was read. Pure.

Ids are made before they are listed, so a bare high-water mark misses some: a page begins OVERLAP ids below the newest
one known, and once an hour DEEP ids below it. What comes twice drops out by its id.

A server that keeps to `min_id` is read forward, so the oldest comes first and no state can be lost on the way. One that
ignores it, and every first run, is read down from the newest post to known ground; only then is that settled.

Some servers list only their newest items (snac: 64). Where more came, a walk meets nothing known: a hole. Also between
two pages of one walk, for hours may lie between them: each page forward begins ANCHORS ids below what it continues.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from listener.model import Json
from listener.platforms.kit.cursor import is_due

OVERLAP, DEEP = 40, 200  # ids; measured: a lag of 10 was enough at 37 mentions a second
ANCHORS = 5  # ids; so many are unlikely to be deleted at once
DEEP_EVERY = timedelta(hours=1)
FEW = 20  # ids; no server lists so few: where all known ones are gone from a shorter list, they were deleted


@dataclass(frozen=True, slots=True)
class FeedState:
    """A feed's state. begin: what is older than this instant is not ours to answer ("": nothing is).

    seen: the newest ids known, newest first. Of a walk that is under way: up: its next page continues above this id;
    down: below this one; fresh: the ids it has met so far; deep: it began at the deeper ground. blank: walks down in a
    row that ended before known ground was met; deep_at: when the last deep one ended.
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


def begin_scan(state: FeedState, now: datetime) -> FeedState:
    """Return the state with a walk under way: the old one, or a new one, which is deep once an hour."""
    return state if state.up or state.down else replace(state, deep=is_due(state.deep_at, DEEP_EVERY, now), fresh=())


def floor(state: FeedState) -> str:
    """Return the id of known ground; "" where less is known than is to be read again: read to the end then."""
    depth = DEEP if state.deep else OVERLAP
    return state.seen[depth - 1] if len(state.seen) >= depth else ""


def bounds(state: FeedState) -> dict[str, str]:
    """Return the parameter that bounds the next page."""
    if state.down:
        return {"max_id": state.down}
    bound = _lower_bound(state)
    return {"min_id": bound} if bound else {}


def _lower_bound(state: FeedState) -> str:
    """Return the id above which the next page begins; "" where it begins at the newest."""
    if state.up not in state.seen:
        return state.up or floor(state)
    return state.seen[min(state.seen.index(state.up) + ANCHORS, len(state.seen) - 1)]


def step(state: FeedState, listed: Listed, now: datetime) -> tuple[FeedState, bool]:
    """Return the state after a page, and whether the feed's turn is over."""
    bound = _lower_bound(state)
    forward = bool(bound) and not state.down and all(key(item_id) > key(bound) for item_id in listed.ids)
    return _step_up(state, listed, now) if forward else _step_down(replace(state, up=""), listed, now)


def hole(before: FeedState, after: FeedState, listed: Listed) -> tuple[str, str] | None:
    """Return the newest known id and the lowest id listed above it, if what lay between has left the list."""
    lowest = min(listed.ids, key=key, default="")
    if before.up:
        return _apart(before.up, lowest, listed.ids)
    if before.down and before.fresh and key(lowest) > key(before.fresh[0]):
        return _apart(before.fresh[0], lowest, listed.ids)  # max_id is ignored, and so many came since the last page
    if not before.seen or (not after.up and (after.down or after.blank)):
        return None  # nothing is known, or the walk goes on and may meet what is
    lowest = min([*listed.ids, *filter(None, [before.down])], key=key, default="")
    return _apart(before.seen[0], lowest, _merge(before.fresh if before.down else (), listed.ids))


def _apart(known: str, lowest: str, met: Sequence[str]) -> tuple[str, str] | None:
    """Return both ids, if more lies above the known id than a list that merely lost deleted posts would hold."""
    return (known, lowest) if len(met) >= FEW and key(lowest) > key(known) else None


def _step_up(state: FeedState, listed: Listed, now: datetime) -> tuple[FeedState, bool]:
    """min_id was kept to. The turn is over when a page brings nothing new and nothing known lies above it."""
    highest, seen = max(listed.ids, key=key, default=""), _merge(state.seen, listed.ids)
    new = not set(listed.ids) <= set(state.seen)
    if highest and highest != state.up and (new or key(highest) < key(state.seen[0])):
        return replace(state, seen=seen, up=highest), False
    return replace(_end(state, now), seen=seen), True


def _step_down(state: FeedState, listed: Listed, now: datetime) -> tuple[FeedState, bool]:
    fresh = _merge(state.fresh if state.down else (), listed.ids)
    lowest = min(listed.ids, key=key, default="")
    stuck = bool(state.down) and bool(lowest) and key(lowest) >= key(state.down)  # max_id is ignored too
    if lowest and not stuck and not _has_reached(state, listed, lowest):
        return replace(state, fresh=fresh, down=lowest), False
    if not lowest and state.down and not state.blank:  # perhaps a mistake: once more from the top
        return replace(state, fresh=(), down="", blank=1), True
    return replace(_end(state, now), seen=_merge(state.seen, fresh)), True


def _has_reached(state: FeedState, listed: Listed, lowest: str) -> bool:
    if ground := floor(state):
        return key(lowest) <= key(ground)
    return bool(state.begin) and listed.oldest is not None and listed.oldest < datetime.fromisoformat(state.begin)


def _merge(seen: Sequence[str], ids: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({*seen, *ids}, key=key, reverse=True)[:DEEP])


def _end(state: FeedState, now: datetime) -> FeedState:
    """Return the state without a walk under way."""
    deep_at = now.isoformat() if state.deep else state.deep_at
    return replace(state, up="", down="", fresh=(), deep=False, blank=0, deep_at=deep_at)
