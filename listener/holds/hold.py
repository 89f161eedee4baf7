"""The two values that holds give: a reason not to send, and a warning."""

from dataclasses import dataclass
from datetime import datetime

from listener.errors import HoldName
from listener.policy import Holds

DEFAULT_BOUNDS = Holds()  # the bounds of a policy without `[holds]`


@dataclass(frozen=True, slots=True)
class Hold:
    """A reason not to send. until: when it ends, None without an end.

    platform_wide: it holds every automatic reply on the platform. subject: whom or what it concerns, for the notice;
    empty where none is opened.
    """

    reason: HoldName
    message: str
    until: datetime | None = None
    platform_wide: bool = False
    subject: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalWarning:
    """Something staff should see before they approve. A hold's warning has the hold's reason and message."""

    name: str
    message: str
