"""One page of one feed: which call reads it, and what becomes of its items."""

from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

from listener.feed_page import FeedPage, Gap
from listener.platforms.kit.cursor import MENTIONS, OWN, CursorState
from listener.platforms.mastodon.caller import MENTIONS_ONLY, NOTIFICATIONS, Caller
from listener.platforms.mastodon.items import Reader, listed
from listener.platforms.mastodon.page_scan import FeedState, begin_scan, bounds, hole, step
from listener.platforms.mastodon.threads import Threads


def read_page(caller: Caller, threads: Threads, state: CursorState[FeedState], feed: str, now: datetime) -> FeedPage:
    """Return one page of this feed. Raises ReadFailed."""
    me, before = caller.account(now).id, begin_scan(state.states[feed], now)
    path, params = _request(feed, me)
    items = caller.items(path, now, (*params, *bounds(before).items()))
    parsed = Reader(feed, me, before.begin, lambda status: threads.conversation(status, now)).parse_page(items)
    listing = listed(items)
    after, is_over = step(before, listing, now)
    lost = None if feed == OWN else hole(before, after, listing)
    gaps = [] if lost is None else [_gap(feed, *lost)]
    advanced = state.advance(feed, after, is_over=is_over)
    page = advanced.page(feed, parsed, gaps, own_posts_current=is_over and feed == OWN)
    return replace(page, conversation_names=threads.names(mention.conversation_id for mention in page.mentions))


def _gap(feed: str, newest_known: str, lowest: str) -> Gap:
    """Return the stretch between the newest item known and the oldest one that the server still lists."""
    what = "mentions" if feed == MENTIONS else f"posts with {feed}"
    text = f"this server lists only its newest {what}, and so many came that older ones left the list before being read"
    return Gap(feed, newest_known, lowest, text)


def _request(feed: str, me: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return path and parameters, with the largest pages that Mastodon gives: 80 notifications, 40 posts."""
    if feed == MENTIONS:
        return NOTIFICATIONS, MENTIONS_ONLY
    if feed == OWN:
        return f"/api/v1/accounts/{me}/statuses", (("exclude_reblogs", "true"), ("limit", "40"))
    return f"/api/v1/timelines/tag/{quote(feed[1:], safe='')}", (("limit", "40"),)
