"""A professional account on the fake: media with the number of their comments, answers inside comments, tags."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar

from tests.fakes.loopback import Call, Reply
from tests.fakes.meta.graph import MISSING, Answer, MetaServer, error, place
from tests.fakes.meta.posts import Comment, Json, Person, Post, somebody, stamp

ACCOUNT_ID = "17841400000000001"
_REPLIES = re.compile(r"replies\.limit\((\d+)\)")
LIFE = timedelta(days=60)


class InstagramServer(MetaServer):
    """The account of a shop. made_at: of the token, which lives 60 days and is renewed when it is a day old.

    counted: whether answers count among a medium's comments; inside: answers told inside of a comment, at most.
    """

    answers: ClassVar[Mapping[str, Reply]] = {
        **MetaServer.answers,
        "rate": error(80002, "There have been too many calls to this Instagram account", 2446079),
        "publish": error(-2, "Timeout", 2207003),
    }

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.me, self.counted, self.inside = Person(ACCOUNT_ID, "fernhill"), True, 50
        self.made_at: datetime | None = None  # None: the token never ends
        self.renewals = 0
        self.first = self.write("New paper is in.")

    def full_id(self, post: Post) -> str:
        """A number."""
        return f"18{self.new_id()}"

    def write(self, caption: str, *, kind: str = "own", by: str = "ada") -> Post:
        """A medium: ours, or one that tags us."""
        author = self.me if kind == "own" else somebody(by)
        with self.lock:
            post = Post(f"17{self.new_id()}", author, caption, self.now(), kind)
            self.posts[post.id] = post
        return post

    def is_let_in(self, call: Call) -> bool:
        """A token of 60 days is dead."""
        is_alive = self.made_at is None or self.now() - self.made_at < LIFE
        return super().is_let_in(call) and is_alive

    def routed(self, call: Call, bits: list[str]) -> tuple[str, Callable[[], Answer]]:
        if call.path == "/refresh_access_token":
            return "GET renewal", lambda: self._renew(call)
        if len(bits) == 1:
            return "GET object", lambda: self._object(bits[0])
        if len(bits) == 2 and bits[0] == ACCOUNT_ID:
            kind = {"media": "own", "tags": "tagged"}.get(bits[1], "")
            return f"GET {bits[1]}", lambda: self._media(kind, call)
        if len(bits) == 2 and bits[1] == "comments":
            return "GET comments", lambda: self._comments(bits[0], call)
        if len(bits) == 2 and call.method == "POST":
            return "POST replies", lambda: self._create(bits[0], call)
        return "GET replies", lambda: self._answers(bits[0], call)

    def _renew(self, call: Call) -> Answer:
        if call.params.get("grant_type") != "ig_refresh_token" or call.params.get("access_token") != self.token:
            return error(190, "Invalid OAuth access token")
        if self.made_at is not None and self.now() - self.made_at < timedelta(hours=24):
            return error(100, "The token is too young to be refreshed")
        self.renewals += 1
        self.token, self.made_at = f"renewed-token-{self.renewals}", self.now()
        return {"access_token": self.token, "token_type": "bearer", "expires_in": int(LIFE.total_seconds())}

    def _object(self, given: str) -> Answer:
        if given in ("me", ACCOUNT_ID):
            return {"id": ACCOUNT_ID, "username": self.me.username}
        comment = self.comment_of(given)
        return self._comment(comment, None) if comment and self.is_page else MISSING

    def _media(self, kind: str, call: Call) -> Answer:
        now = self.moment()
        here = [one for one in self.posts.values() if one.kind == kind and not one.deleted and one.created_at <= now]
        stamps = ((one.created_at.isoformat(timespec="microseconds"), one) for one in here)
        rows = [(f"{moment} {one.id}", partial(self._medium, one)) for moment, one in stamps]
        page = self.page(sorted(rows, key=lambda row: row[0], reverse=True), call.params, call.path.strip("/"))
        if kind == "tagged":
            page.get("paging", {}).pop("next", None)
        return page

    def _medium(self, post: Post) -> Json:
        if post.raw is not None:
            return post.raw
        told = {"id": post.id, "caption": post.message, "timestamp": stamp(post.created_at)}
        link = {"permalink": f"https://www.instagram.com/p/{post.id}/", "username": post.author.username}
        return {**told, **link, "comments_count": self.total(post)}

    def total(self, post: Post) -> int:
        """How many comments a medium has, whoever may see them."""
        now = self.moment()
        here = [one for one in self.by_post[post.id] if one.is_listed(now)]
        return sum(self.counted or one.parent is None for one in here)

    def _comment(self, comment: Comment, inside: int | None) -> Json:
        if comment.raw is not None:
            return comment.raw
        told: Json = {"id": comment.id, "text": comment.message, "timestamp": stamp(comment.created_at)}
        told["hidden"] = comment.hidden
        if comment.parent:
            told["parent_id"] = comment.parent.id
        if comment.author:
            told["username"] = comment.author.username
            told["from"] = {"id": comment.author.id, "username": comment.author.username}
        below = self.listed_below(comment)[::-1]  # answers: oldest first
        if inside is not None and below:
            most = min(inside, self.inside)
            paging = self._paging("inside", f"{comment.id}/replies", len(below) > most)
            told["replies"] = {"data": [self._comment(one, None) for one in below[:most]], "paging": paging}
        return told

    def _comments(self, given: str, call: Call) -> Answer:
        post = self.posts.get(given)
        if post is None or post.deleted:
            return MISSING
        wanted = _REPLIES.search(call.params.get("fields", ""))
        here = [one for one in self.listed(post) if one.parent is None]
        inside = int(wanted[1]) if wanted else None
        rows = [(place(one), partial(self._comment, one, inside)) for one in here]
        page = self.page(
            rows, {**call.params, "limit": str(min(50, int(call.params.get("limit", "50"))))}, call.path[1:]
        )
        if not page["data"] and self.total(post) and not self.is_page:
            page["paging"] = {"cursors": {"before": "x", "after": "x"}}  # as reported: cursors, and nothing
        return page

    def _answers(self, given: str, call: Call) -> Answer:
        comment = self.comment_of(given)
        if comment is None:
            return MISSING
        below = self.listed_below(comment)
        return self.page([(place(one), partial(self._comment, one, None)) for one in below], call.params, call.path[1:])

    def _create(self, given: str, call: Call) -> Answer:
        asked, target = call.json() or {}, self.comment_of(given)
        text = asked.get("message")
        if target is None or target.hidden:
            return MISSING
        if not isinstance(text, str) or not text.strip() or len(text) > 2_200:
            return error(100, "The message is too long")
        return {"id": self.created(self.me, text, target, given).id}
