"""What is known of people as values: figures of what they wrote, and what staff marked. Standard library only."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

OfferKind = Literal["asked", "members", "goodwill"]
LISTENING = timedelta(days=90)  # over which days and conversations are counted
LEANING = timedelta(days=180)  # over which praise, complaints and false claims are counted
ROLES = ("minor", "advocate", "critic", "trendsetter", "gossiper", "regular", "new")
"""What a person can be to us, in the order in which roles are shown; minors are marked by staff alone."""
TELLING_ROLES = ("advocate", "critic", "trendsetter", "gossiper")
"""Roles whose names tell customers what we think of them; the others are everyday words: "the regular price"."""
ActKind = Literal["like", "repost", "quote"]
ACTS: tuple[ActKind, ...] = ("like", "repost", "quote")
"""What applause can be. A quote has words of ours, so a person makes it."""


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
class Pool:
    """Coupons of one kind, imported from the shop. cents: what each is worth; low: free ones below which is warned."""

    name: str
    cents: int
    currency: str
    low: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTerms:
    """Whom an offer goes to, when, and how often; text: its wording.

    tiers and platforms: empty for all; known_days: since how many days before `from_` a person must have been known;
    paused: nothing of it is given or sent for now.
    """

    from_: date
    until: date
    text: str
    owner: str
    claim: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    per_day: int = 50
    budget_cents: int = 0
    known_days: int = 30
    paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(OfferTerms):
    """A reward that is given once to a person, from a day on until another. text: with its terms filled in.

    kind: asked (who writes a claim phrase gets it), members, or goodwill (staff give it, with a reason).
    """

    name: str
    pool: Pool
    kind: OfferKind

    def find_stop(self, day: date) -> str | None:
        """Return why nothing of the offer goes to anybody on this day; None while it runs."""
        if self.paused:
            return f"offer {self.name} is paused"
        if not self.from_ <= day < self.until:
            return f"offer {self.name} runs from {self.from_} until {self.until}"
        return None

    def runs(self, day: date) -> bool:
        """Return whether the offer is given on this day."""
        return self.find_stop(day) is None


@dataclass(frozen=True, slots=True)
class Applause:
    """Which praise may be applauded: what was written within so many days."""

    days: int = 14


@dataclass(frozen=True, slots=True)
class Testimonials:
    """How people are asked whether we may show their words, and the phrases by which they consent."""

    ask: str
    consent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Club:
    """What the operator decided about members, offers and praise; without `join` nobody can join.

    join: phrases by which somebody joins; terms: what they agree to; adults_only: no minors join; tiers: from the
    fewest points to the most. disclosures: phrases by which somebody says that they got something from us. applause,
    testimonials: None where they are off.
    """

    join: tuple[str, ...] = ()
    terms: str = ""
    adults_only: bool = False
    tiers: tuple[Tier, ...] = ()
    pools: tuple[Pool, ...] = ()
    offers: tuple[Offer, ...] = ()
    disclosures: tuple[str, ...] = ()
    applause: Applause | None = None
    testimonials: Testimonials | None = None

    def offer(self, name: str) -> Offer | None:
        """Return the offer of this name, or None."""
        return next((offer for offer in self.offers if offer.name == name), None)


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
