"""What is known of people as values: figures of what they wrote, and what staff marked. Standard library only."""

from dataclasses import dataclass
from datetime import datetime, timedelta

LISTENING = timedelta(days=90)  # over which days and conversations are counted
LEANING = timedelta(days=180)  # over which praise, complaints and false claims are counted
ROLES = ("minor", "advocate", "critic", "trendsetter", "gossiper", "regular", "new")
"""What a person can be to us, in the order in which roles are shown; minors are marked by staff alone."""


@dataclass(frozen=True, slots=True)
class PersonFigures:
    """What a person wrote to us, in figures that are counted when they are looked at; search hits do not count.

    recent_*: within LISTENING, followers as of then (None: not known). praise_days: days within LEANING with praise
    that answers nothing of ours; complaints and claims: conversations within LEANING with a complaint, or with a false
    claim of the fact sheet. newest_key: the newest mention.
    """

    platform: str
    author_id: str
    mentions: int
    conversations: int
    first_at: datetime
    last_at: datetime
    newest_key: int
    recent_days: int
    recent_months: int
    recent_conversations: int
    followers: int | None
    praise_days: int
    last_praise_at: datetime | None
    complaints: int
    claims: int


@dataclass(frozen=True, slots=True)
class Mark:
    """What staff know better than the figures, until a time; the newest of a kind counts.

    what: a role, or `helped` (mention_key: where the person helped somebody). is_set False: they are not that.
    """

    platform: str
    author_id: str
    what: str
    is_set: bool
    by: str
    at: datetime
    until: datetime
    why: str
    mention_key: int | None = None


@dataclass(frozen=True, slots=True)
class Tier:
    """What members get from so many points on. due: the share (0.5..1) of the usual time in which they are answered."""

    name: str
    points: int
    due: float = 1.0


@dataclass(frozen=True, slots=True)
class Club:
    """What the operator decided about members; without `join` nobody can join.

    join: phrases by which somebody joins; terms: what they agree to; adults_only: no minors join; tiers: from the
    fewest points to the most.
    """

    join: tuple[str, ...] = ()
    terms: str = ""
    adults_only: bool = False
    tiers: tuple[Tier, ...] = ()


NO_CLUB = Club()


@dataclass(frozen=True, slots=True)
class Points:
    """An entry of a member's points. what: mentions or helped; source: what for, so that nothing counts twice."""

    platform: str
    author_id: str
    what: str
    amount: int
    source: str
    at: datetime
