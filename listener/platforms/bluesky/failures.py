"""What a failed call means: the only place of this package that reads status codes, error names and rate headers."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from listener.errors import Cause, NotSent, PlatformError, ReadFailed, Refused
from listener.platforms.kit.response import HttpResponse, limit_ends

Fate = Literal["expired", "account", "rate", "absent", "exists", "invalid", "transient"]

RATE_PAUSE = timedelta(minutes=5)  # the window of the tightest limit, when no header names its end
UNKNOWN_DO = "it is looked for before anything else"


@dataclass(frozen=True, slots=True)
class Failure:
    """fate: what it concerns; name: Bluesky's name of the error; message: one line; retry_at: not before."""

    category: Fate
    name: str
    message: str
    retry_at: datetime | None = None


_NAMES: dict[str, Fate] = {
    "ExpiredToken": "expired",
    "InvalidToken": "expired",
    "AuthMissing": "expired",
    "RateLimitExceeded": "rate",
    "NotFound": "absent",
    "RecordNotFound": "absent",
    "InvalidSwap": "exists",
    "AccountTakedown": "account",
    "AccountSuspended": "account",
    "AccountDeactivated": "account",
    "RepoTakendown": "account",
    "RepoDeactivated": "account",
    "RepoNotFound": "account",
}
_STATUS: dict[int, Fate] = {401: "account", 403: "account"}
ACCOUNT_DO = "check handle and app password (Settings, Privacy and security, App passwords), and the account itself"


def classify(answer: HttpResponse, now: datetime, rng: random.Random) -> Failure:
    """What an answer that is no success means, on our clock."""
    body = answer.object()
    name, words = (body.get(key) if isinstance(body.get(key), str) else "" for key in ("error", "message"))
    told = " ".join(f"{name}: {words}".split()).strip(": ")[:250]
    fate = _fate(answer.status, str(name))
    message = f"Bluesky answered {answer.status}" + (f" ({told})" if told else "")
    ends = limit_ends(answer.headers, ("ratelimit-reset",), RATE_PAUSE, now, rng)
    return Failure(fate, str(name), message, ends if fate == "rate" else None)


def _fate(status: int, name: str) -> Fate:
    if status >= 500 or status < 400:
        return "transient"
    return "rate" if status == 429 else _NAMES.get(name) or _STATUS.get(status, "invalid")


def read_error(verdict: Failure) -> ReadFailed:
    """The verdict on a call that posts nothing."""
    causes: dict[Fate, Cause] = {"account": "account", "expired": "account", "rate": "rate", "transient": "transient"}
    cause = causes.get(verdict.category, "item")
    return ReadFailed(verdict.message, ACCOUNT_DO if cause == "account" else "", cause=cause, retry_at=verdict.retry_at)


def post_error(verdict: Failure) -> PlatformError:
    """The verdict on a post: NotSent, Refused, or a bare PlatformError when nobody knows."""
    if verdict.category == "transient":
        return unknown(verdict.message)
    if verdict.category in ("account", "expired", "rate"):
        read = read_error(verdict)
        return NotSent(read.message, read.do, cause=read.cause, retry_at=read.retry_at)
    return Refused(verdict.message, "failed", "edit the text, or close it")


def unknown(message: str) -> PlatformError:
    """Nobody knows whether it was posted."""
    return PlatformError(f"{message}; nobody knows whether it was posted", UNKNOWN_DO)
