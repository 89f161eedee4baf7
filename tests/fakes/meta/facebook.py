"""A Page on the fake: four lists of posts, comments nested or alone, and a call that edits what it seems to answer."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import partial

from tests.fakes.loopback import Call
from tests.fakes.meta.graph import MISSING, Answer, MetaServer, error, place
from tests.fakes.meta.posts import Comment, Json, Person, Post, somebody, stamp

PAGE_ID = "104000000000001"
LISTS = {"published_posts": "own", "visitor_posts": "visitor", "ads_posts": "ad", "tagged": "tagged"}
NAMES = {"published_posts": "posts", "visitor_posts": "visitors", "ads_posts": "ads", "tagged": "tagged"}
_NESTED = re.compile(r"comments\.filter\(stream\)\.order\(reverse_chronological\)\.limit\((\d+)\)")


class FacebookServer(MetaServer):
    """The Page of a shop. short: ids of comments come in the short spelling too; edited: comments edited by a POST."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.me, self.short = Person(PAGE_ID, "Fernhill Paper"), False
        self.edited: list[str] = []
        self.first = self.write("We open at nine.")

    def full_id(self, post: Post) -> str:
        """POST_COMMENT."""
        return f"{post.id.rpartition('_')[2]}_{self.new_id()}"

    def write(self, message: str, *, kind: str = "own", by: str = "ada", at: datetime | None = None) -> Post:
        """A post: ours, an ad, a visitor's, or one that tags us."""
        author = self.me if kind in ("own", "ad") else somebody(by)
        with self.lock:
            post = Post(f"{PAGE_ID}_{self.new_id()}", author, message, at or self.now(), kind)
            self.posts[post.id] = post
        return post

    def routed(self, call: Call, bits: list[str]) -> tuple[str, Callable[[], Answer]]:
        if bits == ["me"]:
            who = self.me if self.is_page else Person("7001", "Ada Person")
            return "GET me", lambda: {"id": who.id, "name": who.name}
        if len(bits) == 2 and bits[1] in LISTS:
            return f"GET {NAMES[bits[1]]}", lambda: self._list(bits[1], call)
        if len(bits) == 2 and bits[1] == "comments":
            wanted = self._create if call.method == "POST" else self._comments
            return f"{call.method} comments", lambda: wanted(bits[0], call)
        if len(bits) == 1:
            wanted = self._edit if call.method == "POST" else self._object
            return f"{call.method} object", lambda: wanted(bits[0], call)
        return f"{call.method} {call.path}", lambda: error(2500, "Unknown path components")

    def _list(self, edge: str, call: Call) -> Answer:
        now = self.moment()
        chosen = [one for one in self.posts.values() if one.kind == LISTS[edge] and not one.deleted]
        chosen = sorted((one for one in chosen if one.created_at <= now), key=_place, reverse=True)
        nested = _NESTED.search(call.params.get("fields", ""))
        rows = [(_place(one), partial(self._post, one, int(nested[1]) if nested else None)) for one in chosen]
        return self.page(rows, call.params, call.path.strip("/"))

    def _post(self, post: Post, nested: int | None) -> Json:
        if post.raw is not None:
            return post.raw
        told: Json = {"id": post.id, "message": post.message, "created_time": stamp(post.created_at)}
        told |= {"from": {"id": post.author.id, "name": post.author.name}}
        if nested is None:
            return told
        here = self.listed(post)
        summary = {"order": "reverse_chronological", "total_count": self.total(post), "can_comment": True}
        rows = [(place(one), partial(self._comment, one)) for one in here]
        page = self.page(rows, {"limit": str(nested)}, f"{post.id}/comments", nested=True)
        return told | {"comments": {**page, "summary": summary}}

    def total(self, post: Post) -> int:
        """How many comments a post has, whoever may see them."""
        now = self.moment()
        return sum(one.is_listed(now) for one in self.by_post[post.id])

    def _comment(self, comment: Comment) -> Json:
        if comment.raw is not None:
            return comment.raw
        told: Json = {
            "id": comment.key if self.short else comment.id,
            "message": comment.message,
            "created_time": stamp(comment.created_at),
            "permalink_url": f"https://www.facebook.com/{comment.id}",
            "is_hidden": comment.hidden,
            "can_comment": comment.can_comment,
        }
        if comment.author:
            told["from"] = {"id": comment.author.id, "name": comment.author.name}
        if comment.parent:
            above = comment.parent
            told["parent"] = {"id": above.id}
            told["parent"] |= {"from": {"id": above.author.id, "name": above.author.name}} if above.author else {}
        return told

    def _comments(self, given: str, call: Call) -> Answer:
        post, comment = self._find(given), self.comment_of(given)
        if post is None and comment is None:
            return MISSING
        here = self.listed(post or comment.post)  # type: ignore[union-attr]  # one of them is there
        if comment is not None:
            here = [one for one in here if one.parent is comment]
        elif call.params.get("filter") != "stream":
            here = [one for one in here if one.parent is None]
        return self.page([(place(one), partial(self._comment, one)) for one in here], call.params, call.path.strip("/"))

    def _find(self, given: str) -> Post | None:
        post = self.posts.get(given)
        return post if post and not post.deleted else None

    def _object(self, given: str, call: Call) -> Answer:
        post, comment = self._find(given), self.comment_of(given)
        if not self.is_page or (post is None and comment is None):
            return MISSING
        if comment is None and "can_comment" in call.params.get("fields", ""):
            return error(100, "(#100) Tried accessing nonexisting field (can_comment)")
        return self._comment(comment) if comment else self._post(post, None)  # type: ignore[arg-type]

    def _create(self, given: str, call: Call) -> Answer:
        asked, target = call.json() or {}, self._find(given) or self.comment_of(given)
        text = asked.get("message")
        if target is None:
            return MISSING
        if not isinstance(text, str) or not text.strip() or len(text) > 8_000:
            return error(100, "(#100) Invalid parameter")
        if not target.can_comment:
            return error(200, "(#200) The user hasn't authorized the application to comment")
        made = self.created(self.me, text, target, given)
        return {"id": made.id}

    def _edit(self, given: str, call: Call) -> Answer:
        comment = self.comment_of(given)
        if comment is None:
            return MISSING
        comment.message = str((call.json() or {}).get("message"))
        self.edited.append(comment.key)
        return {"success": True}


def _place(post: Post) -> str:
    return f"{post.created_at.isoformat(timespec='microseconds')} {post.id}"
