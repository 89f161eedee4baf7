"""What a failed call means, and the error that follows from it. Only a platform's `classify` reads status codes."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from listener.errors import Cause, NotSent, PlatformError, ReadFailed, Refused
from listener.platforms.kit.response import HttpResponse, clock_difference, one_line, seconds_or_date

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
NEXT_STATES: dict[Category, Literal["by_hand", "withdrawn", "drafted"]] = {
    "by_hand": "by_hand", "gone": "withdrawn", "duplicate": "drafted"
}  # fmt: skip
NOT_OF_THE_API = frozenset({407, 408, 409, 413, 425, 451})
"""Statuses that say nothing about the account or the post, whoever wrote the answer."""
_CLOCK_TOLERANCE = timedelta(minutes=3)
_LONGEST_PAUSE = timedelta(hours=1)  # that a server in trouble may ask for
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


def foreign_failure(answer: HttpResponse, platform: str, *, is_own: bool) -> Failure | None:
    """Return the failure of a refusal that the platform's API did not write, but a proxy or firewall; else None.

    It is transient and says nothing about the account or the post. is_own: the answer looks like the API's own errors.
    """
    if not 400 <= answer.status < 500 or answer.status == 429 or (is_own and answer.status not in NOT_OF_THE_API):
        return None
    message = f"{platform} answered {answer.status}" + ("" if is_own else " with a page that is not its API's")
    return Failure("transient", message, "look for a proxy or firewall between here and the server")


def explain(failure: Failure, answer: HttpResponse, now: datetime) -> Failure:
    """Return the failure with what the headers add: a wrong clock, a redirect's target, how long to wait."""
    if answer.status == 401:
        return _blame_clock(failure, answer, now)
    if 300 <= answer.status < 400 and (target := answer.headers.get("location")):
        return replace(failure, message=f"{failure.message}, redirecting to {one_line(target)}")
    if answer.status == 503 and failure.retry_at is None and (wait := answer.headers.get("retry-after")):
        until = seconds_or_date(now, wait, answer.headers.get("date"))
        return replace(failure, retry_at=until and max(now, min(until, now + _LONGEST_PAUSE)))
    return failure


def _blame_clock(failure: Failure, answer: HttpResponse, now: datetime) -> Failure:
    """Requests are signed and tokens are dated: a wrong clock is refused like a wrong secret."""
    ahead = clock_difference(answer, now)
    if abs(ahead) <= _CLOCK_TOLERANCE:
        return failure
    minutes, way = round(abs(ahead).total_seconds() / 60), "ahead of" if ahead > timedelta(0) else "behind"
    message = f"{failure.message}; your clock is {minutes} minutes {way} the server's"
    return replace(failure, message=message, do="correct your clock (NTP) first; " + failure.do)


def read_error(failure: Failure) -> ReadFailed:
    """Return the error of a failed read."""
    cause = READ_CAUSES.get(failure.category, "item")
    return ReadFailed(failure.message, failure.do if cause != "item" else "", cause=cause, retry_at=failure.retry_at)


def post_error(failure: Failure) -> PlatformError:
    """Return the error of a failed post: NotSent, Refused, or a bare PlatformError if it may have been posted."""
    if failure.category == "unclear":
        return unconfirmed(failure.message)
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
