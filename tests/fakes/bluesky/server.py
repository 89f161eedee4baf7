"""The fake PDS with its AppView behind it, over HTTP on 127.0.0.1. app.bsky.* reads go through to the AppView."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from tests.fakes.bluesky.listings import Listings
from tests.fakes.bluesky.network import Actor, Json, Network, Record, Refusal
from tests.fakes.bluesky.records import Records
from tests.fakes.bluesky.sessions import Sessions
from tests.fakes.loopback import Call, Loopback, Reply

HANDLE, PASSWORD = "shop.test", "canary-pass-word-abcd"
SECRETS = {"EARSHOT_BLUESKY_HANDLE": HANDLE, "EARSHOT_BLUESKY_APP_PASSWORD": PASSWORD}
PUT = "com.atproto.repo.putRecord"


def error(status: int, name: str, message: str) -> Reply:
    """An error body of XRPC."""
    return status, json.dumps({"error": name, "message": message})


class BlueskyServer(Loopback):
    """network: what exists; listings, records, sessions: what is answered; view_down: the AppView cannot be reached."""

    answers: ClassVar[dict[str, Reply]] = {
        "rate": error(429, "RateLimitExceeded", "Rate Limit Exceeded"),
        "expired": error(400, "ExpiredToken", "Token has expired"),
        "unauthorized": error(401, "AuthenticationRequired", "Authentication Required"),
        "takedown": error(403, "AccountTakedown", "Account has been taken down"),
        "upstream": error(502, "UpstreamFailure", "Upstream service unreachable"),
        "unavailable": (503, "<html><body><h1>503 Service Unavailable</h1></body></html>"),
        "internal": error(500, "InternalServerError", "Internal Server Error"),
        "invalid": error(400, "InvalidRequest", "Invalid app.bsky.feed.post record"),
        "firewall": (403, "<html><body><h1>Request blocked</h1></body></html>"),
        "missing": error(400, "NotFound", "Post not found"),
        "nothing": (200, '{"posts": []}'),
        "moved": error(400, "AccountDeactivated", "Account has been deactivated"),
        "html": (200, "<html>sorry</html>"),
        "empty": (200, ""),
    }

    def __init__(self, port: int = 0, secrets: dict[str, str] | None = None) -> None:
        super().__init__(port)
        given, self.network, self.view_down, self._any = secrets or SECRETS, Network(), False, False
        self.listings, self.records = Listings(self.network), Records(self.network)
        self.sessions = Sessions(self.network, self.url)
        self.us = self.network.actor(given["EARSHOT_BLUESKY_HANDLE"])
        self.sessions.passwords[self.us.handle] = given["EARSHOT_BLUESKY_APP_PASSWORD"]

    def now(self) -> datetime:
        """The network's clock."""
        return self.network.now()

    def fail_any(self, mode: str, **more: Any) -> None:
        """Let the next call fail, whichever it is."""
        self.fail_next("*", mode, **more)
        self._any = True

    def route(self, call: Call) -> tuple[str, Callable[[], Reply]]:
        """By the XRPC method."""
        name = call.path.removeprefix("/xrpc/")
        struck, self._any = self._any, False
        return "*" if struck else name, lambda: self._answer(name, call)

    def _answer(self, name: str, call: Call) -> Reply:
        try:
            return 200, json.dumps(self._done(name, call))
        except Refusal as refusal:
            return refusal.answer
        except (KeyError, TypeError, ValueError) as fault:
            return error(400, "InvalidRequest", f"Error: {fault}")

    def _done(self, name: str, call: Call) -> Json:
        header = call.headers.get("authorization", "")
        token, body = header.removeprefix("Bearer ") or None, call.json()
        if name == "com.atproto.server.createSession":
            return self.sessions.create(body)
        if name == "com.atproto.server.refreshSession":
            return self.sessions.renew(token, call.body)
        who = self.sessions.who(token)
        if name.startswith("app.bsky.") and self.view_down:
            raise Refusal(502, "UpstreamFailure", "Upstream service unreachable")
        return self._methods(who, call, body)[name]() if name in self._methods(who, call, body) else _unknown(name)

    def _methods(self, who: Actor, call: Call, body: Any) -> dict[str, Callable[[], Json]]:
        listings, params = self.listings, call.params
        return {
            "com.atproto.server.getSession": lambda: {"did": who.did, "handle": who.handle, "active": True},
            "com.atproto.identity.resolveHandle": lambda: self._resolved(params["handle"]),
            "com.atproto.repo.getRecord": lambda: self.records.get(params),
            "com.atproto.repo.listRecords": lambda: self.records.listed(params),
            PUT: lambda: self.records.put(who, body),
            "app.bsky.notification.listNotifications": lambda: listings.notifications(who.did, params),
            "app.bsky.feed.searchPosts": lambda: listings.search(who.did, params),
            "app.bsky.feed.getPostThread": lambda: listings.thread(who.did, params["uri"]),
            "app.bsky.feed.getPosts": lambda: listings.posts(who.did, [v for k, v in call.pairs if k == "uris"]),
        }

    def _resolved(self, handle: str) -> Json:
        for one in self.network.actors.values():
            if one.handle == handle:
                return {"did": one.did}
        raise Refusal(400, "InvalidRequest", "Unable to resolve handle")

    # ---- what people do

    def mention(self, text: str = "@shop.test hello", handle: str = "ada.test", **more: Any) -> Record:
        """Somebody posts, with a facet that names us."""
        return self.network.post(handle, text, **({"names": self.us.did} | more))

    def own(self, text: str, reply_to: str | None = None) -> Record:
        """A person of ours posts in the app."""
        return self.network.post(self.us.handle, text, reply_to=reply_to)


def _unknown(name: str) -> Json:
    raise Refusal(501, "MethodNotImplemented", f"Method Not Implemented: {name}")
