"""What staff see, as values: a reply with its mention, person, trail and events.

Fields are named as the keys of the JSON that `listener.cli.output` makes of them. Times are aware datetimes.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from listener.club.roles import Role
from listener.desk.coupon_views import CouponView
from listener.desk.praise_views import ActView
from listener.errors import DeskError
from listener.holds import ApprovalWarning
from listener.model import Json, RuleResult
from listener.store.edits import EarlierText, Edit
from listener.store.operation_records import Note
from listener.store.records import Event

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

TrailLine = RuleResult
WarningView = ApprovalWarning
GuardView = ApprovalWarning  # the same two fields: its name, and a message


@dataclass(frozen=True, slots=True)
class AuthorView:
    """Who wrote a mention."""

    id: str
    handle: str | None
    name: str | None
    followers: int | None

    @property
    def label(self) -> str:
        """The @handle, else the name, else the id."""
        return f"@{self.handle}" if self.handle else self.name or self.id


@dataclass(frozen=True, slots=True)
class MentionView:
    """The mention that a reply answers."""

    id: str
    url: str | None
    text: str
    lang: str | None
    created_at: datetime
    author: AuthorView
    attachments: tuple[str, ...]
    labels: tuple[str, ...]
    edited_at: datetime | None
    edits: tuple[Edit, ...]
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class SentimentView:
    """The score of a mention, -1 to 1; None until it is decided."""

    compound: float | None


@dataclass(frozen=True, slots=True)
class EligibilityView:
    """Whether the platform's API can post the reply, and if not, why."""

    can_reply: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class SuspectedFactView:
    """A fact of the fact sheet that a mention may be about, by these of its words.

    What the fact says is None where it is no longer in the fact sheet.
    """

    fact: str
    words: tuple[str, ...]
    statement: str | None
    source: str | None
    link: str | None


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """An approval that stands."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyView:
    """A reply with its mention. For a mention without a reply, the reply's own fields are None.

    needs: the kinds of need that the draft answers, the first above all;
    text: exactly what will be posted; length and limit: in the platform's own counting. private: only the author and
    we can read the mention; earlier_text: what the reply said before an edit or an escalation. suggested_subject:
    what the second reader takes a complaint to be about, where no word of the rules names it. notes: what colleagues
    noted about this mention; also_waiting: other replies to the same person that wait.
    """

    id: int | None
    state: str | None
    revision: int | None
    platform: str
    kind: str | None
    needs: tuple[str, ...]
    rule: str | None
    decision: str | None
    text: str | None
    length: int | None
    limit: int | None
    auto: bool | None
    urgency: int | None
    mention: MentionView
    sentiment: SentimentView
    suggested_subject: str | None
    eligibility: EligibilityView
    private: bool
    earlier_text: EarlierText | None
    suspected_fact: SuspectedFactView | None
    guards: tuple[GuardView, ...]
    warnings: tuple[WarningView, ...]
    notes: tuple[Note, ...]
    also_waiting: tuple[int, ...]
    approvals: tuple[ApprovalView, ...]
    needs_second_approval: bool
    link_hosts: tuple[str, ...]
    cost_usd: float | None
    reply_url: str | None
    claimed_by: str | None
    claimed_until: datetime | None
    assigned_to: str | None
    snoozed_until: datetime | None
    approved_by: str | None
    approved_at: datetime | None
    created_at: datetime | None
    due_at: datetime | None
    not_before: datetime | None
    hold: str | None
    sent_at: datetime | None
    remote_id: str | None
    remote_url: str | None
    error: str | None
    closed_as: str | None
    reason: str | None

    @property
    def offered_text(self) -> str:
        """The text to go on from where the reply has none; "" where there is no such text."""
        earlier = self.earlier_text
        return earlier.text if not self.text and earlier is not None and earlier.is_offered else ""

    @property
    def known_kind(self) -> str | None:
        """The kind of reply, or of the text to go on from; None where staff have to choose it."""
        return self.kind or (self.earlier_text.kind if self.offered_text and self.earlier_text else None)

    @property
    def reply_id(self) -> int:
        """The id of the reply. Raises DeskError for a mention without one."""
        if self.id is None:
            name = f"{self.platform}:{self.mention.id}"
            raise DeskError(f"{name} has no reply", f"put it in the queue: `earshot escalate {name}`")
        return self.id


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """A post of the conversation; ours: a reply of ours, and then who is the name that approved it."""

    who: str | None
    text: str
    at: datetime
    ours: bool


@dataclass(frozen=True, slots=True)
class PersonView:
    """The author of a mention: how often they wrote and were answered, who they are to us, what colleagues noted.

    asks_to_join: the mention asks to join the club, and they are no member yet.
    """

    handle: str | None
    name: str | None
    author_id: str
    followers: int | None
    mentions: int
    answered: int
    opted_out: bool
    roles: tuple[Role, ...]
    tier: str | None
    asks_to_join: bool
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class EventView:
    """Something that happened to a mention or its reply."""

    at: datetime
    what: str
    by: str
    detail: Json | None

    @classmethod
    def of(cls, event: Event) -> Self:
        """Return what staff see of a stored event."""
        return cls(event.at, event.what, event.by, event.detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyDetail(ReplyView):
    """Everything about a mention and its reply. weights_id: the second reader's learned weights; None: the shipped.

    offers: the names of those that staff may give by this reply; acts: of applause; applause: what else of it fits.
    """

    weights_id: int | None
    coupon: CouponView | None
    offers: tuple[str, ...]
    trail: tuple[TrailLine, ...]
    thread: tuple[ThreadLine, ...]
    person: PersonView
    acts: tuple[ActView, ...]
    applause: tuple[str, ...]
    events: tuple[EventView, ...]

    @property
    def offers_applause(self) -> bool:
        """True when an act of applause fits, or is to be done by hand."""
        return bool(self.applause or any(act.state == "by_hand" for act in self.acts))


def values(view: "DataclassInstance") -> dict[str, Any]:
    """Return the fields of a view by name, to make a larger one of them."""
    return {field.name: getattr(view, field.name) for field in fields(view)}
