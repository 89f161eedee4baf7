"""What a platform itself can say after a run, against which the checker holds the database; and what came of a run."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

Wrong = Literal["lost", "doubled", "silent", "broken"]


@dataclass(frozen=True)
class Post:
    """A reply that exists on the platform. target: the mention it answers; thread: its interaction."""

    id: str
    target: str
    thread: str
    text: str
    at: datetime | None = None  # None: the platform keeps no time


@dataclass(frozen=True)
class Evidence:
    """listed: what the platform lists at the end, interaction -> its newest text; posts: what was really posted."""

    platform: str
    listed: dict[str, str]
    posts: list[Post]
    announced: Collection[Post] = ()  # posts that answer nothing; made through the API, not by hand
    applauded: Collection[tuple[str, str]] = ()  # act and interaction of each like and repost that was really made
    malformed: Collection[str] = ()  # items that nobody can read: to be set aside, never to be lost
    ours: Collection[str] = ()  # posts of our own account: never to be taken for mentions
    by_hand: Collection[str] = ()  # replies that a person of ours wrote on the platform
    priced: bool = False  # a post costs money
    billed: float = 0.0  # US dollars that the platform will ask for
    gone: float = 0.0  # of which for what is listed no more: what was in an answer that was lost comes never again
    unlisted: Mapping[str, str] = field(default_factory=dict)  # left a bounded list: interaction -> id that gaps name


@dataclass(frozen=True)
class Remains:
    """What a run left on the disk. canaries: secrets that stand in none of the files."""

    database: Path
    files: list[Path] = field(default_factory=list)
    canaries: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Finding:
    """Something that must not be: what sort, and in words."""

    wrong: Wrong
    message: str

    def __str__(self) -> str:
        return f"{self.wrong}: {self.message}"


@dataclass
class Ran:
    """What a run was and what came of it. story: what was done, in order.

    ends, announced, applauded: replies, announcements and acts by state.
    """

    seed: int
    findings: list[Finding] = field(default_factory=list)
    story: list[str] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    announced: Counter[str] = field(default_factory=Counter)
    applauded: Counter[str] = field(default_factory=Counter)
    mentions: int = 0
    posts: int = 0
    commands: int = 0
