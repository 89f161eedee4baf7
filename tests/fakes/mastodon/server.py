"""The fake server: its calls, and a ledger of what was really posted."""

import itertools
import json
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from tests.fakes.loopback import Call, Loopback, Reply
from tests.fakes.mastodon.manners import MASTODON, Manners
from tests.fakes.mastodon.statuses import Json, Person, Status, markup

TOKEN = "fake-mastodon-token"


def _error(status: int, message: str) -> Reply:
    return status, json.dumps({"error": message})


ACTS = {"favourite": "favourited", "reblog": "reblogged"}
GONE = _error(404, "Record not found")


class MastodonServer(Loopback):
    """One server with our account `shop`. token: the one that counts; own_lag: seconds until own posts are listed;

    twice: every page lists its first item twice; empty: so many pages to come are empty; policy: what becomes of
    notifications, where the server filters them.
    """

    answers: ClassVar[Mapping[str, Reply]] = {
        "unauthorized": _error(401, "The access token is invalid"),
        "scope": _error(403, "This action is outside the authorized scopes"),
        "forbidden": _error(403, "This action is not allowed"),
        "gone": GONE,
        "too-long": _error(422, "Validation failed: Text character limit of 500 exceeded"),
        "rate": _error(429, "Too many requests"),
        "overload": _error(429, "server capacity exceeded"),
        "internal": _error(500, "Internal Server Error"),
        "unavailable": (503, "<html><body><h1>503 Service Unavailable</h1></body></html>"),
        "bad-gateway": (502, "<html>502</html>"),
        "missing-page": (404, "<html>nothing here</html>"),
        "proxy-page": (403, "<html><body>Blocked by your company's filter</body></html>"),
        "portal": (200, "<html><body>Please sign in to the wireless network</body></html>"),
        "moved": (301, ""),
    }

    def __init__(self, manners: Manners = MASTODON, port: int = 0) -> None:
        super().__init__(port)
        self.manners, self.forgets, self.token = manners, manners.forgets, TOKEN
        self.lock, self._serial = threading.RLock(), itertools.count(1)
        self.me = Person(self.new_id(), "shop")
        self.statuses: dict[str, Status] = {}
        self.posted: list[Json] = []
        self.acts: list[tuple[str, str]] = []  # what we did to which status, each time that it changed something
        self._keys: dict[str, Status] = {}
        self._stamped: dict[str, str] = {}  # later ids of a status -> its first one
        accepted = ("not_following", "not_followers", "new_accounts")
        self.policy = {f"for_{name}": "accept" for name in accepted} | {"for_private_mentions": "filter"}
        self.blocked: set[str] = set()  # accounts that have blocked us
        self.until: datetime | None = None  # nothing that is listed later is listed any more
        self.own_lag, self.twice, self.empty = 0.0, False, 0

    # ---- what happens there

    def new_id(self, moment: datetime | None = None) -> str:
        """An id in this server's manner."""
        return self.manners.new_id(moment or self.now(), next(self._serial))

    def say(
        self, content: str, *, by: str = "ada", late: float | None = None, to_us: bool = True, **more: Any
    ) -> Status:
        """Somebody posts HTML; to_us: we are mentioned, and notified."""
        now = more.pop("at", None) or self.now()
        author = more.pop("author", None) or Person(f"acc-{by}", by)
        listed = self.now() + timedelta(seconds=self.manners.late if late is None else late)
        with self.lock:
            noticed = listed if self.manners.bound else now  # as snac: what comes late is the newest of its list
            named: Json = {"notice": self.new_id(noticed), "mentions": [self.me.id]} if to_us else {}
            status = Status(self.new_id(now), author, content, now, listed, **(named | more))
            if status.notice and self.manners.filters and status.visibility == "direct":
                self._filter(status, self.policy["for_private_mentions"])
            self.statuses[status.id] = status
        return status

    def _filter(self, status: Status, rule: str) -> None:
        """Like Mastodon 4.3: filtered ones are told to who asks for them, dropped ones are made for nobody."""
        status.filtered, status.notice = rule == "filter", "" if rule == "drop" else status.notice

    def own(self, content: str, reply_to: str | None = None, **more: Any) -> Status:
        """Our account posts, by a person's hand."""
        return self.say(content, author=self.me, to_us=False, late=self.own_lag, reply_to=reply_to, **more)

    def edit(self, status_id: str, content: str) -> None:
        """The author edits: the id stays, but on snac."""
        with self.lock:
            status = self.statuses[self._stamped.get(status_id, status_id)]
            status.content, status.edited_at = content, self.now()
            if self.manners.restamps:
                self.restamp(status)

    def restamp(self, status: Status) -> None:
        """Give a post another id, and show it in the answers to it."""
        first, old = self._stamped.get(status.id, status.id), status.id
        status.id = self.new_id()
        self._stamped[status.id] = first
        for answer in self.statuses.values():
            answer.reply_to = status.id if answer.reply_to == old else answer.reply_to

    def status_of(self, status_id: str) -> Status | None:
        """The status that has, or had, this id."""
        return self.statuses.get(self._stamped.get(status_id, status_id))

    # ---- the calls

    def route(self, call: Call) -> tuple[str, Callable[[], Reply]]:
        name, answer = self._routed(call)
        return name, lambda: self._checked(call, answer)

    def _checked(self, call: Call, answer: Callable[[], Any]) -> Reply:
        if call.headers.get("authorization") != f"Bearer {self.token}":
            return self.answers["unauthorized"]
        with self.lock:
            told = answer()
        if isinstance(told, tuple) and told[0] == 404 and self.manners.name == "snac":
            return 404, "<h1>404 Not Found</h1>"
        return told if isinstance(told, tuple) else (200, json.dumps(told))

    def _routed(self, call: Call) -> tuple[str, Callable[[], Any]]:
        bits = call.path.strip("/").split("/")[2:]
        if call.method == "POST" and bits == ["statuses"]:
            return "POST statuses", lambda: self._create(call)
        if bits == ["notifications", "policy"]:
            return "GET policy", lambda: dict(self.policy) if self.manners.filters else _error(404, "Not Found")
        if bits == ["notifications"]:
            return "GET notifications", lambda: self._notifications(call)
        if bits == ["accounts", "verify_credentials"]:
            return "GET me", self.me.told
        if bits == ["instance"]:
            return "GET instance", lambda: self._instance(call.path)
        if len(bits) == 3 and bits[0] == "accounts" and bits[2] == "statuses":
            return "GET own", lambda: self._timeline(call, lambda one: one.author.id == bits[1], [])
        if len(bits) == 3 and bits[:2] == ["timelines", "tag"]:
            return "GET tag", lambda: self._timeline(call, lambda one: bits[2].lower() in one.tags, ["public"])
        if len(bits) == 2 and bits[0] == "statuses":
            return "GET status", lambda: self._here(bits[1]).told() if self._here(bits[1]) else GONE
        if len(bits) == 3 and bits[0] == "statuses" and bits[2] == "context":
            return "GET context", lambda: self._context(bits[1])
        if call.method == "POST" and len(bits) == 3 and bits[0] == "statuses" and bits[2] in ACTS:
            return f"POST {bits[2]}", lambda: self._applaud(bits[1], bits[2])
        return f"{call.method} {call.path}", lambda: _error(404, "Not Found")

    def _instance(self, path: str) -> Any:
        if self.manners.name == "snac" and path.startswith("/api/v2"):
            return 404, "<html>404</html>"
        return {"configuration": {"statuses": {"max_characters": self.manners.characters}}}

    def _listed(self) -> list[Status]:
        now = min(self.now(), self.until or self.now())
        here = [status for status in self.statuses.values() if status.listed_at <= now and not status.deleted]
        return [one for one in here if one.author.id not in self.blocked]

    def notified(self) -> list[Status]:
        """The statuses of the notifications that are listed by now."""
        return [item for item in self._listed() if item.notice]

    def bounded(self) -> list[Status]:
        """Those of the notifications that the server still lists."""
        newest = sorted(self.notified(), key=lambda one: _key(one.notice), reverse=True)
        return newest[: self.manners.bound]

    def _notifications(self, call: Call) -> Any:
        types = {value for name, value in call.pairs if name == "types[]"} if self.manners.types else set()
        shown = [one for one in self.bounded() if not one.filtered or call.params.get("include_filtered") == "true"]
        told = {one.notice: one.notification() for one in shown if not types or one.kind in types}
        return self._page(told, call, 80)

    def _timeline(self, call: Call, wanted: Callable[[Status], bool], visible: list[str]) -> Any:
        chosen = [item for item in self._listed() if wanted(item) and (not visible or item.visibility in visible)]
        return self._page({one.id: one.told() for one in chosen}, call, 40)

    def _page(self, told: dict[str, Json], call: Call, most: int) -> Any:
        """since_id: the newest n after it; min_id: the n just after it; newest first in either case."""
        if self.empty:
            self.empty -= 1
            return []
        size, asked = min(int(call.params.get("limit", "20")), most), call.params
        order = sorted(told, key=lambda one: (len(one), one), reverse=True)
        if self.manners.max_id and "max_id" in asked:
            order = [one for one in order if _key(one) < _key(asked["max_id"])]
        if self.manners.min_id:
            for name in {"since_id", "min_id"} & asked.keys():
                order = [one for one in order if _key(one) > _key(asked[name])]
        chosen = order[-size:] if self.manners.min_id and "min_id" in asked else order[:size]
        return [told[one] for one in ([*chosen[:1], *chosen] if self.twice else chosen)]

    def _here(self, status_id: str) -> Any:
        one = self.status_of(status_id)
        is_known = one is not None and (one.id == status_id or self.manners.old_ids)
        return one if is_known and one in self._listed() else None

    def _context(self, status_id: str) -> Any:
        one = self._here(status_id)
        if one is None:
            return GONE
        before: list[Status] = []
        while one.reply_to and (one := self._here(one.reply_to)):
            before.insert(0, one)
        below, found = [self._here(status_id).id], list[Status]()
        while below:
            answers = [item for item in self._listed() if item.reply_to == below[0]]
            found, below = found + answers, [*below[1:], *(answer.id for answer in answers)]
        return {"ancestors": [one.told() for one in before], "descendants": [status.told() for status in found]}

    def _applaud(self, status_id: str, call: str) -> Any:
        """Favourite or boost; again it changes nothing. A boost is a status of its own, told with what it boosts."""
        one, done = self._here(status_id), ACTS[call]
        if one is None:
            return GONE
        if call == "reblog" and one.visibility not in ("public", "unlisted"):
            return _error(403, "This action is not allowed")
        if not getattr(one, done):
            self.acts.append((call, one.id))
            setattr(one, done, True)
        return one.told() if call == "favourite" else {**one.told(), "id": f"boost-{one.id}", "reblog": one.told()}

    def _create(self, call: Call) -> Any:
        asked, key = call.json(), call.headers.get("idempotency-key", "")
        if not isinstance(asked, dict) or not isinstance(asked.get("status"), str) or not asked["status"].strip():
            return _error(422, "Validation failed: Text can't be blank")
        if self.manners.idempotent and key in self._keys:
            return self._keys[key].told()
        target = self._here(asked["in_reply_to_id"]) if asked.get("in_reply_to_id") else None
        if asked.get("in_reply_to_id") and target is None:
            return _error(404, "The post you are trying to reply to does not appear to exist.")
        if self.manners.length(asked["status"]) > self.manners.characters:
            status = 422 if self.manners.name == "Mastodon" else 400
            return _error(status, f"Validation failed: Text character limit of {self.manners.characters} exceeded")
        return self._created(asked, key).told()

    def _created(self, asked: Json, key: str) -> Status:
        visible = {"visibility": asked.get("visibility", "public"), "language": asked.get("language")}
        target = self._here(asked["in_reply_to_id"]) if asked.get("in_reply_to_id") else None
        made = self.own(markup(asked["status"]), target.id if target else None, **visible)
        self._keys[key] = made
        line = {"id": made.id, "text": asked["status"], "in_reply_to": made.reply_to, "at": made.created_at.isoformat()}
        self.posted.append(line | {"visibility": made.visibility, "key": key})
        return made


def _key(one: str) -> tuple[int, str]:
    return len(one), one
