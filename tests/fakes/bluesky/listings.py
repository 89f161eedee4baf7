"""Pages and views, with the quirks that were observed: a page is cut before it is filtered, and a cursor that is the
time of the last row loses rows of the same time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from listener.platforms.bluesky.times import instant, stamp
from tests.fakes.bluesky.network import LIKE, POST, REPOST, Actor, Json, Network, Record, Refusal, inner

Row = tuple[str, Record]


@dataclass
class Listings:
    """What the AppView answers. hidden: uris left out of a page after it was cut; blank: pages to come that are empty;

    twice: uris listed twice; opaque: cursors are no times, as another server may make them.
    """

    network: Network
    hidden: set[str] = field(default_factory=set)
    twice: set[str] = field(default_factory=set)
    blank: int = 0
    opaque: bool = False

    def notifications(self, viewer: str, params: dict[str, str]) -> Json:
        """app.bsky.notification.listNotifications; `reasons` is not understood here."""
        page, cursor = self._page(self.network.notified(viewer), params)
        rows = [self.view(viewer, one) | {"reason": reason, "isRead": False} for reason, one in page]
        return {"notifications": rows, **cursor}

    def search(self, viewer: str, params: dict[str, str]) -> Json:
        """app.bsky.feed.searchPosts: the query stands in the text."""
        rows = [
            ("", record)
            for record in list(self.network.records.values())
            if record.collection == POST
            and params.get("q", "") in str(record.value.get("text"))
            and self._seen(viewer, record)
        ]
        rows.sort(key=lambda row: (row[1].at, row[1].uri), reverse=True)
        page, cursor = self._page(rows, params)
        return {"posts": [self.view(viewer, one) for _, one in page], **cursor}

    def posts(self, viewer: str, uris: Sequence[str]) -> Json:
        """app.bsky.feed.getPosts: what is gone or blocked is left out."""
        if not 1 <= len(uris) <= 25:
            raise Refusal(400, "InvalidRequest", "Error: uris must not have more than 25 elements")
        found = [self.network.seen(viewer, uri) for uri in dict.fromkeys(uris)]
        return {"posts": [self.view(viewer, record) for record in found if record]}

    def thread(self, viewer: str, uri: str) -> Json:
        """app.bsky.feed.getPostThread, one level down."""
        record = self.network.records.get(uri)
        if record is None or record.deleted or record.shows > self.network.now():
            raise Refusal(400, "NotFound", f"Post not found: {uri}")
        if self.network.blocked(viewer, record.did):
            return {
                "thread": {
                    "$type": "app.bsky.feed.defs#blockedPost",
                    "uri": uri,
                    "blocked": True,
                    "author": {"did": record.did},
                }
            }
        below = [
            {"$type": "app.bsky.feed.defs#threadViewPost", "post": self.view(viewer, record)}
            for record in list(self.network.records.values())
            if record.target("parent") == uri and self._seen(viewer, record)
        ]
        return {"thread": {"post": self.view(viewer, record), "replies": below}}

    def view(self, viewer: str, one: Record) -> Json:
        """A post or a notification as it is shown."""
        author = self.network.actors[one.did]
        seen = {"muted": False, "blockedBy": viewer in author.blocks}
        state = {"replyDisabled": True} if self.network.reply_disabled(viewer, one) else {}
        return {
            "uri": one.uri,
            "cid": one.cid,
            "author": {"did": author.did, "handle": author.handle, "viewer": seen, "labels": _labels(author)},
            "record": one.value,
            "indexedAt": stamp(one.at),
            "viewer": state | self._done(viewer, one),
            "labels": [{"src": "did:plc:moderator", "uri": one.uri, "val": label} for label in one.labels],
            **self._quoted(one),
        }

    def _done(self, viewer: str, one: Record) -> Json:
        """The viewer's like and repost of a post, by their uris."""
        kinds, records = {LIKE: "like", REPOST: "repost"}, list(self.network.records.values())
        own = [
            record for record in records if record.did == viewer and record.collection in kinds and not record.deleted
        ]
        return {kinds[act.collection]: act.uri for act in own if act.value["subject"]["uri"] == one.uri}

    def _quoted(self, one: Record) -> Json:
        """The quoted post as it is shown, one level deeper below a picture."""
        named = inner(one.value, "embed", "record")
        quoted = self.network.records.get(str(inner({"x": named.get("record", named)}, "x").get("uri")))
        if quoted is None:
            return {}
        shown = {"uri": quoted.uri, "author": {"handle": self.network.actors[quoted.did].handle}, "value": quoted.value}
        return {"embed": {"$type": "app.bsky.embed.record#view", "record": shown}}

    def _seen(self, viewer: str, one: Record) -> bool:
        return self.network.seen(viewer, one.uri) is not None

    def _page(self, rows: list[Row], params: dict[str, str]) -> tuple[list[Row], Json]:
        size = int(params.get("limit", "50"))
        if not 1 <= size <= 100:
            raise Refusal(400, "InvalidRequest", "Error: limit can not be greater than 100")
        cut = rows[self._start(rows, params.get("cursor")) :][:size]
        cursor = {"cursor": self._cursor(rows, cut)} if cut else {}
        if self.blank:
            self.blank -= 1
            return [], cursor
        page = [row for row in cut if row[1].uri not in self.hidden]
        return [one for row in page for one in [row] * (1 + (row[1].uri in self.twice))], cursor

    def _start(self, rows: list[Row], cursor: str | None) -> int:
        if cursor is None:
            return 0
        if self.opaque and cursor.isdecimal():
            return int(cursor)
        moment = instant(cursor)
        if moment is None:
            raise Refusal(502, "InternalServerError", "Internal Server Error")
        before: Callable[[Row], bool] = lambda row: stamp(row[1].at) < stamp(moment)  # noqa: E731
        return next((number for number, row in enumerate(rows) if before(row)), len(rows))

    def _cursor(self, rows: list[Row], cut: list[Row]) -> str:
        return str(rows.index(cut[-1]) + 1) if self.opaque else stamp(cut[-1][1].at)


def _labels(author: Actor) -> list[Json]:
    return [{"src": author.did, "uri": f"at://{author.did}", "val": "bot"}] if author.bot else []
