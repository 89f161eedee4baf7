"""What staff see of a person, as values: every exchange, notes, an opt-out and what it closed."""

from dataclasses import dataclass
from datetime import datetime

from listener.club.roles import Role
from listener.store.operation_records import Note
from listener.store.rewards import PersonReward


@dataclass(frozen=True, slots=True)
class ExchangeView:
    """One mention of a person, and what became of it."""

    mention_id: str
    at: datetime
    text: str
    decision: str | None
    reply_id: int | None
    state: str | None
    reply_text: str | None
    sent_at: datetime | None
    approved_by: str | None


@dataclass(frozen=True, slots=True)
class OptOutView:
    """When a person opted out, who recorded it, and why."""

    at: datetime
    by: str
    why: str | None


@dataclass(frozen=True, slots=True)
class Membership:
    """How a person is a member: since when, with which accounts (PLATFORM:AUTHOR_ID), points of a year, and the tier.

    evidence: the mention by which they joined, PLATFORM:ID; None where it is erased.
    """

    since: datetime
    terms: str
    evidence: str | None
    accounts: tuple[str, ...]
    points: int
    tier: str | None


@dataclass(frozen=True, slots=True)
class PersonPage:
    """A person and every exchange with them, oldest first."""

    platform: str
    author_id: str
    handle: str | None
    name: str | None
    followers: int | None
    opted_out: OptOutView | None
    roles: tuple[Role, ...]
    member: Membership | None
    rewards: tuple[PersonReward, ...]
    notes: tuple[Note, ...]
    exchanges: tuple[ExchangeView, ...]


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person in a list: who they are to us, when they last wrote, and how many replies to them wait for a person."""

    platform: str
    author_id: str
    handle: str | None
    roles: tuple[Role, ...]
    tier: str | None
    mentions: int
    last_seen: datetime
    open: int


@dataclass(frozen=True, slots=True)
class WithdrawnReply:
    """A reply that an opt-out closed."""

    reply_id: int
    mention_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOutPage(PersonPage):
    """A person after an opt-out or its end. closed: what the opt-out closed; its end leaves that closed."""

    closed: tuple[WithdrawnReply, ...]
