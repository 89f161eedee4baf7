"""One page of one feed: which call reads it, and what becomes of its items."""

from datetime import datetime
from urllib.parse import quote

from listener.model import FeedPage
from listener.platforms.kit.cursor import MENTIONS, OWN, CursorState
from listener.platforms.mastodon.caller import Caller
from listener.platforms.mastodon.items import Reader, listed
from listener.platforms.mastodon.page_scan import FeedState, begin_scan, bounds, step


def read_page(caller: Caller, state: CursorState[FeedState], feed: str, now: datetime) -> FeedPage:
    """Return one page of this feed. Raises ReadFailed."""
    me, feed_state = caller.account(now).id, begin_scan(state.states[feed], now)
    path, params = _request(feed, me)
    items = caller.items(path, now, [*params, *bounds(feed_state).items()])
    parsed = Reader(feed, me, feed_state.begin, lambda status: caller.root(status, now)).parse_page(items)
    feed_state, is_over = step(feed_state, listed(items), now)
    advanced = state.advance(feed, feed_state, is_over=is_over)
    return advanced.page(feed, parsed, own_posts_current=is_over and feed == OWN)


def _request(feed: str, me: str) -> tuple[str, list[tuple[str, str]]]:
    """Return path and parameters, with the largest pages that Mastodon gives: 80 notifications, 40 posts."""
    if feed == MENTIONS:
        return "/api/v1/notifications", [("types[]", "mention"), ("limit", "80")]
    if feed == OWN:
        return f"/api/v1/accounts/{me}/statuses", [("exclude_reblogs", "true"), ("limit", "40")]
    return f"/api/v1/timelines/tag/{quote(feed[1:], safe='')}", [("limit", "40")]
