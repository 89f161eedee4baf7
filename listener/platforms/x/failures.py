"""What a failed call means: the only place of this package that reads status codes, bodies and rate headers.

A 401 comes first, then X's wording, then the last segment of `type` (its host differs), then the status.
"""

import random
from datetime import datetime, timedelta

from listener.platforms.kit.breaker import with_jitter
from listener.platforms.kit.failures import Category, Failure, explain, foreign_failure
from listener.platforms.kit.response import HttpResponse, limit_ends
from listener.platforms.kit.values import objects_in

RATE_PAUSE = timedelta(minutes=15)  # X's window, when no header names its end
BILLING_PAUSE = timedelta(hours=1)


_TYPES: dict[str, Category] = {
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
_WORDS: tuple[tuple[str, Category], ...] = (
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
_CODES: dict[int, Category] = {187: "duplicate", 64: "account", 326: "account", 88: "rate", 89: "account", 144: "gone"}
_STATUS: dict[int, Category] = {
    400: "invalid",
    401: "account",
    402: "billing",
    403: "parked",
    404: "transient",
    429: "rate",
}
_DO: dict[Category, str] = {
    "account": "check the app and its tokens in X's console (Read and Write, not suspended), then replace the secrets",
    "billing": "buy credits or raise the spending limit in X's console; reading and sending resume by themselves",
    "by_hand": "answer by hand, or close it",
    "duplicate": "change the words, then approve it again",
    "parked": "look at the account on X; answer by hand, or retry",
}


def classify(answer: HttpResponse, now: datetime, rng: random.Random) -> Failure:
    """Return what an answer other than a success means; times are on our clock."""
    if foreign := _foreign(answer):
        return foreign
    kind, words, codes = _read_body(answer)
    category = _categorize(answer.status, kind, words, codes)
    message = f"X answered {answer.status}" + (f": {words}" if words else "")
    message += "; these words went out today" if category == "duplicate" else ""
    failure = Failure(category, message[:300], _DO.get(category, ""), _retry_at(category, answer, now, rng))
    return explain(failure, answer, now)


def is_refusal(answer: HttpResponse) -> bool:
    """Return whether X's API itself refused the request; what a proxy or firewall wrote says nothing of what X did."""
    return 400 <= answer.status < 500 and _foreign(answer) is None


def _foreign(answer: HttpResponse) -> Failure | None:
    """X's errors are JSON objects: problems (RFC 7807), or the older list of codes."""
    return foreign_failure(answer, "X", is_own=not {"title", "detail", "type", "errors"}.isdisjoint(answer.object()))


def _categorize(status: int, kind: str, words: str, codes: list[int]) -> Category:
    if status >= 500 or status < 400:
        return "unclear"
    low = words.lower()
    by_words = next((category for part, category in _WORDS if part in low), None)
    by_code = next((_CODES[code] for code in codes if code in _CODES), None)
    if status == 401:
        return "account"
    return by_words or _TYPES.get(kind) or by_code or _STATUS.get(status, "invalid")


def _read_body(answer: HttpResponse) -> tuple[str, str, list[int]]:
    """The last segment of `type`, the wording, and the codes of the older `errors` list."""
    body = answer.object()
    errors = objects_in(body.get("errors"))
    phrases = [body.get("detail") or body.get("title"), body.get("reason")]
    phrases += [error.get("message") or error.get("detail") for error in errors]
    words = " · ".join(" ".join(phrase.split()) for phrase in phrases if isinstance(phrase, str) and phrase)
    codes = [code for error in errors if isinstance(code := error.get("code"), int)]
    kind = body.get("type")
    return (kind.rstrip("/").rsplit("/", 1)[-1] if isinstance(kind, str) else ""), words, codes


def _retry_at(category: Category, answer: HttpResponse, now: datetime, rng: random.Random) -> datetime | None:
    if category == "rate":
        return rate_end(answer, now, rng)
    pauses = {"billing": BILLING_PAUSE, "parked": RATE_PAUSE}
    return now + with_jitter(pauses[category], rng) if category in pauses else None


def rate_end(answer: HttpResponse, now: datetime, rng: random.Random) -> datetime:
    """When a rate limit ends: the day's reset when the day is used up, else the window's; see `limit_ends`."""
    headers = answer.headers
    days = [f"x-{who}-limit-24hour" for who in ("user", "app") if headers.get(f"x-{who}-limit-24hour-remaining") == "0"]
    return limit_ends(headers, [f"{name}-reset" for name in days or ["x-rate-limit"]], RATE_PAUSE, now, rng)
