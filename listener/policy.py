"""What the operator decided, as frozen values that settings reads from policy.toml, factsheet.toml and replies.toml.

Phrases are words separated by blanks; `*` at a word's end stands for any letters. Never regular expressions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Literal

from listener.club_rules import NO_CLUB, Club

Auto = Literal["never", "earned", "always"]
PART = ":"  # between the id of a variant that is made of parts and the number of each part


@dataclass(frozen=True, slots=True)
class ResponderConfig:
    """A responder, in the policy's order. options: an instance of its module's frozen `Options`; None without."""

    kind: str
    auto: Auto = "never"
    due: timedelta | None = None  # the response target of its replies
    options: object = None
    module: str | None = None  # the dotted name of a kind outside this repository
    uses_facts: bool = False  # its wording may contain a fact's statement, source and link
    is_fallback: bool = False  # it is tried after all others, wherever the policy names it


@dataclass(frozen=True, slots=True)
class Fact:
    """An entry of the fact sheet. claims: phrasings of the error; questions: phrasings of the question it answers.

    statement: what we say; owner: who must check it; from the day it expires on, a person is called. from_: the day
    before which it is not true yet, such as a sale's first (None: it is true already).
    """

    id: str
    statement: str
    source: str
    owner: str
    checked: date
    expires: date
    claims: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    link: str | None = None
    from_: date | None = None

    def has_begun(self, day: date) -> bool:
        """Return whether the fact is true on this day already."""
        return self.from_ is None or self.from_ <= day


@dataclass(frozen=True, slots=True)
class Variant:
    """A wording of a kind of reply. short is tried right after text; when: names of cues, any of which must hit.

    The id of a text made of parts ends in the number of each part: "status:0:2" (settings/combinations.py).
    """

    id: str
    text: str
    short: str | None = None
    when: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SavedReply:
    """A text that staff can insert while they edit. kinds: of reply that it is for; empty: all."""

    id: str
    text: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brand:
    """Who we are: name, and the words that mean us (removed before scoring)."""

    name: str
    terms: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what is answered and on what is sent automatically."""

    max_age: timedelta = timedelta(days=3)
    draft_expires: timedelta = timedelta(days=7)
    claim_lease: timedelta = timedelta(minutes=15)
    auto_per_hour: int = 20
    auto_per_day: int = 100
    escalation_due: timedelta | None = timedelta(hours=4)
    retain_text: timedelta | None = None
    retain_deleted_text: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Autonomy:
    """How a kind with auto = "earned" earns it: by the last min_reviews reviews of drafts inside its auto band.

    max_changes: how many of them may be rejections or edits; sample_rate: the share (0..1) that staff review anyway.
    """

    min_reviews: int = 500
    max_changes: int = 2
    sample_rate: float = 0.05


@dataclass(frozen=True, slots=True)
class Holds:
    """Limits that hold automatic replies, and warn at an approval. 0 turns a hold off.

    flood_*: the most replies to an author, in a conversation or of a kind within flood_window;
    max_similar_per_day: how often nearly the same text (similarity_threshold, 0..1, and above) may be sent a day;
    spike_*: a spike is a share of negative mentions within spike_window (of at least spike_min_mentions) that is at
    least spike_share, and spike_factor times the share of the spike_baseline before. tragedy_min_authors: how many
    people write of death or danger within a day before announcements are held.
    """

    flood_window: timedelta = timedelta(hours=1)
    flood_author: int = 5
    flood_conversation: int = 10
    flood_kind: int = 200
    max_similar_per_day: int = 5
    similarity_threshold: float = 0.9
    spike_window: timedelta = timedelta(hours=1)
    spike_min_mentions: int = 30
    spike_share: float = 0.4
    spike_factor: float = 2.0
    spike_baseline: timedelta = timedelta(days=7)
    spike_cooldown: timedelta = timedelta(hours=2)
    tragedy_min_authors: int = 3


@dataclass(frozen=True, slots=True)
class Reader:
    """The second reader, and the bounds (0..1) from which it speaks up; training chose the defaults.

    doubt_below, auto_from, propose_from: of the balance of praise over complaint, below which a thank-you goes to a
    person, from which it may be sent automatically, and from which one is drafted; hear_from: of a complaint, from
    which a mention that the rules would ignore goes to a person. learn: adapt the weights weekly to what staff decide.
    """

    enabled: bool = True
    learn: bool = False
    doubt_below: float = 0.43
    auto_from: float = 0.64
    propose_from: float = 0.78
    hear_from: float = 0.33


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """A part of the day in the policy's timezone; start > end passes midnight. days: 0 is Monday."""

    start: time
    end: time
    days: frozenset[int] = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class WeekTime:
    """A time of the day in the policy's timezone, on these days. days: 0 is Monday."""

    at: time
    days: frozenset[int] = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Policy:
    """What `decide` and the holds need from the operator. texts: the files it was read from; hash: theirs."""

    brand: Brand
    languages: tuple[str, ...]
    responders: tuple[ResponderConfig, ...]
    facts: tuple[Fact, ...]
    wording: Mapping[str, tuple[Variant, ...]]
    variables: Mapping[str, str]
    private_variables: Mapping[str, str] = field(default_factory=dict)  # their values where the mention is private
    link_hosts: tuple[str, ...] = ()  # hosts that an outgoing text may link to
    lexicon: Mapping[str, float] = field(default_factory=dict)  # the shipped words and the operator's own
    cues: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # the shipped phrases and the operator's own
    limits: Limits = Limits()
    autonomy: Autonomy = Autonomy()
    holds: Holds = Holds()
    reader: Reader = Reader()
    timezone: str = "UTC"
    quiet_hours: tuple[TimeWindow, ...] = ()
    business_hours: tuple[TimeWindow, ...] = ()  # when staff are present, for due times and reports; empty: always
    holidays: frozenset[date] = frozenset()
    staff: tuple[str, ...] = ()
    needs_second_approval: tuple[str, ...] = ()  # kinds, rules and cues whose replies two people must approve
    signatures: Mapping[str, str] = field(default_factory=dict)  # name of staff -> the end of their replies
    saved_replies: tuple[SavedReply, ...] = ()
    undo_delay: timedelta = timedelta(seconds=10)
    club: Club = NO_CLUB
    hash: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)

    def responder_config(self, kind: str) -> ResponderConfig | None:
        """Return the configuration of this kind, or None if the policy does not name it."""
        return next((config for config in self.responders if config.kind == kind), None)
