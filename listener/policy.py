"""What the operator decided, as frozen values: made by settings from policy.toml, factsheet.toml and replies.toml.

Phrases are words separated by blanks; `*` at a word's end stands for any letters. Never regular expressions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Literal

Auto = Literal["never", "earned", "always"]


@dataclass(frozen=True, slots=True)
class ResponderConfig:
    """One responder in the policy's order. options: an instance of its module's frozen `Options`; None without."""

    kind: str
    auto: Auto = "never"
    due: timedelta | None = None  # the response target of its replies
    options: object = None
    module: str | None = None  # the dotted name of a kind outside this repository
    uses_facts: bool = False  # its wording may contain a fact's statement, source and link


@dataclass(frozen=True, slots=True)
class Fact:
    """One entry of the fact sheet. claims: phrasings of the error; questions: phrasings of the question it answers.

    text: what we say, variants in order, each with {{ variables }}; expires: after it a person is called.
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


@dataclass(frozen=True, slots=True)
class Variant:
    """One wording of a kind of reply. short is tried right after text; when: cue names one of which must have hit."""

    id: str
    text: str
    short: str | None = None
    when: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SavedReply:
    """A text that staff insert while they edit. kinds: of which kinds of reply; none: of all."""

    id: str
    text: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brand:
    """Who we are: name, and the words that mean us (stripped before scoring)."""

    name: str
    terms: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what is answered and on what goes out by itself."""

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
    """How a kind with auto = "earned" earns it: by the last `record` decisions of staff on drafts inside its auto band.

    changes: how many of them may be rejections or changes; sample: the share (0..1) that goes to staff all the same.
    """

    min_reviews: int = 500
    max_changes: int = 2
    sample_rate: float = 0.05


@dataclass(frozen=True, slots=True)
class Holds:
    """What else is happening that stops what goes out by itself, and warns at an approval. 0 switches a hold off.

    flood_*: the most replies to one author, in one conversation or of one kind within flood_window;
    max_similar_per_day: how often nearly the same text (similarity_threshold, 0..1, and above) may go out a day;
    spike_*: a spike is a share of negative mentions within spike_window (of at least spike_min_mentions) that is at
    least spike_share, and spike_factor times the share of the spike_baseline before.
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


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """A stretch of the day in the policy's timezone; start > end runs over midnight. days: 0 is Monday."""

    start: time
    end: time
    days: frozenset[int] = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything `decide` and the holds ask of the operator. texts: the files it was read from; hash: of them."""

    brand: Brand
    languages: tuple[str, ...]
    responders: tuple[ResponderConfig, ...]
    facts: tuple[Fact, ...]
    wording: Mapping[str, tuple[Variant, ...]]
    variables: Mapping[str, str]
    link_hosts: tuple[str, ...] = ()  # hosts that an outgoing text may link to
    lexicon: Mapping[str, float] = field(default_factory=dict)  # the shipped one with the operator's own on top
    cues: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # the shipped phrases and the operator's own
    limits: Limits = Limits()
    autonomy: Autonomy = Autonomy()
    holds: Holds = Holds()
    timezone: str = "UTC"
    quiet: tuple[TimeWindow, ...] = ()
    business: tuple[TimeWindow, ...] = ()  # when staff are there, for the figures; empty: around the clock
    holidays: frozenset[date] = frozenset()
    staff: tuple[str, ...] = ()
    needs_second_approval: tuple[str, ...] = ()  # kinds, rules and cues whose replies two names must approve
    signatures: Mapping[str, str] = field(default_factory=dict)  # name of staff -> what ends their replies
    saved: tuple[SavedReply, ...] = ()
    undo: timedelta = timedelta(seconds=10)
    hash: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)

    def responder_config(self, kind: str) -> ResponderConfig | None:
        """The responder of this kind, or None when the policy does not name it."""
        return next((one for one in self.responders if one.kind == kind), None)
