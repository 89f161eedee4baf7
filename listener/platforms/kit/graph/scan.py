"""How far posts and their comments were read. Pure.

There is no list of all comments of an account, only posts, each with the number of its comments and, on Facebook, the
newest ones. A round reads the newest posts. A comment that is newer than what is known of its post is read down to
known ground. Every now and then a full round goes through all watched posts, and where a number has grown by more than
was read, the post is read to its end: that finds what was listed late, or among old answers. Once a day a full round is
deep and reads every post to its end, because what is deleted and what is added may cancel out in the number.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from listener.model import Json
from listener.platforms.kit.cursor import is_due
from listener.platforms.kit.graph.listing import stamp

OVERLAP = timedelta(minutes=15)  # comments that are listed late, near the newest
LIVELY = timedelta(days=7)  # a post with a comment of these days may get another answer to it
DEEP_EVERY = timedelta(days=1)
SLACK = 100  # posts remembered beyond those that are watched
REPLIES = "replies:"  # before a comment's id: a list of answers by itself, in any order
POSTS = "posts"  # the list of posts among what was refused
PAGES = 50  # fingerprints kept of a walk's pages


@dataclass(frozen=True, slots=True)
class Item:
    """A post as a page lists it. total: of its comments, None where it is not told; times: of the newest, newest first.

    is_whole: `times` are all there are. Times as sortable text in UTC.
    """

    id: str
    total: int | None
    times: Sequence[str] = ()
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Walk:
    """Through the comments of a post. token: of its next page; floor: it ends below this time; whole: at the end alone.

    total: comments as the post's page told; top: the newest met; fresh: how many were newer than what was known; pages:
    fingerprints of those that were read.
    """

    post: str
    total: int
    floor: str = ""
    whole: bool = False
    token: str = ""
    top: str = ""
    fresh: int = 0
    pages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedState:
    """A feed's state. begin: what is older came before the first run; posts: post -> comments read, time of the newest.

    todo: (post, number of its comments, whether to its end) still to be read in this turn; token: of the next page of
    posts; full, deep: what sort of round this turn is; listed: posts met in it; pages: fingerprints of its pages;
    full_at, deep_at: when the last one ended; cut: posts below those watched exist; refused: posts whose
    comments Meta refused to list, until they are read.
    """

    begin: str = ""
    posts: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    todo: tuple[tuple[str, int, bool], ...] = ()
    walk: Walk | None = None
    token: str = ""
    full: bool = False
    deep: bool = False
    listed: int = 0
    pages: tuple[str, ...] = ()
    full_at: str = ""
    deep_at: str = ""
    cut: bool = False
    refused: tuple[str, ...] = ()

    @classmethod
    def load(cls, raw: Json) -> "FeedState":
        """From the cursor's JSON."""
        walk = raw.get("walk")
        return cls(
            **{
                **raw,
                "posts": {post: (int(known[0]), str(known[1])) for post, known in raw["posts"].items()},
                "todo": tuple((str(post), int(total), bool(whole)) for post, total, whole in raw["todo"]),
                "walk": Walk(**{**walk, "pages": tuple(walk["pages"])}) if walk else None,
                "pages": tuple(raw["pages"]),
                "refused": tuple(raw["refused"]),
            }
        )

    @property
    def is_over(self) -> bool:
        """True when the feed's turn has ended."""
        return not (self.walk or self.todo or self.token)


def begin_turn(state: FeedState, every: timedelta, now: datetime) -> FeedState:
    """Return the state in which a turn reads its next page: a new turn may be a full round."""
    if state.walk is None and state.todo:
        post, total, whole = state.todo[0]
        floor = state.begin if whole else _ground(state, state.posts.get(post, (0, ""))[1])
        floor = "" if post.startswith(REPLIES) else floor
        return replace(state, todo=state.todo[1:], walk=Walk(post, total, floor, whole))
    if state.walk or state.token:
        return state
    is_full = is_due(state.full_at, every, now)
    return replace(state, full=is_full, deep=is_full and is_due(state.deep_at, DEEP_EVERY, now), listed=0, pages=())


def step_posts(state: FeedState, items: Sequence[Item], token: str | None, watched: int, now: datetime) -> FeedState:
    """Return the state after a page of posts."""
    lively = stamp(now - LIVELY)
    for item in items:
        state = _assess(state, item, lively)
    mark, listed = _fingerprint([item.id for item in items]), state.listed + len(items)
    is_cut = bool(token) and listed >= watched
    goes_on = state.full and not is_cut and mark not in state.pages  # paging that repeats itself ends
    state = replace(
        state,
        posts=dict(list(state.posts.items())[-(watched + SLACK) :]),
        listed=listed,
        pages=(*state.pages, mark)[-PAGES:],
        token=(token or "") if goes_on else "",
        cut=is_cut if state.full and (is_cut or not token) else state.cut,
    )
    return end_turn(state, now)


def step_comments(
    state: FeedState,
    times: Sequence[str],
    ids: Sequence[str],
    token: str | None,
    now: datetime,
    replies: Sequence[str] = (),
) -> tuple[FeedState, bool]:
    """Return the state after a page of the comments of the post under way, newest first.

    replies: times of answers that stand inside of them, in any order. The second value is True where the paging
    repeated itself, so that older comments cannot be read.
    """
    walk = state.walk
    if walk is None:
        return state, False
    known, mark = state.posts.get(walk.post, (0, ""))[1], _fingerprint(ids)
    is_repeated = mark in walk.pages
    fresh = 0 if is_repeated else sum(moment > known for moment in (*times, *replies))
    pages = (*walk.pages, mark)[-PAGES:]
    walk = replace(
        walk, token=token or "", top=max((walk.top, *times, *replies)), fresh=walk.fresh + fresh, pages=pages
    )
    has_passed = bool(walk.floor) and bool(times) and min(times) < walk.floor
    if token and not is_repeated and not has_passed:
        return replace(state, walk=walk), False
    state = _settle(replace(state, walk=None), walk, at_end=not token and bool(ids))
    return end_turn(state, now), is_repeated and bool(ids)


def end_turn(state: FeedState, now: datetime) -> FeedState:
    """Return the state; a full round that has read everything has ended."""
    if not (state.full and state.is_over):
        return state
    deep_at = now.isoformat() if state.deep else state.deep_at
    return replace(state, full=False, deep=False, full_at=now.isoformat(), deep_at=deep_at)


def drop(state: FeedState, now: datetime) -> FeedState:
    """Return the state without the post under way, which is gone. What is known stays."""
    return end_turn(replace(state, walk=None), now)


def refuse(state: FeedState, now: datetime) -> tuple[FeedState, bool]:
    """Return the state after what was under way was refused: it begins anew in the next turn.

    The second value is True where that happens to it for the second time, so that it cannot be read.
    """
    name = state.walk.post if state.walk else POSTS
    is_second = name in state.refused
    rest = tuple(post for post in state.refused if post != name)
    stopped = replace(state, walk=None, token=state.token if state.walk else "", refused=(*rest, name)[-PAGES:])
    return end_turn(stopped, now), is_second


def _assess(state: FeedState, item: Item, lively: str) -> FeedState:
    """Keep what a post's line shows; queue the post where it does not show all that is new.

    Where a line shows no comments and its number may leave out answers, a full round looks at posts with a comment
    newer than `lively`.
    """
    settled, newest = state.posts.get(item.id, (0, ""))
    fresh, top = sum(moment > newest for moment in item.times), max((newest, *item.times))
    total = item.total if item.total is not None else settled + fresh
    if item.is_whole and (item.times or not total):
        return _know(state, item.id, total, top)
    if item.is_whole or (state.deep and total):  # nothing of many proves nothing
        return queue(state, item.id, total, whole=True) if state.full else state
    if not item.times or min(item.times) >= _ground(state, newest):  # known ground is not in sight
        has_more = total > settled or bool(fresh) or item.total is None
        has_more = has_more or (state.full and not item.times and newest > lively)
        return queue(state, item.id, total, whole=False) if has_more else _know(state, item.id, total, top)
    if total <= settled + fresh:
        return _know(state, item.id, total, top)
    state = _know(state, item.id, settled + fresh, top)
    return queue(state, item.id, total, whole=True) if state.full else state


def _settle(state: FeedState, walk: Walk, *, at_end: bool) -> FeedState:
    """Keep what a walk has read. One that met nothing proves nothing: then the post is read again."""
    settled, newest = state.posts.get(walk.post, (0, ""))
    if at_end or (walk.whole and walk.top):
        return _know(state, walk.post, walk.total, max(newest, walk.top))
    if not walk.top:
        return state
    if walk.total <= settled + walk.fresh:
        return _know(state, walk.post, walk.total, max(newest, walk.top))
    state = _know(state, walk.post, settled + walk.fresh, max(newest, walk.top))
    return queue(state, walk.post, walk.total, whole=True) if state.full else state


def _ground(state: FeedState, newest: str) -> str:
    """Return the time below which all is known."""
    if not newest:
        return state.begin
    return max(state.begin, stamp(datetime.fromisoformat(newest) - OVERLAP))


def _know(state: FeedState, post: str, total: int, newest: str) -> FeedState:
    """Keep it as the last one met: the first ones are forgotten when there are too many."""
    others = {name: known for name, known in state.posts.items() if name != post}
    refused = tuple(name for name in state.refused if name != post)
    return replace(state, posts={**others, post: (total, newest)}, refused=refused)


def queue(state: FeedState, post: str, total: int, *, whole: bool) -> FeedState:
    """Return the state with this post to be read in this turn. whole: to its end."""
    waiting = tuple(row for row in state.todo if row[0] != post)
    return replace(state, todo=(*waiting, (post, total, whole)))


def _fingerprint(ids: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(ids).encode("utf-8", "surrogatepass")).hexdigest()[:8]
