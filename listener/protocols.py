"""The protocols of the plug-ins, platforms and kinds of reply, and what a platform declares. Standard library only.

What only some platforms can do stands in capabilities.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol, TypeVar

from listener.feed_page import FeedPage
from listener.model import (
    Draft,
    Escalate,
    Json,
    Mention,
    MentionSignals,
    Outgoing,
    Pass,
    PostStatus,
    Prepared,
    Preview,
    Receipt,
)
from listener.policy import Policy


@dataclass(frozen=True, slots=True)
class Account:
    """Our account on a platform; for `check --online` remarks, and problems as (what is wrong, what to do)."""

    id: str
    handle: str
    name: str | None = None
    remarks: tuple[str, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Budget:
    """What a platform's calls may cost in a UTC day. send_reserve_usd: what reading must leave for sending."""

    daily_usd: float | None = None  # None: no limit
    send_reserve_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class ItemAuthor:
    """The author of a quarantined item, by every id and every handle that its raw text gives."""

    ids: frozenset[str]
    handles: frozenset[str]


Purpose = Literal["read", "send"]
"""What a billed call is for: reading must leave something for sending."""


@dataclass(frozen=True, slots=True)
class PageBooking:
    """A page that was booked before it is asked for. key: in the ledger; size: units it may hold.

    lost, lost_usd: what stood booked before for pages of this feed and day of which nobody knows what they listed.
    """

    key: str
    call: str
    at: datetime
    size: int
    lost: int = 0
    lost_usd: float = 0.0


AuthorOf = Callable[[str, str], ItemAuthor | None]
"""(platform, raw text of a quarantined item) -> its author; None: the text does not show who wrote it."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """A platform's part of earshot.toml, and what the platform declares about itself.

    A platform's module subclasses it as `Section`; its fields are the keys, which settings checks. Fields of type Path
    are inputs that must exist, relative to their TOML file. Class variables and methods have defaults.
    """

    secret_names: ClassVar[tuple[str, ...]] = ()
    chatty_loggers: ClassVar[tuple[str, ...]] = ()  # of its network libraries: only their warnings are logged
    retain_deleted_text: ClassVar[timedelta | None] = None  # how long the platform allows to keep a deleted post's text
    retain_text: ClassVar[timedelta | None] = None  # how long any text of it is kept; the policy may ask for less
    acts: ClassVar[tuple[str, ...]] = ()  # of "like" and "repost", as an Applauder can do it
    can_whisper: ClassVar[bool] = False  # it can answer a public mention so that only its author reads it

    start: Literal["now", "all"] | datetime = "now"  # where a first run begins
    poll_seconds: float = 60.0

    @staticmethod
    def item_author(raw: str) -> ItemAuthor | None:
        """Return who wrote a quarantined item of this platform; None if its raw text does not show it. Pure."""
        return None

    @property
    def budget(self) -> Budget:
        """What the platform's calls may cost."""
        return Budget()

    def problems(self) -> list[tuple[str, str, str]]:
        """Return the problems that types do not catch, each as (key, what is wrong, what to do)."""
        return []

    def notes(self) -> list[str]:
        """Return what an operator should know about this section, for `check`."""
        return []

    def status_lines(self, cursor: Json | None, now: datetime) -> list[str]:
        """Return what `status` should say about this platform. cursor: the one that was kept last."""
        return []

    def reply_usd(self, *, link: bool) -> float:
        """Return the US dollars to reserve for a reply, with a link in it or without."""
        return 0.0

    def post_files(self, folder: Path) -> tuple[Path, ...]:
        """Return the files that hold the text of replies. folder: the data folder."""
        return ()


class Secrets(Protocol):
    """A platform's secrets, read from the environment or from files again at every call."""

    def get(self, name: str, /) -> str | None:
        """Return the value of NAME, or of the file that NAME_FILE names; None if neither is set."""


class Meter(Protocol):
    """The ledger for a platform whose calls are billed. All sums in US dollars."""

    def reserve(self, usd: float, *, purpose: Purpose) -> None:
        """Raise OverBudget when a call of this price would pass the day's budget."""

    def charge(self, call: str, resources: int, usd: float, *, key: str | None = None) -> None:
        """Record what a call cost, also if it failed later. key: of a post, which is charged once and to its reply."""

    def lost_at(self, feed: str) -> datetime | None:
        """Return when a page of this feed was booked today of which nobody knows what it listed; None without one."""

    def book_page(self, call: str, feed: str, size: int, price: float, *, purpose: Purpose) -> PageBooking:
        """Book a page before it is asked for, at what it may cost. Raises OverBudget."""

    def settle_page(self, page: PageBooking, units: Mapping[str, float] | None, *, is_last: bool = False) -> None:
        """Put the booking of a page right; until then it stands. units: name -> price of what the page listed.

        Each unit costs once a UTC day, also across restarts. None: the call cost nothing. is_last: nothing is listed
        below this page.
        """


class Platform(Protocol):
    """A place where people write and are answered. Only a platform reads status codes."""

    name: str
    settle_after: timedelta  # longer than the platform's own listings lag

    def fetch(self, cursor: Json | None, now: datetime) -> FeedPage:
        """Return ONE page of one feed; None: the first run, which begins where the section's `start` says.

        Raises ReadFailed.
        """

    def prepare(self, reply: Outgoing, now: datetime) -> Prepared:
        """Return the request that post will make. Pure. Raises Held."""

    def post(self, prepared: Prepared) -> Receipt:
        """Post it. Raises NotSent, Refused; after anything else the reply is unconfirmed."""

    def find_reply(self, prepared: Prepared) -> Receipt | None:
        """Return the post if it arrived; None: it is not listed. Raises Indeterminate, ReadFailed."""

    def check_post(self, mention: Mention) -> PostStatus:
        """Check whether a mention is unchanged. Raises Indeterminate where a check is not free, ReadFailed."""

    def whoami(self) -> Account:
        """Return the account that the credentials belong to. Raises ReadFailed."""


AnySection = TypeVar("AnySection", bound=Section)


class PlatformModule(Protocol[AnySection]):
    """A platform's module. Importing it must stay quick: the network library is imported by `connect` alone."""

    @property
    def Section(self) -> type[AnySection]:
        """The platform's subclass of `listener.protocols.Section`."""

    def preview(self, text: str, mention: Mention, section: AnySection, /) -> Preview:
        """Return the text as it will stand on the platform. Pure; a preview of a preview changes nothing."""

    def connect(self, section: AnySection, secrets: Secrets, folder: Path, meter: Meter, /) -> Platform:
        """Return the platform without calling it. folder: the data folder. Raises InputError."""


class Responder(Protocol):
    """A kind of reply: a module in responders/, whose name is the kind, or one that `module` names."""

    def respond(self, signals: MentionSignals, policy: Policy, options: Any, /) -> Draft | Escalate | Pass:
        """Propose a draft, call a person, or pass with the reason. options: the module's `Options`; None without."""
