"""What one page of a feed brings: mentions, own posts, items that cannot be read, and gaps. Standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from listener.model import Json, Mention


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A post of the brand's own account, by Earshot or by a person."""

    id: str
    in_reply_to: str | None
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class QuarantinedItem:
    """An item that cannot be read, with its raw text; the rest of its page is kept."""

    mention_id: str
    raw: str
    error: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch that could not be read: from_id and to_id bound it, description is for staff."""

    feed: str
    from_id: str
    to_id: str
    description: str


@dataclass(frozen=True, slots=True)
class FeedError:
    """Why a feed is not read while the others are, and what to do. retry_at: of the next try; ends_at: of the cause."""

    message: str
    do: str = ""
    retry_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FeedPage:
    """ONE page of one feed. cursor: opaque JSON of the platform; more: call again now."""

    cursor: Json
    mentions: tuple[Mention, ...] = ()
    brand_posts: tuple[OwnPost, ...] = ()
    quarantined_items: tuple[QuarantinedItem, ...] = ()
    gaps: tuple[Gap, ...] = ()
    skipped: int = 0  # own posts, reposts and sister accounts dropped by the platform
    more: bool = False
    feed: str = "mentions"  # its name; "" when the page says nothing of how the feed stands
    error: FeedError | None = None  # None: it was read
    feeds: tuple[str, ...] = ()  # all that are to be read in this round, where there are several
    known_ids_are_final: bool = False  # a known id in other words is another item that took it, and no edit
    own_posts_current: bool = False  # our own posts have been read up to the time of the call
    conversation_names: Mapping[str, str] = field(default_factory=dict)  # a former conversation_id -> what it is now
