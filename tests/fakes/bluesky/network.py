"""Who there is, the records of their repositories, and what one of them is shown of the others."""

import hashlib
import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from listener.platforms.bluesky.times import instant, stamp, tid

Json = dict[str, Any]
POST, LIKE, PROFILE = "app.bsky.feed.post", "app.bsky.feed.like", "app.bsky.actor.profile"
REPOST = "app.bsky.feed.repost"
MAX_IN_MS = 40  # posts in a millisecond; a page has 50 or 100
_LEVELS = 5  # up which a reply is told to the authors above it


class Refusal(Exception):
    """An error of XRPC: status, name, message."""

    def __init__(self, status: int, name: str, message: str) -> None:
        super().__init__(message)
        self.answer = status, json.dumps({"error": name, "message": message})


@dataclass
class Actor:
    """An account."""

    did: str
    handle: str
    bot: bool = False
    blocks: set[str] = field(default_factory=set)


@dataclass
class Record:
    """A record. at: by which it is listed, min(createdAt, indexed); shows: the AppView knows it from then on.

    labels: what moderators said of it.
    """

    did: str
    collection: str
    key: str
    value: Json
    at: datetime
    shows: datetime
    deleted: bool = False
    labels: list[str] = field(default_factory=list)

    @property
    def uri(self) -> str:
        """Its at:// address."""
        return f"at://{self.did}/{self.collection}/{self.key}"

    @property
    def cid(self) -> str:
        """A hash of its content."""
        return "bafyrei" + hashlib.sha256(json.dumps(self.value, sort_keys=True).encode()).hexdigest()[:40]

    def target(self, name: str) -> str:
        """The uri that a reply names as its root or parent; "" where there is none."""
        return str(inner(self.value, "reply", name).get("uri") or "")


class Network:
    """All of it. ahead: the servers' clock against the machine's; gates: root uri -> allow list of its threadgate."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.actors: dict[str, Actor] = {}
        self.records: dict[str, Record] = {}
        self.gates: dict[str, list[str]] = {}
        self.ahead = timedelta(0)
        self._serial = 0
        self._written_at: list[str] = []  # of the last records, as finely as a cursor tells it

    def now(self) -> datetime:
        """The servers' clock."""
        return datetime.now(UTC) + self.ahead

    def _spread(self) -> None:
        """Wait for the next millisecond where this one has many records: more than a page could not be listed."""
        with self.lock:
            while self._written_at[-MAX_IN_MS:].count(stamp(self.now())) == MAX_IN_MS:
                pass
            self._written_at.append(stamp(self.now()))

    def actor(self, handle: str) -> Actor:
        """The account of this handle, made when it is new."""
        with self.lock:
            for one in self.actors.values():
                if one.handle == handle:
                    return one
            made = Actor(f"did:plc:{hashlib.sha256(handle.encode()).hexdigest()[:24]}", handle)
            self.actors[made.did] = made
            return made

    def new_key(self) -> str:
        """A TID of this moment, never given twice."""
        with self.lock:
            self._serial += 1
            return tid(self.now(), self._serial)

    def put(self, did: str, collection: str, key: str, value: Json, *, late: float = 0) -> Record:
        """Write a record; an edit keeps its place in the listings. late: seconds until the AppView knows it."""
        with self.lock:
            indexed = self.now() + timedelta(seconds=late)
            made = Record(
                did, collection, key, value, min(instant(value.get("createdAt")) or indexed, indexed), indexed
            )
            old = self.records.get(made.uri)
            if old and not old.deleted:
                old.value = value
                return old
            self.records[made.uri] = made
            return made

    # ---- what people do

    def post(
        self,
        handle: str,
        text: str,
        *,
        names: str | None = None,
        reply_to: str | None = None,
        quotes: str | None = None,
        created: datetime | None = None,
        late: float = 0,
    ) -> Record:
        """Somebody posts. names: a DID that a facet mentions; created: what the author's clock says."""
        self._spread()
        value: Json = {"$type": POST, "text": text, "createdAt": stamp(created or self.now()), "langs": ["en"]}
        if names:
            index = {"byteStart": 0, "byteEnd": 5}
            value["facets"] = [{"index": index, "features": [{"$type": "…#mention", "did": names}]}]
        if quotes:
            value["embed"] = {"$type": "app.bsky.embed.record", "record": self._strong(quotes)}
        if reply_to:
            root = self.records[reply_to].target("root") or reply_to
            value["reply"] = {"root": self._strong(root), "parent": self._strong(reply_to)}
        return self.put(self.actor(handle).did, POST, self.new_key(), value, late=late)

    def like(self, handle: str, uri: str) -> Record:
        """Somebody likes a post: a row among the notifications."""
        value = {"$type": LIKE, "subject": self._strong(uri), "createdAt": stamp(self.now())}
        return self.put(self.actor(handle).did, LIKE, self.new_key(), value)

    def _strong(self, uri: str) -> Json:
        return {"uri": uri, "cid": self.records[uri].cid if uri in self.records else "bafygone"}

    # ---- what is seen

    def seen(self, viewer: str, uri: str) -> Record | None:
        """The record, as far as this viewer's AppView shows it: known by now, not deleted, no block, no gate."""
        one = self.records.get(uri)
        if one is None or one.deleted or one.shows > self.now() or self.blocked(viewer, one.did):
            return None
        return None if self._gated(one, one.did) else one

    def blocked(self, one: str, other: str) -> bool:
        """A block in either direction."""
        return other in self._blocks(one) or one in self._blocks(other)

    def _blocks(self, did: str) -> set[str]:
        return self.actors[did].blocks if did in self.actors else set()

    def reply_disabled(self, viewer: str, one: Record) -> bool:
        """Whether the root's threadgate keeps this viewer from answering there."""
        root = self.records.get(one.target("root") or one.uri)
        if root is None or root.uri not in self.gates or viewer == root.did:
            return False
        return not ("mention" in self.gates[root.uri] and viewer in facet_dids(root.value))

    def _gated(self, one: Record, author: str) -> bool:
        return bool(one.target("root")) and self.reply_disabled(author, one)

    def notified(self, viewer: str) -> list[tuple[str, Record]]:
        """(reason, record) of what this account is told of, newest first by the time that authors choose."""
        with self.lock:
            rows = [
                (reason, record)
                for record in list(self.records.values())
                if record.did != viewer and (reason := self._reason(viewer, record)) and self.seen(viewer, record.uri)
            ]
        return sorted(rows, key=lambda row: (row[1].at, row[1].uri), reverse=True)

    def _reason(self, viewer: str, one: Record) -> str:
        """Mention beats quote beats reply; "" for nothing to be told."""
        mine = f"at://{viewer}/"
        if one.collection == LIKE:
            return "like" if one.value["subject"]["uri"].startswith(mine) else ""
        if one.collection != POST:
            return ""
        if viewer in facet_dids(one.value):
            return "mention"
        if str(inner(one.value, "embed", "record").get("uri")).startswith(mine):
            return "quote"
        return "reply" if any(uri.startswith(mine) for uri in self._above(one)) else ""

    def _above(self, one: Record) -> list[str]:
        above: list[str] = []
        uri = one.target("parent")
        while uri and len(above) < _LEVELS:
            above.append(uri)
            uri = self.records[uri].target("parent") if uri in self.records else ""
        return above


def facet_dids(value: Json) -> set[str]:
    """The accounts that a record's facets mention."""
    facets = value.get("facets")
    return {
        feature["did"]
        for facet in (facets if isinstance(facets, list) else ())
        for feature in (inner({"x": facet}, "x").get("features") or ())
        if isinstance(feature, dict) and "did" in feature
    }


def inner(value: Json, *names: str) -> Json:
    """What lies below these names; nothing where a program wrote something else there."""
    for name in names:
        found = value.get(name)
        value = found if isinstance(found, dict) else {}
    return value
