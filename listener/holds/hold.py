"""The two values that holds give: a reason not to send, and a warning."""

from dataclasses import dataclass
from datetime import datetime

from listener.policy import Holds

DEFAULT_HOLDS = Holds()  # the bounds of a policy that says nothing of them


@dataclass(frozen=True, slots=True)
class Hold:
    """reason: a word of CONTRACT.md's `held`; until: when to look again, None when it has no end of its own.

    wide: it stops everything that would go out by itself on this platform. subject: whom or what it concerns, for the
    notice; empty where none is opened.
    """

    reason: str
    message: str
    until: datetime | None = None
    platform_wide: bool = False
    subject: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalWarning:
    """Something staff should see before they approve."""

    name: str
    message: str
