"""The two values that holds give: a reason not to send, and a warning."""

from dataclasses import dataclass
from datetime import datetime

from listener.policy import Holds

USUAL = Holds()  # the bounds of a policy that says nothing of them


@dataclass(frozen=True, slots=True)
class Hold:
    """reason: a word of CONTRACT.md's `held`; until: when to look again, None when it has no end of its own.

    wide: it stops everything that would go out by itself on this platform. subject: whom or what it concerns, for the
    notice; empty where none is opened.
    """

    reason: str
    says: str
    until: datetime | None = None
    wide: bool = False
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Warning_:
    """Something staff should see before they approve."""

    name: str
    says: str
