"""Every exception of Earshot's own.

EarshotError                 one line for a person: what is wrong, and what to do
├── ConfigError              problems: all the problems of a configuration at once
├── StoreError               the database: foreign, older, newer, locked, unwritable
│   ├── DatabaseBusy         another process holds it; try again
│   ├── StatementRefused     it does not take a statement of ours
│   └── LeaseLost            another process leads this part of the work by now, or may
├── LockHeld                 another `run`, `once` or `migrate` holds this database
├── DeskError                staff asked for what cannot be done (unknown id, already sent, claimed by another)
└── InputError               a file or an argument given on the command line

PlatformError                what only a platform may conclude from status codes
├── ReadFailed               a read failed: nothing is lost, read again at retry_at
├── NotSent                  a post surely did not go out: send again at retry_at
├── Refused                  a post will never go out: next_state = failed | by_hand | withdrawn | drafted
├── Held                     a reason not to send now, found before anything was tried
│   └── OverBudget           a billed call would pass the budget
└── Indeterminate            the platform cannot say whether a post arrived, or a check is not free
After anything else that `post` raises the reply is unconfirmed: it may have gone out.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from listener.messages import clean

Cause = Literal["item", "transient", "rate", "account", "billing"]
NEEDS_PERSON: tuple[Cause, ...] = ("account", "billing")  # causes that a person must mend; also notices of these names
HoldName = Literal[
    "account", "attestation", "author_waiting", "budget", "cap", "duplicate", "flood", "manual_check", "missing",
    "one_per_conversation", "own_posts_unread", "paused", "quiet_hours", "rate", "retry", "scheduled", "spike",
    "too_old", "tragedy", "undo", "unreachable", "unsupported",
]  # fmt: skip
"""Why a reply is not sent now: in `held`, in `show` and in the table of docs/desk.md."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem a person can solve: where (file and key), what is wrong, what to do."""

    where: str
    what: str
    do: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.do}" if self.where else f"{self.what}; {self.do}"


class EarshotError(Exception):
    """Shown to a person as one line, with exit code 1."""

    def __init__(self, what: str, do: str = "") -> None:
        self.what, self.do = clean(what), clean(do)
        super().__init__(f"{self.what}; {self.do}" if do else self.what)


class ConfigError(EarshotError):
    """All problems of a configuration at once."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class StoreError(EarshotError):
    """The database cannot be used as it is."""


class BookError(StoreError):
    """The book of rewards beside the database cannot be read or written: no coupon may leave."""


class DatabaseBusy(StoreError):
    """Another process holds the database's write lock."""


class StatementRefused(StoreError):
    """The database refused a statement of ours: a fault of the program, or another version migrated the tables."""


class LeaseLost(StoreError):
    """This process may not write what belongs to a part of the work: its lease on that is over."""


class LockHeld(EarshotError):
    """Another process works on this database."""


class DeskError(EarshotError):
    """What staff asked for cannot be done; nothing has changed."""


class InputError(EarshotError):
    """A file or an argument of the command line cannot be used."""


class PlatformError(Exception):
    """Raised by platforms alone, so that nothing outside of them reads status codes.

    message: one line for `status` and the reply's `error`; do: what an operator can do about it (may be empty).
    """

    def __init__(self, message: str, do: str = "") -> None:
        self.message, self.do = clean(message), clean(do)
        super().__init__(self.message)


def describe(error: Exception) -> str:
    """Return one line about an exception that is safe to keep and to show.

    Only ours have a message written for people. Any other may carry a secret, a request or the parameters of an SQL
    statement, so no more than its type is named: the log, which redacts secrets, has the rest.
    """
    if isinstance(error, PlatformError):
        return error.message
    if isinstance(error, EarshotError):
        return error.what
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror or "the system failed"
    return f"unexpected {type(error).__name__}, see the log"


class _CallAgain(PlatformError):
    """What can be tried again, not before retry_at. ends_at: when the cause ends by the platform's word, if later."""

    def __init__(
        self,
        message: str,
        do: str = "",
        *,
        cause: Cause = "transient",
        retry_at: datetime | None = None,
        ends_at: datetime | None = None,
    ) -> None:
        super().__init__(message, do)
        self.cause, self.retry_at, self.ends_at = cause, retry_at, ends_at


class ReadFailed(_CallAgain):
    """A read failed. Nothing is lost: read again, not before retry_at (None: at the next interval).

    cause account or billing stops the platform until a person solves the problem, and opens a notice. feed: which one
    failed ("": all of them); cursor: where to go on, with another feed first (None: where we were); alone: only this
    feed must wait until retry_at, and its platform keeps that time itself.
    """

    feed: str = ""
    alone: bool = False
    cursor: "dict[str, Any] | None" = None


class NotSent(_CallAgain):
    """The post surely did not go out. cause "item" concerns this reply alone, any other the whole platform."""


class Refused(PlatformError):
    """The platform will never take this post. next_state: what becomes of the reply.

    drafted: the platform has these words already. If no answer of an attempt was lost they went out to somebody else,
    and staff write others; else they may be our own, and the reply is looked for first.
    """

    def __init__(
        self, message: str, next_state: Literal["failed", "by_hand", "withdrawn", "drafted"], do: str = ""
    ) -> None:
        super().__init__(message, do)
        self.next_state = next_state


class Held(PlatformError):
    """Not now. until: when to try again (None: no end known)."""

    def __init__(self, reason: HoldName, message: str, do: str = "", *, until: datetime | None = None) -> None:
        super().__init__(message, do)
        self.reason, self.until = reason, until


class OverBudget(Held):
    """The call would pass the budget; nothing was called."""

    def __init__(self, message: str, do: str = "", *, until: datetime | None = None) -> None:
        super().__init__("budget", message, do, until=until)


class Indeterminate(PlatformError):
    """The platform cannot say whether a post arrived or still stands, or a check is not free."""
