"""Which calls read an account: its media with the number of their comments, a medium's comments, media that tag us."""

from collections import OrderedDict

from listener.platforms.instagram.items import OwnAccount, Reader
from listener.platforms.kit.cursor import MENTIONS
from listener.platforms.kit.graph.listing import Params, after, count, data, times
from listener.platforms.kit.graph.reading import Source
from listener.platforms.kit.graph.scan import REPLIES, FeedState, Item
from listener.platforms.kit.items import ParsedPage
from listener.platforms.kit.values import Untrusted, object_in, text_in

TAGGED = "tagged"
_REPLY = "id,text,timestamp,username,from,hidden,parent_id"
_COMMENT = f"{_REPLY},replies.limit(50){{{_REPLY}}}"
_REMEMBERED = 2_000  # addresses of media


class MediaSource(Source):
    """Our own media ("mentions") and media that tag us. us: set once we know who we are."""

    time = "timestamp"

    def __init__(self, account_id: str) -> None:
        self._account, self.us = account_id, OwnAccount(frozenset((account_id,)), "")
        self._links = OrderedDict[str, str]()

    def posts_request(self, feed: str, state: FeedState) -> tuple[str, Params]:
        """Return the call for a page of media."""
        size = "100" if state.token else "25"
        if feed == MENTIONS:
            return f"{self._account}/media", {"fields": "id,timestamp,permalink,comments_count", "limit": size}
        return f"{self._account}/tags", {"fields": "id,caption,timestamp,permalink,username", "limit": size}

    def needs_next(self, feed: str) -> bool:
        """Media that tag us are listed with cursors, but never with the address of a next page."""
        return feed != TAGGED

    def comments_request(self, post: str) -> tuple[str, Params]:
        """Return the call for a medium's comments, or for the answers to one of them."""
        if post.startswith(REPLIES):
            return f"{post.removeprefix(REPLIES)}/replies", {"fields": _REPLY, "limit": "50"}
        return f"{post}/comments", {"fields": _COMMENT, "limit": "50"}

    def item(self, feed: str, post: Untrusted) -> Item:
        """Return how many comments a medium has; which ones, its line does not tell."""
        if feed == TAGGED:
            return Item(str(post["id"]), 0, (), is_whole=True)
        if link := text_in(post.get("permalink")):
            self._links[str(post["id"])] = link
            while len(self._links) > _REMEMBERED:
                self._links.popitem(last=False)
        total = count(post.get("comments_count"))
        return Item(str(post["id"]), total, (), is_whole=total == 0)

    def replies(self, comments: list[object]) -> list[str]:
        """Return when the answers inside these comments were written."""
        inside = (data(object_in(comment).get("replies")) for comment in comments)
        return [moment for answers in inside for moment in times(answers, self.time)]

    def threads(self, comments: list[object]) -> list[str]:
        """Return the comments with more answers than stand inside them."""
        return [str(comment["id"]) for comment in map(object_in, comments) if after(object_in(comment.get("replies")))]

    def sort_posts(self, feed: str, posts: list[object], begin: str) -> ParsedPage:
        """Sort a page of media; our own are no mentions."""
        page = ParsedPage()
        if feed == TAGGED:
            Reader(self.us, begin, self._links).sort_media(page, posts)
        return page

    def sort_comments(self, feed: str, post: str, comments: list[object], begin: str) -> ParsedPage:
        """Sort a page of comments with the answers inside them."""
        page = ParsedPage()
        Reader(self.us, begin, self._links).sort_comments(page, post, comments)
        return page
