"""One page of one feed: posts with the comments they show, or the comments of one post."""

import logging
from abc import ABC, abstractmethod
from datetime import datetime, timedelta

from listener.errors import ReadFailed
from listener.feed_page import FeedError, FeedPage, Gap
from listener.platforms.kit.cursor import MENTIONS, CursorState
from listener.platforms.kit.graph import scan
from listener.platforms.kit.graph.client import Graph
from listener.platforms.kit.graph.listing import Params, after, data, ids, times
from listener.platforms.kit.graph.scan import FeedState, Item
from listener.platforms.kit.items import ParsedPage
from listener.platforms.kit.values import Untrusted

log = logging.getLogger(__name__)

EMPTY = (
    "there are {total} comments, and none is listed: a permission is missing, the app is in Development mode and"
    " sees only what people with a role write, or all of them are withheld"
)
EMPTY_DO = "check permissions and app mode (docs/platforms.md)"
REPEATED = "{name} lists the same page of comments again and again; older comments below post {post} cannot be read"
CUT = "only the newest {watched} posts are watched; older ones and comments below them are not read (watched_posts)"


class Source(ABC):
    """What differs between the platforms. time: name of the field with a comment's time."""

    time: str

    def needs_next(self, feed: str) -> bool:
        """Return whether a page of posts without `next` is the last one."""
        return True

    def replies(self, comments: list[object]) -> list[str]:
        """Return when answers were written that stand inside these comments."""
        return []

    def threads(self, comments: list[object]) -> list[str]:
        """Return the comments whose answers do not all stand inside them, to be read by themselves."""
        return []

    @abstractmethod
    def posts_request(self, feed: str, state: FeedState) -> tuple[str, Params]:
        """Return path and parameters of a page of posts, with the number of their comments."""

    @abstractmethod
    def comments_request(self, post: str) -> tuple[str, Params]:
        """Return path and parameters of the first page of a post's comments, newest first."""

    @abstractmethod
    def item(self, feed: str, post: Untrusted) -> Item:
        """Return what the line of a post tells of its comments."""

    @abstractmethod
    def sort_posts(self, feed: str, posts: list[object], begin: str) -> ParsedPage:
        """Sort a page of posts and the comments that it shows."""

    @abstractmethod
    def sort_comments(self, feed: str, post: str, comments: list[object], begin: str) -> ParsedPage:
        """Sort a page of comments."""


class FeedReader:
    """Reads page by page. every: between two full rounds; watched: how many posts a full round goes through."""

    def __init__(self, graph: Graph, source: Source, every: timedelta, watched: int) -> None:
        self._graph, self._source, self._every, self._watched = graph, source, every, watched

    def read(self, state: CursorState[FeedState], feed: str, now: datetime) -> FeedPage:
        """Return one page of this feed. Raises ReadFailed."""
        before = scan.begin_turn(state.states[feed], self._every, now)
        try:
            return self._comments(state, feed, before, now) if before.walk else self._posts(state, feed, before, now)
        except ReadFailed as error:
            if error.cause != "item" or not (before.walk or before.token):
                raise
            log.warning("%s: %s: what was under way begins anew: %s", self._graph.name, feed, error.message)
            step, is_second = scan.refuse(before, now)
            place = before.walk.post if before.walk else scan.POSTS
            gap = Gap(feed, place, "", f"{place} cannot be read to the end: {error.message}") if is_second else None
            return state.repair(feed, step, is_over=step.is_over).page(gaps=(gap,))

    def _posts(self, state: CursorState[FeedState], feed: str, before: FeedState, now: datetime) -> FeedPage:
        path, params = self._source.posts_request(feed, before)
        get = self._graph.get if feed == MENTIONS else self._graph.get_feed
        body = get(path, _at(params, before.token), now)
        posts = data(body)
        items = [self._source.item(feed, post) for post in posts if isinstance(post, dict) and post.get("id")]
        step = scan.step_posts(before, items, after(body, needs_next=self._source.needs_next(feed)), self._watched, now)
        parsed = self._source.sort_posts(feed, posts, before.begin)
        gap = Gap(feed, "", items[-1].id, CUT.format(watched=self._watched)) if step.cut and not before.cut else None
        return state.advance(feed, step, is_over=step.is_over).page(feed, parsed, (gap,), trouble=_trap(items))

    def _comments(self, state: CursorState[FeedState], feed: str, before: FeedState, now: datetime) -> FeedPage:
        walk = before.walk
        assert walk is not None  # noqa: S101 -- read decides
        path, params = self._source.comments_request(walk.post)
        body = self._graph.find(path, _at(params, walk.token), now)
        if body is None:  # the post is gone, and its comments with it
            step = scan.drop(before, now)
            return state.advance(feed, step, is_over=step.is_over).page(feed)
        listed, token = data(body), after(body)
        for thread in self._source.threads(listed):
            before = scan.queue(before, scan.REPLIES + thread, 0, whole=True)
        moments, answers = times(listed, self._source.time), self._source.replies(listed)
        step, is_repeated = scan.step_comments(before, moments, ids(listed), token, now, answers)
        gap = None
        if is_repeated:
            gap = Gap(feed, walk.post, walk.top, REPEATED.format(name=self._graph.name, post=walk.post))
        nothing = not walk.token and not listed and token is None and walk.total > 0
        trouble = FeedError(EMPTY.format(total=walk.total), EMPTY_DO) if nothing else None
        parsed = self._source.sort_comments(feed, walk.post, listed, before.begin)
        return state.advance(feed, step, is_over=step.is_over).page(feed, parsed, (gap,), trouble=trouble)


def _at(params: Params, token: str) -> Params:
    return {**params, "after": token} if token else params


def _trap(items: list[Item]) -> FeedError | None:
    """Return the trouble that posts have comments and none shows any, where posts show their comments at all."""
    shown = [item for item in items if item.total and (item.times or item.is_whole)]
    total = sum(item.total or 0 for item in shown)
    return FeedError(EMPTY.format(total=total), EMPTY_DO) if shown and not any(item.times for item in shown) else None
