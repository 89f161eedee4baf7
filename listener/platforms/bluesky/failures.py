"""What a failed call means: the only place of this package that reads status codes, error names and rate headers."""

import random
from datetime import datetime, timedelta

from listener.platforms.kit.failures import Category, Failure, explain, foreign_failure
from listener.platforms.kit.response import HttpResponse, limit_ends

RATE_PAUSE = timedelta(minutes=5)  # the window of the tightest limit, when no header names its end

_NAMES: dict[str, Category] = {
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
MOVED = ("AccountDeactivated", "RepoDeactivated", "RepoNotFound")
"""The account may have moved to another server: signing in anew tells which."""
_STATUS: dict[int, Category] = {401: "account", 403: "account"}
_TEXT_DO = "edit the text, or close it"
ACCOUNT_DO = "check handle and app password (Settings, Privacy and security, App passwords), and the account itself"
_DO: dict[Category, str] = {"account": ACCOUNT_DO, "expired": ACCOUNT_DO, "rate": "", "unclear": ""}


def classify(answer: HttpResponse, now: datetime, rng: random.Random) -> Failure:
    """Return what an answer other than a success means; times are on our clock."""
    body = answer.object()
    name, words = (body.get(key) if isinstance(body.get(key), str) else "" for key in ("error", "message"))
    if failure := foreign_failure(answer, "Bluesky", is_own=bool(name)):
        return failure
    detail = " ".join(f"{name}: {words}".split()).strip(": ")[:250]
    category = _categorize(answer.status, str(name))
    message = f"Bluesky answered {answer.status}" + (f" ({detail})" if detail else "")
    ends = limit_ends(answer.headers, ("ratelimit-reset",), RATE_PAUSE, now, rng)
    until = ends if category == "rate" else None
    return explain(Failure(category, message, _DO.get(category, _TEXT_DO), until, str(name)), answer, now)


def _categorize(status: int, name: str) -> Category:
    if status >= 500 or status < 400:
        return "unclear"
    return "rate" if status == 429 else _NAMES.get(name) or _STATUS.get(status, "invalid")
