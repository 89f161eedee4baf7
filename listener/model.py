"""The values that flow along the straight line. Standard library only; the protocols of plug-ins: protocols.py.

Times are aware datetimes in UTC, ids of platforms are text, compound scores lie in -1..1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Json = dict[str, Any]
Action = Literal["ignore", "escalate", "draft"]
ABOUT = "about_"  # how the cues begin that name what a complaint is about


@dataclass(frozen=True, slots=True)
class Mention:
    """One post about the brand, as the platform gave it (intake replaces characters that no database takes)."""

    platform: str
    id: str
    text: str
    author_id: str
    created_at: datetime
    age_start_at: datetime  # what age is reckoned from: created_at, or the time of reading when history is replayed
    interaction_id: str  # the first id of a post and all its edits
    conversation_id: str
    author_handle: str | None = None
    author_name: str | None = None
    author_followers: int | None = None
    in_reply_to: str | None = None
    lang: str | None = None  # the platform's tag
    url: str | None = None
    extra_brand_term: str | None = None  # a further brand word of this row (the memory platform's files have one)
    is_html: bool = False  # text is HTML: intake takes the markup off, so a stored mention's is plain
    is_addressed: bool = True  # to us: an @mention, a reply or a quote; False is a search hit
    can_reply: bool = True  # through the API
    ineligible_reason: str | None = None  # why it cannot be answered there
    version_id: str | None = None  # the id of its newest edit, where each edit has an id of its own
    is_private: bool = False  # only its author and we can read it, so an answer must stay as private
    attachments: tuple[str, ...] = ()  # what else was said: "picture: a torn seam", "poll: red / blue", "quote: ..."
    labels: tuple[str, ...] = ()  # content labels of its author or of moderators: "porn", "graphic", "sensitive"

    @property
    def reply_target_id(self) -> str:
        """The id that an answer goes to: that of the newest edit known."""
        return self.version_id or self.id


@dataclass(frozen=True, slots=True)
class History:
    """What decide may know of the past: with this author, in this conversation, and of today's wordings."""

    exchanges: int = 0  # earlier mentions of this author that were answered
    answered: bool = False  # this author was answered in this conversation
    answered_by: str | None = None  # who did; None if it was automatic
    opted_out: bool = False
    variants_today: tuple[str, ...] = ()  # "kind/variant": wordings used on this platform today


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement of the fact sheet met in a text: which fact, with which words, and in what manner."""

    fact: str
    words: str
    stance: Literal["stated", "asked", "denied", "hedged"]


@dataclass(frozen=True, slots=True)
class SuspectedFact:
    """A fact of the fact sheet that a text may be about, in other words than the sheet's, and those words."""

    fact: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How the second reader reads a text: probabilities of praise and of a complaint, 0..1.

    balance: how far praise outweighs complaint, 0..1; kind_words and harsh_words: what speaks most for and against.
    shipped: praise, complaint and balance by the shipped weights, where the brand's own were used; subject: what a
    complaint seems to be about where no cue names it.
    """

    praise: float
    complaint: float
    balance: float
    kind_words: tuple[str, ...] = ()
    harsh_words: tuple[str, ...] = ()
    shipped: tuple[float, float, float] | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class MentionSignals:
    """All that a decision may know, `now` included. Made only by triage/signals.py."""

    mention: Mention
    now: datetime
    text: str  # plain and cleaned: what was scored
    compound: float  # VADER's, of the whole text
    sentences: tuple[float, ...]  # VADER's, sentence by sentence where thanks or praise hit, else of the whole
    lang: str  # ISO 639-1, "und" when it is undetermined
    cues: Mapping[str, tuple[str, ...]]  # name of the cue -> the words that hit
    claims: tuple[Claim, ...] = ()
    topics: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # question of the fact sheet -> the words that hit
    history: History = History()
    reading: Reading | None = None  # the second reader's; None where the policy turns it off
    suspected: SuspectedFact | None = None  # what staff should see; nothing is sent because of it


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One line of the trail: a rule that hit or missed, the words that made it, and what it says to a person."""

    rule: str
    hit: bool
    message: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CandidateText:
    """One candidate wording: the variant's name and the text without any platform's prefix."""

    variant: str
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A responder's proposal: candidates in the order to try, and whether it lies inside the kind's auto band."""

    texts: tuple[CandidateText, ...]
    rule: str
    message: str
    words: tuple[str, ...] = ()
    auto: bool = False
    urgency: int = 0  # 0 none, 1 soon, 2 at once: orders the queue and shortens the due time
    needs: tuple[str, ...] = ()  # kinds of need that it answers, the first above all


@dataclass(frozen=True, slots=True)
class Escalate:
    """To a person, without a draft."""

    rule: str
    message: str
    words: tuple[str, ...] = ()
    urgency: int = 0


@dataclass(frozen=True, slots=True)
class Pass:
    """Not for this responder, and why: kept for the trail."""

    message: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a mention, the rule that ended it, and the whole trail (hits and misses)."""

    action: Action
    rule: str
    trail: tuple[RuleResult, ...]
    kind: str | None = None
    draft: Draft | None = None
    urgency: int = 0
    assign_to: str | None = None
    opt_out: bool = False  # the author asked us to stop: honour it with this decision


@dataclass(frozen=True, slots=True)
class Preview:
    """The text as it will stand on the platform, its length by the platform's own counting, and what it costs."""

    text: str
    length: int
    limit: int
    cost_usd: float = 0.0
    link: str | None = None  # where a person can answer by hand

    @property
    def fits(self) -> bool:
        """True when the platform would take this length."""
        return 0 < self.length <= self.limit


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An approved reply on its way: the text is the preview's, to the byte, but for the code of a coupon.

    is_private: only the author may read it, such as a code, also where the mention is public.
    """

    reply_id: int
    revision: int
    text: str
    mention: Mention
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Announcement:
    """An approved post of the brand's own on its way. created_at: tells it from another of the same number."""

    posting_id: int
    revision: int
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Prepared:
    """The intention that is committed before the call: a key and the request as plain JSON.

    is_private: the platform was asked for a reply that only the author can read, and will post it so.
    """

    key: str
    request: Json
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """A post that exists, by its id on the platform."""

    remote_id: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class PostStatus:
    """What a check of a mention on the platform found."""

    is_present: bool
    text: str | None = None  # in the form in which fetch gives it
    answer_post_id: str | None = None  # the id of an answer that a colleague gave on the platform
    is_html: bool = False
