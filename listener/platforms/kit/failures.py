"""What a failed call means, and the error that follows from it. Only a platform's `classify` reads status codes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from listener.errors import Cause, NotSent, PlatformError, ReadFailed, Refused

Category = Literal[
    "unclear",  # the server may have carried the call out: 5xx, a success that is none
    "transient",  # surely not carried out; it may work later
    "rate",
    "billing",
    "account",  # the credentials, the app or the account itself
    "expired",  # a token that can be renewed
    "parked",  # refused without a reason: once more later
    "by_hand",  # this reply is not allowed through the API
    "gone",  # the post to be answered is deleted
    "absent",  # what was asked for is not there
    "duplicate",  # the platform has this text already
    "exists",  # something is there already
    "invalid",
]
READ_CAUSES: dict[Category, Cause] = {
    "unclear": "transient",
    "transient": "transient",
    "rate": "rate",
    "billing": "billing",
    "account": "account",
    "expired": "account",
    "parked": "account",
    "by_hand": "account",
    "gone": "transient",
    "duplicate": "transient",
}
NEXT_STATES: dict[Category, Literal["by_hand", "withdrawn"]] = {"by_hand": "by_hand", "gone": "withdrawn"}
CHECK_FIRST = "Earshot checks whether it was posted before it tries again"


@dataclass(frozen=True, slots=True)
class Failure:
    """category: what the failure concerns; message: one line; do: what an operator can do about it.

    retry_at: not before; name: the platform's own name of the error, if it has names.
    """

    category: Category
    message: str
    do: str = ""
    retry_at: datetime | None = None
    name: str = ""


def read_error(failure: Failure) -> ReadFailed:
    """Return the error of a failed read."""
    cause = READ_CAUSES.get(failure.category, "item")
    return ReadFailed(failure.message, failure.do if cause != "item" else "", cause=cause, retry_at=failure.retry_at)


def post_error(failure: Failure) -> PlatformError:
    """Return the error of a failed post: NotSent, Refused, or a bare PlatformError if it may have been posted."""
    if failure.category == "unclear":
        return unconfirmed(failure.message)
    if failure.category == "duplicate":
        return PlatformError(f"{failure.message}; it may have been posted before", "look at the account's own posts")
    if failure.category == "parked":
        return NotSent(failure.message, failure.do, cause="item", retry_at=failure.retry_at)
    if failure.category in ("transient", "rate", "billing", "account", "expired"):
        return not_sent(read_error(failure))
    return Refused(failure.message, NEXT_STATES.get(failure.category, "failed"), failure.do)


def not_sent(error: ReadFailed) -> NotSent:
    """Return the error of a post that could not even begin, because a read before it failed."""
    return NotSent(error.message, error.do, cause=error.cause, retry_at=error.retry_at)


def unconfirmed(message: str) -> PlatformError:
    """Return the error of a post that may have arrived."""
    return PlatformError(f"{message}; it may have been posted", CHECK_FIRST)
