"""The fake X over HTTP on 127.0.0.1: every call signed, faults on order, and `/_control/...` for a human with curl."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from tests.fakes.loopback import Call, Json, Loopback, Reply
from tests.fakes.x import control
from tests.fakes.x.auth import SECRETS, signed
from tests.fakes.x.endpoints import Account, X
from tests.fakes.x.faults import ANSWERS
from tests.fakes.x.posts import Post

__all__ = ["SECRETS", "XServer"]

_CONTROL = "/_control/"


class XServer(Loopback):
    """The server. x: its state; secrets: those that sign."""

    answers: ClassVar[Mapping[str, Reply]] = ANSWERS
    filler: ClassVar[Json] = {"data": {"id": "1"}, "meta": {}}

    def __init__(self, port: int = 0, account: Account | None = None) -> None:
        super().__init__(port)
        self.x, self.secrets = X(account or Account()), dict(SECRETS)
        self.headers["x-access-level"] = "read-write"

    def now(self) -> datetime:
        """The account's clock."""
        return self.x.posts.now()

    def mention(self, text: str = "@shop hello", *, late: float = 0, at: datetime | None = None, **more: Any) -> Post:
        """Somebody posts. late: seconds until it is listed; @shop in the text mentions us unless told otherwise."""
        now = at or self.x.posts.now()
        named = f"@{self.x.account.username}".lower() in text.lower()
        more.setdefault("mentions", [(self.x.account.id, self.x.account.username)] if named else [])
        more.setdefault("author_id", "7001")
        post_id = more.pop("id", None) or self.x.posts.new_id(now)
        indexed = self.x.posts.now() + timedelta(seconds=late)
        return self.x.posts.add(Post(id=post_id, text=text, created_at=now, indexed_at=indexed, **more))

    def own(self, text: str, reply_to: str | None = None, *, late: float = 0) -> Post:
        """The account posts from the app, by a person's hand."""
        target = self.x.posts.by_id.get(reply_to or "")
        user = target.author_id if target else None
        me = self.x.account.id
        return self.mention(text, late=late, author_id=me, reply_to=reply_to, reply_to_user=user, mentions=[])

    def edit(self, post_id: str, text: str) -> Post:
        """The author edits: a new id with the old ones as history."""
        old = self.x.posts.by_id[post_id]
        old.deleted = True
        history = [*(old.history or [old.id])]
        new = self.mention(
            text, author_id=old.author_id, mentions=old.mentions, conversation_id=old.conversation_id or old.id
        )
        new.history = [*history, new.id]
        return new

    # ---- the calls

    def route(self, call: Call) -> tuple[str, Callable[[], Reply]]:
        """Every call of the API is signed; what a human asks for by the side door is not."""
        if call.path.startswith(_CONTROL):
            return _CONTROL, lambda: control.serve(self, call.method, call.path, call.params, call.body)
        endpoint, carry_out = self._endpoint(call)
        return endpoint, lambda: carry_out() if self._signed(call) else ANSWERS["unauthorized"]

    def served(self, endpoint: str, call: Call, status: int) -> None:
        """Into the ledger, but for the side door."""
        if endpoint != _CONTROL:
            self.x.ledger.call(self.now(), endpoint, status, call.params)

    def _signed(self, call: Call) -> bool:
        url = f"http://{call.headers.get('host')}{call.target}"
        return signed(call.method, url, call.headers.get("authorization", ""), self.secrets)

    def _endpoint(self, call: Call) -> tuple[str, Callable[[], Reply]]:
        x, bits = self.x, call.path.strip("/").split("/")
        if call.method == "POST" and call.path == "/2/tweets":
            return "POST /2/tweets", lambda: x.create(call.json())
        if call.path == "/2/users/me":
            return "GET /2/users/me", x.me
        if call.path == "/2/tweets/search/recent":
            return "GET /2/tweets/search/recent", lambda: x.search(call.params)
        if len(bits) == 4 and bits[:2] == ["2", "users"] and bits[3] in ("mentions", "tweets"):
            listing = x.mentions if bits[3] == "mentions" else x.timeline
            return f"GET /2/users/:id/{bits[3]}", lambda: listing(bits[2], call.params)
        return f"{call.method} {call.path}", lambda: ANSWERS["missing-page"]
