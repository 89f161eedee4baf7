"""What only some platforms can do: a platform has it when it has the methods. Standard library only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from listener.model import Announcement, Mention, Prepared, Preview
from listener.protocols import Section


@runtime_checkable
class OwnPostsReader(Protocol):
    """A platform that lists our own posts apart, at a cost: intake says before each poll whether they are needed.

    They are while something waits to be answered, because they show what a colleague answered there.
    """

    def set_own_posts_needed(self, is_needed: bool, /) -> None:
        """Read our own posts in the next rounds, or leave them out."""


@runtime_checkable
class Repeatable(Protocol):
    """A platform on which posting the same prepared request again never makes a second post, such as a put under a key.

    After a lost answer the outbox then asks at once, and posts again what is not there, instead of waiting. A platform
    declares it as a class attribute: `repeat_is_safe = True`.
    """

    repeat_is_safe: bool


@runtime_checkable
class Announcer(Protocol):
    """A platform on which the brand can post of its own accord. Its module has `preview_announcement` then.

    `post` and `find_reply` take what it prepared: they find a post of ours in the same words that answers nothing.
    """

    def prepare_announcement(self, announcement: Announcement, now: datetime, /) -> Prepared:
        """Return the request that post will make. Pure. Raises Held."""


@runtime_checkable
class AnnouncerModule(Protocol):
    """The module of such a platform."""

    def preview_announcement(self, text: str, section: Section, /) -> Preview:
        """Return the text as it will stand on the platform. Pure; a preview of a preview changes nothing."""


@dataclass(frozen=True, slots=True)
class OutgoingAct:
    """An act of applause on its way. what: like or repost."""

    act_id: int
    what: str
    mention: Mention


def is_act(prepared: Prepared) -> bool:
    """Return whether a request is one of applause."""
    return "act" in prepared.request


@runtime_checkable
class Applauder(Protocol):
    """A platform on which posts can be liked and reposted, as its section declares by `acts`.

    `post` and `find_reply` take what it prepared. A repeat must change nothing, also where a person did it before.
    """

    def prepare_act(self, act: OutgoingAct, now: datetime, /) -> Prepared:
        """Return the request that post will make. Pure."""


@runtime_checkable
class Fixable(Protocol):
    """A platform that can correct some of what `whoami` remarks (`check --online --fix`)."""

    def fix(self) -> tuple[str, ...]:
        """Correct what can be corrected; return in words what was done. Raises ReadFailed."""


@runtime_checkable
class Rekeyable(Protocol):
    """A platform that notices when its secrets are replaced: what they were refused or limited for may be over."""

    def has_new_secret(self) -> bool:
        """Return whether the secrets were replaced since a call was last stopped."""
