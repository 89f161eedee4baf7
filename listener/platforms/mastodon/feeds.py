"""One page of one feed, and the cursor: the feeds still to be read in this round, and how far each was read."""

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from listener.model import FeedError, FeedPage, Json
from listener.platforms.mastodon.caller import Caller
from listener.platforms.mastodon.items import Reader, listed
from listener.platforms.mastodon.page_scan import FeedState, asked, begun, stepped
from listener.platforms.mastodon.section import Section

MENTIONS, OWN = "mentions", "own"
_WORRY = 3  # failures of a feed in a row before an operator hears of it


@dataclass(frozen=True, slots=True)
class CursorState:
    """whose: server and account; todo: feeds whose turn is still to come; tracks: feed -> how far it was read."""

    whose: str
    todo: tuple[str, ...]
    tracks: dict[str, FeedState]

    @classmethod
    def load(cls, cursor: Json | None, section: Section, me: str, began: datetime, *, own: bool) -> "CursorState":
        """A feed that the cursor does not know begins where `start` says, our own posts now.

        The ids of another server or account say nothing here: then everything begins anew.
        """
        whose = f"{section.server_url.rstrip('/')} {me}"
        names = (MENTIONS, *(f"#{tag}" for tag in section.tags), *((OWN,) if own else ()))
        raw = cursor if cursor and cursor["whose"] == whose else {"todo": [], "tracks": {}}
        begin = {"now": began.isoformat(), "all": ""}.get(str(section.start), str(section.start))
        tracks = {name: FeedState(began.isoformat() if name == OWN else begin) for name in names}
        tracks |= {name: FeedState.load(one) for name, one in raw["tracks"].items() if name in names or name == OWN}
        return cls(whose, tuple(name for name in raw["todo"] if name in names) or names, tracks)

    def without(self, feed: str) -> "CursorState":
        """With this feed's turn over."""
        return replace(self, todo=tuple(one for one in self.todo if one != feed))

    def failing(self, feed: str, trouble: FeedError) -> FeedPage:
        """A page without this feed, whose trouble is told when it lasts."""
        track = replace(self.tracks[feed], failed=self.tracks[feed].failed + 1)
        book = replace(self.without(feed), tracks={**self.tracks, feed: track})
        return book.page(feed=feed, trouble=trouble) if track.failed >= _WORRY else book.page()

    def page(self, **found: object) -> FeedPage:
        """A page with this cursor."""
        tracks = {name: track.dump() for name, track in self.tracks.items()}
        cursor = {"whose": self.whose, "todo": list(self.todo), "tracks": tracks}
        return FeedPage(cursor, more=bool(self.todo), **found)  # type: ignore[arg-type]  # the fields of Page


def read(caller: Caller, book: CursorState, feed: str, now: datetime) -> FeedPage:
    """One page of this feed. Raises Unavailable."""
    me, track = caller.account(now).id, begun(book.tracks[feed], now)
    path, params = _request(feed, me)
    items = caller.items(path, now, [*params, *asked(track).items()])
    reader = Reader(feed, me, track.begin, lambda status: caller.root(status, now))
    found = reader.sort(items)
    track, over = stepped(replace(track, failed=0), listed(items), now)
    book = replace(book.without(feed) if over else book, tracks={**book.tracks, feed: track})
    told = {"brand_posts": tuple(found.own), "quarantined_items": tuple(found.bad), "skipped": found.skipped}
    return book.page(mentions=tuple(found.mentions), feed=feed, own_posts_current=over and feed == OWN, **told)


def _request(feed: str, me: str) -> tuple[str, list[tuple[str, str]]]:
    """The largest pages that Mastodon gives: 80 notifications, 40 posts."""
    if feed == MENTIONS:
        return "/api/v1/notifications", [("types[]", "mention"), ("limit", "80")]
    if feed == OWN:
        return f"/api/v1/accounts/{me}/statuses", [("exclude_reblogs", "true"), ("limit", "40")]
    return f"/api/v1/timelines/tag/{quote(feed[1:], safe='')}", [("limit", "40")]
