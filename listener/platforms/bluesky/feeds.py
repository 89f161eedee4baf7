"""One page of one feed: notifications, a search, our own posts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from listener.errors import ReadFailed
from listener.platforms.bluesky.caller import Caller
from listener.platforms.bluesky.items import POST, BlueskyPage, OwnAccount, is_post, own_posts, parse_page
from listener.platforms.bluesky.times import stamp, tid_instant
from listener.platforms.bluesky.views import Views
from listener.platforms.kit.cursor import MENTIONS, OWN
from listener.platforms.kit.response import Query
from listener.platforms.kit.values import objects_in

SIZE = 100  # rows of a page, the most there may be


@dataclass(frozen=True, slots=True)
class Listing:
    """A sorted page and the cursor of the next."""

    parsed: BlueskyPage
    token: str | None


class Feeds:
    """Reads pages. Raises ReadFailed, Rejected (a cursor or a query is at fault)."""

    def __init__(self, caller: Caller, views: Views) -> None:
        self._caller, self._views = caller, views

    def page(self, feed: str, us: OwnAccount, begin: str, token: str | None, now: datetime) -> Listing:
        """A page of "mentions", "search:QUERY" or "own"."""
        body = self._caller.get(*_request(feed, us, token), now)
        name = {MENTIONS: "notifications", OWN: "records"}.get(feed, "posts")
        rows = body.get(name)
        if not isinstance(rows, list):
            raise self._caller.record_failure(ReadFailed(f"Bluesky's answer has no {name}"), "read", now)
        after = body.get("cursor")
        if feed == OWN:
            parsed = _own(rows)
        else:
            parsed = parse_page(rows, us, begin, self._views.ineligible_reason(_foreign_uris(rows, us), now), now)
        return Listing(parsed, after if isinstance(after, str) and after else None)


def _request(feed: str, us: OwnAccount, token: str | None) -> tuple[str, Query]:
    """Method and parameters.

    No `reasons`: with it the server turns up to ten pages of its own in one call, and loses rows of one instant at the
    borders between them, where no cursor of ours reaches. priority: also who we do not follow.
    """
    cursor = {} if token is None else {"cursor": token}
    if feed == MENTIONS:
        return "app.bsky.notification.listNotifications", {"limit": SIZE, "priority": "false", **cursor}
    if feed == OWN:
        return "com.atproto.repo.listRecords", {"repo": us.did, "collection": POST, "limit": SIZE, **cursor}
    query = feed.removeprefix("search:")
    return "app.bsky.feed.searchPosts", {"q": query, "sort": "latest", "limit": SIZE, **cursor}


def _foreign_uris(rows: Sequence[object], us: OwnAccount) -> list[str]:
    """The uris of the posts on a page that are not ours."""
    uris = [row.get("uri") for row in objects_in(rows)]
    return [uri for uri in uris if is_post(uri) and not uri.startswith(f"at://{us.did}/")]


def _own(rows: Sequence[object]) -> BlueskyPage:
    """Our own records, which are ordered by the time in their keys."""
    records = [{**row, "record": row.get("value")} for row in objects_in(rows)]
    keys = [tid_instant(str(row.get("uri", "")).rpartition("/")[2]) for row in records]
    return BlueskyPage(brand_posts=own_posts(records), times=[stamp(created) for created in keys if created])
