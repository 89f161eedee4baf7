"""The posts of the fake X: what exists, since when it is listed, and how it is told in either vocabulary."""

import re
import threading
from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]
EPOCH_MS = 1288834974657


@dataclass
class Post:
    """A post. indexed_at: listed from then on; mentions: (id, username); history: ids of its edits, oldest first."""

    id: str
    author_id: str
    text: str
    created_at: datetime
    indexed_at: datetime
    conversation_id: str = ""
    reply_to: str | None = None
    reply_to_user: str | None = None
    quotes: str | None = None
    retweets: str | None = None
    mentions: list[tuple[str, str]] = field(default_factory=list)
    history: list[str] = field(default_factory=list)
    note: str | None = None
    lang: str = "en"
    deleted: bool = False
    sensitive: bool = False
    media: list[str] = field(default_factory=list)  # keys: 3_1 a picture, 7_1 a video
    polls: list[str] = field(default_factory=list)
    raw: Json | None = None  # told instead of everything else: a malformed item

    def told(self, fields: set[str], *, post_names: bool, expansions: set[str]) -> Json:
        """As X would answer for these fields. Unknown names are left out without a word."""
        if self.raw is not None:
            return self.raw
        kind = "post" if post_names else "tweet"
        item: Json = {"id": self.id, "text": self.text[:280] if self.note else self.text}
        item[f"edit_history_{kind}_ids"] = self.history or [self.id]
        attached = {"media_keys": self.media, "poll_ids": self.polls}
        extra: Json = {
            "created_at": self.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "conversation_id": self.conversation_id or self.id,
            "lang": self.lang,
            "entities": self._entities(),
            "in_reply_to_user_id": self.reply_to_user,
            "possibly_sensitive": self.sensitive,
            "attachments": {name: keys for name, keys in attached.items() if keys},
            f"note_{kind}": {"text": self.note} if self.note else None,
        }
        item |= {name: value for name, value in extra.items() if name in fields and value}
        by_expansion = {"author_id": self.author_id, f"referenced_{kind}s": self._references()}
        asked = expansions if post_names else fields | expansions
        item |= {name: value for name, value in by_expansion.items() if name in asked and value}
        return item

    def _entities(self) -> Json:
        mentions = [{"start": 0, "end": len(name) + 1, "username": name, "id": uid} for uid, name in self.mentions]
        return {"mentions": mentions} if mentions else {}

    def _references(self) -> list[Json]:
        pairs = (("replied_to", self.reply_to), ("quoted", self.quotes), ("retweeted", self.retweets))
        return [{"type": kind, "id": target} for kind, target in pairs if target]


class Posts:
    """All posts, and the account's clock. Safe under the server's threads."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.by_id: dict[str, Post] = {}
        self._order: list[int] = []  # ids, oldest first
        self.ahead = timedelta(0)  # the server's clock against the machine's
        self.until: datetime | None = None  # no mention is listed that would be later than this
        self._serial = 0

    def now(self) -> datetime:
        """The server's clock."""
        return datetime.now(UTC) + self.ahead

    def new_id(self, moment: datetime) -> str:
        """A snowflake of this moment, never given twice."""
        with self.lock:
            self._serial += 1
            ms = int(moment.timestamp() * 1000) - EPOCH_MS
            return str((max(ms, 0) << 22) + self._serial % (1 << 22))

    def add(self, post: Post) -> Post:
        """Keep it."""
        with self.lock:
            if post.id not in self.by_id:
                insort(self._order, int(post.id))
            self.by_id[post.id] = post
        return post

    def listed(self, now: datetime) -> Iterator[Post]:
        """Those that are listed by now, newest first."""
        with self.lock:
            ids = self._order.copy()
        for one in reversed(ids):
            post = self.by_id[str(one)]
            if post.indexed_at <= now and not post.deleted:
                yield post

    def mentions(self, me: str, now: datetime) -> Iterator[Post]:
        """What the mentions feed lists: who mentions us, answers us or quotes us; reposts of us too."""
        return (item for item in self.listed(min(now, self.until or now)) if self._concerns(item, me))

    def _concerns(self, post: Post, me: str) -> bool:
        named = any(uid == me for uid, _ in post.mentions) or post.reply_to_user == me
        return post.raw is not None or named or self._by(post.quotes, me) or self._by(post.retweets, me)

    def _by(self, post_id: str | None, me: str) -> bool:
        post = self.by_id.get(post_id or "")
        return post is not None and post.author_id == me

    def found(self, query: str, now: datetime) -> Iterator[Post]:
        """What a search finds: every bare word of the query stands in the text; of the operators only from: counts."""
        words = [word.strip('"').lower() for word in query.split() if ":" not in word]
        author = re.search(r"\bfrom:(\w+)", query)
        for one in self.listed(now):
            said = all(word in one.text.lower() for word in words) and not one.retweets
            if said and (not author or one.author_id == author[1]):
                yield one
