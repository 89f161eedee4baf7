"""Which calls read a Page: four lists of posts, each post with its newest comments, and a post's comments alone."""

from listener.platforms.facebook.items import Reader
from listener.platforms.kit.cursor import MENTIONS
from listener.platforms.kit.graph.listing import Params, after, data, number_of, times
from listener.platforms.kit.graph.reading import Source
from listener.platforms.kit.graph.scan import FeedState, Item
from listener.platforms.kit.items import ParsedPage
from listener.platforms.kit.values import Untrusted, object_in

_AUTHOR = "from,parent{id,from},permalink_url,is_hidden,can_comment,attachment{type,title,description}"
COMMENT = f"id,message,created_time,{_AUTHOR}"
_EDGES = {MENTIONS: "published_posts", "visitors": "visitor_posts", "ads": "ads_posts", "tagged": "tagged"}
_POST = {
    MENTIONS: "id",
    "ads": "id",
    "visitors": "id,message,created_time,from,permalink_url",
    "tagged": "id,message,created_time,from,permalink_url",
}
_NEWEST = (25, 25)  # posts of the first page, comments of each: one call
_WATCHED = (100, 1)  # posts of the pages below, with the newest comment and the number of them


class PageSource(Source):
    """The Page's own posts ("mentions"), visitors' posts, ads, and posts that tag the Page."""

    time = "created_time"

    def __init__(self, page_id: str) -> None:
        self._me = page_id

    def posts_request(self, feed: str, state: FeedState) -> tuple[str, Params]:
        """Return the call for a page of posts; the comments of whoever tags us are not ours to read."""
        size, comments = _WATCHED if state.token else _NEWEST
        params = {"fields": _POST[feed], "limit": str(size)}
        if feed != "tagged":
            nested = f"comments.filter(stream).order(reverse_chronological).limit({comments}).summary(true)"
            params["fields"] += f",{nested}{{{COMMENT}}}"
        if feed == "ads":
            params["include_inline_create"] = "true"
        return f"{self._me}/{_EDGES[feed]}", params

    def comments_request(self, post: str) -> tuple[str, Params]:
        """Return the call for a post's comments, replies among them, newest first."""
        order = {"filter": "stream", "order": "reverse_chronological", "limit": "100"}
        return f"{post}/comments", {"fields": COMMENT, **order}

    def item(self, feed: str, post: Untrusted) -> Item:
        """Return what a post's line tells of its comments."""
        comments = object_in(post.get("comments"))
        total = number_of(comments, "summary", "total_count")
        is_whole = after(comments) is None
        if not comments:
            return Item(str(post["id"]), 0, (), is_whole=True)
        return Item(str(post["id"]), total, times(data(comments), self.time), is_whole)

    def sort_posts(self, feed: str, posts: list[object], begin: str) -> ParsedPage:
        """Sort a page of posts and the comments that it shows."""
        page, reader = ParsedPage(), Reader(self._me, feed, begin)
        for post in posts:
            reader.sort_post(page, post)
            if isinstance(post, dict) and post.get("id"):
                reader.sort_comments(page, str(post["id"]), data(post.get("comments")))
        return page

    def sort_comments(self, feed: str, post: str, comments: list[object], begin: str) -> ParsedPage:
        """Sort a page of comments."""
        page = ParsedPage()
        Reader(self._me, feed, begin).sort_comments(page, post, comments)
        return page
