"""What a failed call means: the only place of this package that reads status codes, bodies and rate headers.

The order is X's own: the last segment of `type` first (its host differs), then the status, then the wording.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from listener.errors import Cause, NotSent, PlatformError, ReadFailed, Refused
from listener.platforms.kit.breaker import with_jitter
from listener.platforms.kit.response import HttpResponse, limit_ends

Fate = Literal["by_hand", "gone", "duplicate", "parked", "invalid", "account", "billing", "rate", "transient"]

RATE_PAUSE = timedelta(minutes=15)  # X's window, when no header names its end
BILLING_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Failure:
    """fate: what it concerns; message: one line; do: what an operator can do; retry_at: not before."""

    category: Fate
    message: str
    do: str = ""
    retry_at: datetime | None = None


_TYPES: dict[str, Fate] = {
    "not-authorized-for-resource": "by_hand",
    "client-forbidden": "account",
    "oauth1-permissions": "account",
    "unsupported-authentication": "account",
    "credits": "billing",
    "credits-depleted": "billing",
    "usage-capped": "billing",
    "rate-limit-exceeded": "rate",
    "resource-not-found": "gone",
    "invalid-request": "invalid",
}
_WORDS: tuple[tuple[str, Fate], ...] = (
    ("only reply to or quote posts where you are mentioned", "by_hand"),
    ("not been mentioned or otherwise engaged", "by_hand"),
    ("not permitted to reply to this conversation", "by_hand"),
    ("quoting this post is not allowed", "by_hand"),
    ("deleted or not visible", "gone"),
    ("duplicate content", "duplicate"),
    ("not permitted to perform this action", "parked"),
    ("not permitted to access this feature", "account"),
    ("suspended", "account"),
    ("account is temporarily locked", "account"),
    ("spending limit", "billing"),
    ("spend cap", "billing"),
    ("usage cap", "billing"),
    ("does not have any credits", "billing"),
    ("credits depleted", "billing"),
)
_CODES: dict[int, Fate] = {187: "duplicate", 64: "account", 326: "account", 88: "rate", 89: "account", 144: "gone"}
_STATUS: dict[int, Fate] = {
    400: "invalid",
    401: "account",
    402: "billing",
    403: "parked",
    404: "transient",
    429: "rate",
}
_DO: dict[Fate, str] = {
    "account": "check the app and its tokens in X's console (Read and Write, not suspended), then replace the secrets",
    "billing": "buy credits or raise the spending limit in X's console; reading and sending resume by themselves",
    "by_hand": "answer by hand, or close it",
    "parked": "look at the account on X; answer by hand, or retry",
}


def classify(answer: HttpResponse, now: datetime, rng: random.Random) -> Failure:
    """Return what an answer that is no success means, on our clock."""
    kind, words, codes = _told(answer)
    fate = _fate(answer.status, kind, words, codes)
    message = f"X answered {answer.status}" + (f": {words}" if words else "")
    return Failure(fate, message[:300], _DO.get(fate, ""), _retry_at(fate, answer, now, rng))


def _fate(status: int, kind: str, words: str, codes: list[int]) -> Fate:
    if status >= 500 or status < 400:
        return "transient"
    low = words.lower()
    by_words = next((fate for part, fate in _WORDS if part in low), None)
    by_code = next((_CODES[code] for code in codes if code in _CODES), None)
    if status == 401:
        return "account"
    return by_words or _TYPES.get(kind) or by_code or _STATUS.get(status, "invalid")


def _told(answer: HttpResponse) -> tuple[str, str, list[int]]:
    """The last segment of `type`, the wording, and the codes of the older `errors` list."""
    body = answer.object()
    errors = [one for one in body.get("errors") or [] if isinstance(one, dict)] if _is_list(body, "errors") else []
    said = [body.get("detail") or body.get("title"), body.get("reason")]
    said += [one.get("message") or one.get("detail") for one in errors]
    words = " · ".join(" ".join(one.split()) for one in said if isinstance(one, str) and one)
    codes = [one["code"] for one in errors if isinstance(one.get("code"), int)]
    kind = body.get("type")
    return (kind.rstrip("/").rsplit("/", 1)[-1] if isinstance(kind, str) else ""), words, codes


def _is_list(body: dict[str, object], key: str) -> bool:
    return isinstance(body.get(key), list)


def _retry_at(fate: Fate, answer: HttpResponse, now: datetime, rng: random.Random) -> datetime | None:
    if fate == "rate":
        return rate_end(answer, now, rng)
    pauses = {"billing": BILLING_PAUSE, "parked": RATE_PAUSE}
    return now + with_jitter(pauses[fate], rng) if fate in pauses else None


def rate_end(answer: HttpResponse, now: datetime, rng: random.Random) -> datetime:
    """When a rate limit ends: the day's reset when the day is used up, else the window's; see `limit_ends`."""
    headers = answer.headers
    days = [f"x-{who}-limit-24hour" for who in ("user", "app") if headers.get(f"x-{who}-limit-24hour-remaining") == "0"]
    return limit_ends(headers, [f"{name}-reset" for name in days or ["x-rate-limit"]], RATE_PAUSE, now, rng)


def read_error(verdict: Failure) -> ReadFailed:
    """The verdict on a read."""
    causes: dict[Fate, Cause] = {"account": "account", "parked": "account", "by_hand": "account", "billing": "billing"}
    causes |= {"rate": "rate", "invalid": "item"}
    cause = causes.get(verdict.category, "transient")
    return ReadFailed(verdict.message, verdict.do, cause=cause, retry_at=verdict.retry_at)


def post_error(verdict: Failure, answer: HttpResponse) -> PlatformError:
    """The verdict on a post: NotSent, Refused, or a bare PlatformError when nobody knows."""
    if answer.status >= 500 or answer.status < 400:
        return PlatformError(
            f"{verdict.message}; nobody knows whether it was posted", "it is looked for before anything else"
        )
    if verdict.category == "duplicate":
        return PlatformError(f"{verdict.message}; it may have been posted before", "look at the account's own posts")
    if verdict.category in ("account", "billing", "rate", "transient"):
        return NotSent(verdict.message, verdict.do, cause=verdict.category, retry_at=verdict.retry_at)
    if verdict.category == "parked":
        return NotSent(verdict.message, verdict.do, cause="item", retry_at=verdict.retry_at)
    ends: dict[Fate, Literal["by_hand", "withdrawn", "failed"]] = {"by_hand": "by_hand", "gone": "withdrawn"}
    return Refused(verdict.message, ends.get(verdict.category, "failed"), verdict.do)
