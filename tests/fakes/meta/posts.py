"""What exists on the fake: people, posts and comments, and when they are listed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zlib import crc32

Json = dict[str, Any]


@dataclass
class Person:
    """Somebody, by an id that only this app sees; username: on Instagram."""

    id: str
    name: str

    @property
    def username(self) -> str:
        """As Instagram names them."""
        return self.name.lower().replace(" ", "_")


@dataclass
class Post:
    """kind: own, visitor, ad, tagged. raw: told instead."""

    id: str
    author: Person
    message: str
    created_at: datetime
    kind: str = "own"
    deleted: bool = False
    can_comment: bool = True
    raw: Json | None = None


@dataclass
class Comment:
    """author: None where Meta leaves it out; parent: the first comment of its thread; held: listed to nobody."""

    id: str
    post: Post
    author: Person | None
    message: str
    created_at: datetime
    listed_at: datetime
    parent: "Comment | None" = None
    hidden: bool = False
    can_comment: bool = True
    deleted: bool = False
    held: bool = False
    raw: Json | None = None

    @property
    def key(self) -> str:
        """The part of the id that both spellings have."""
        return self.id.rpartition("_")[2]

    def is_listed(self, now: datetime) -> bool:
        """Whether anybody is told of it."""
        gone = self.deleted or self.post.deleted or (self.parent is not None and self.parent.deleted)
        return self.listed_at <= now and not gone and not self.held


def somebody(name: str) -> Person:
    """A person with an id of their own."""
    return Person(f"9{crc32(name.encode()):010}", name.title())


def stamp(moment: datetime) -> str:
    """As Meta writes times: in whole seconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S+0000")
