"""What both of Meta's hosts share on the fake: tokens, errors, cursors, usage headers, a ledger of what was posted."""

import base64
import itertools
import json
import threading
from abc import abstractmethod
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from tests.fakes.loopback import Call, Loopback, Reply
from tests.fakes.meta.posts import Comment, Json, Person, Post, somebody

TOKEN = "fake-meta-token"
Answer = Json | Reply
Row = tuple[str, Callable[[], Json]]
"""A place in the order, and how it is told."""


def error(code: int, message: str, subcode: int | None = None, status: int = 400, **more: Any) -> Reply:
    """An error as the Graph API words it."""
    body = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1b2", **more}
    return status, json.dumps({"error": body | ({"error_subcode": subcode} if subcode else {})})


MISSING = error(100, "Unsupported request. Object does not exist, cannot be loaded due to missing permissions", 33)


class MetaServer(Loopback):
    """One account, `me`. token: the one that counts; is_page: False: the token is a person's, who sees empty lists.

    lag: seconds until our own comments are listed; held: they are never listed; twice: lists repeat their first item;
    empty: so many pages to come are empty and have a next one; stuck: comments lists never get beyond the first page.
    """

    answers: ClassVar[Mapping[str, Reply]] = {
        "unauthorized": error(190, "Error validating access token: Session has expired", 463, 400),
        "permission": error(200, "Permissions error", status=403),
        "capability": error(10, "Application does not have permission for this action"),
        "rate": error(80001, "There have been too many calls to this Page account", 2446079),
        "app-rate": error(4, "Application request limit reached", is_transient=True),
        "unknown": error(1, "An unknown error occurred", 99, status=500),
        "service": error(2, "Service temporarily unavailable", status=503, is_transient=True),
        "downtime": error(341, "Application limit reached", status=400),
        "odd": error(9999, "Something else"),
        "gone": MISSING,
        "invalid": error(100, "(#100) Invalid parameter"),
        "abusive": error(368, "The action attempted has been deemed abusive or is otherwise disallowed", 1390008),
        "same": error(506, "Duplicate status message"),
        "as-person": error(1705, "There was an error posting to this wall", 1404006),
        "success": (200, '{"success": true}'),
        "internal": (500, "<html><body>Sorry, something went wrong.</body></html>"),
        "unavailable": (503, "<html><body><h1>503</h1></body></html>"),
        "portal": (200, "<html><body>Please sign in to the wireless network</body></html>"),
        "proxy-page": (403, "<html><body>Blocked by your company's filter</body></html>"),
        "moved": (302, ""),
    }
    me: Person
    first: Post

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.lock, self._serial = threading.RLock(), itertools.count(1)
        self.token, self.app_secret, self.is_page = TOKEN, "", True
        self.posts: dict[str, Post] = {}
        self.comments: dict[str, Comment] = {}
        self.by_post: dict[str, list[Comment]] = defaultdict(list)
        self.answers_to: dict[str, list[Comment]] = defaultdict(list)  # by the key of the first comment of the thread
        self.posted: list[Json] = []
        self.lag, self.held, self.twice, self.stuck, self.empty = 0.0, False, False, False, 0
        self.until: datetime | None = None  # nothing that is listed later is listed any more

    # ---- what happens there

    def new_id(self) -> str:
        """A number of fifteen digits."""
        return f"{122_000_000_000_000 + next(self._serial)}"

    @abstractmethod
    def full_id(self, post: Post) -> str:
        """The id of a new comment below a post."""

    def say(
        self,
        message: str,
        post: Post,
        *,
        by: str = "ada",
        late: float = 0.0,
        parent: Comment | None = None,
        at: datetime | None = None,
        **more: Any,
    ) -> Comment:
        """Somebody comments on a post, or answers a comment: that lands below the first one of its thread."""
        author = more.pop("author", somebody(by))
        now = self.now()
        top = (parent.parent or parent) if parent else None
        with self.lock:
            made = Comment(
                self.full_id(post), post, author, message, at or now, now + timedelta(seconds=late), top, **more
            )
            self.comments[made.key] = made
            self.by_post[post.id].append(made)
            if top:
                self.answers_to[top.key].append(made)
        return made

    def comment_of(self, given: str) -> Comment | None:
        """The comment with this id, in either spelling, unless it is gone."""
        made = self.comments.get(given.rpartition("_")[2])
        return made if made and made.is_listed(self.moment()) else None

    def moment(self) -> datetime:
        """Up to when things are listed."""
        return min(self.now(), self.until or self.now())

    def usage(self, share: float, minutes: int = 0, kind: str = "pages") -> None:
        """Tell with every answer how far a limit is used."""
        shares = {"call_count": share, "total_cputime": 1, "total_time": 1}
        told = [{"type": kind, **shares, "estimated_time_to_regain_access": minutes}]
        self.headers["X-Business-Use-Case-Usage"] = json.dumps({"1": told})

    # ---- the calls

    def route(self, call: Call) -> tuple[str, Callable[[], Reply]]:
        name, answer = self.routed(call, call.path.strip("/").split("/")[1:])
        return name, lambda: self._checked(call, answer)

    @abstractmethod
    def total(self, post: Post) -> int:
        """How many comments a post has, whoever may see them."""

    @abstractmethod
    def write(self, message: str, *, kind: str = "own", by: str = "ada") -> Post:
        """A post: ours, or of another kind."""

    @abstractmethod
    def routed(self, call: Call, bits: list[str]) -> tuple[str, Callable[[], Answer]]:
        """The endpoint's name and what carries the call out. bits: the path below the version."""

    def _checked(self, call: Call, answer: Callable[[], Answer]) -> Reply:
        if not self.is_let_in(call):
            return self.answers["unauthorized"]
        given = {**call.params, **(call.json() or {})}
        if self.app_secret and not given.get("appsecret_proof"):
            return error(100, "API calls from the server require an appsecret_proof argument")
        with self.lock:
            told = answer()
        return told if isinstance(told, tuple) else (200, json.dumps(told))

    def is_let_in(self, call: Call) -> bool:
        """Whether the token counts."""
        return call.headers.get("authorization") == f"Bearer {self.token}"

    def page(self, rows: Sequence[Row], params: Mapping[str, str], path: str, *, nested: bool = False) -> Json:
        """A page of rows, each with its place in the order, which cursors name: what comes on top shifts nothing."""
        size, begin = min(int(params.get("limit", "25")), 100), self._place(params.get("after"))
        rest = [row for row in rows if begin is None or row[0] < begin]
        if self.empty and not nested:
            self.empty -= 1
            return {"data": [], "paging": self._paging(rest[0][0] + "~" if rest else "", path, True)}
        chosen = rest[:size]
        told = [row[1]() for row in ([*chosen[:1], *chosen] if self.twice else chosen)]
        more = len(rest) > size or (self.stuck and bool(chosen))
        return {"data": told, **({"paging": self._paging(chosen[-1][0], path, more)} if chosen else {})}

    def _place(self, token: str | None) -> str | None:
        try:
            return None if token is None or self.stuck else base64.b64decode(token).decode()
        except ValueError:
            return ""

    def _paging(self, place: str, path: str, more: bool) -> Json:
        token = base64.b64encode(place.encode()).decode()
        following = f"{self.url}/{path}?access_token={self.token}&after={token}"
        return {"cursors": {"before": token, "after": token}, **({"next": following} if more else {})}

    def ordered(self, chosen: Sequence[Comment]) -> list[Comment]:
        """Newest first."""
        return sorted(chosen, key=place, reverse=True)

    def listed(self, post: Post) -> list[Comment]:
        """All comments of a post that are listed by now, newest first; a person's token sees none."""
        return self._listed(self.by_post[post.id])

    def listed_below(self, comment: Comment) -> list[Comment]:
        """The answers to the first comment of a thread that are listed by now, newest first."""
        return self._listed(self.answers_to[comment.key])

    def _listed(self, chosen: Sequence[Comment]) -> list[Comment]:
        now = self.moment()
        return self.ordered([one for one in chosen if one.is_listed(now)]) if self.is_page else []

    def created(self, me: Person, text: str, target: Comment | Post, answered: str) -> Comment:
        """Our own comment, in the ledger too."""
        post = target if isinstance(target, Post) else target.post
        parent = None if isinstance(target, Post) else target
        made = self.say(text, post, author=me, late=self.lag, parent=parent, held=self.held)
        line = {
            "id": made.key,
            "text": text,
            "in_reply_to": answered,
            "answers": answered,
            "at": made.created_at.isoformat(),
        }
        self.posted.append(line)
        return made


def place(comment: Comment) -> str:
    """Where it stands in the order: by time, then by id."""
    return f"{comment.created_at.isoformat(timespec='microseconds')} {comment.key}"
