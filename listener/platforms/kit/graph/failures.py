"""What a failed call to the Graph API means: the only place that reads Meta's codes. Throttles too are HTTP 400."""

import random
from datetime import datetime, timedelta

from listener.platforms.kit.breaker import with_jitter
from listener.platforms.kit.failures import Category, Failure, explain, foreign_failure
from listener.platforms.kit.graph.usage import regain_time
from listener.platforms.kit.response import HttpResponse, limit_ends
from listener.platforms.kit.values import Untrusted, object_in

RATE = frozenset((4, 17, 32, 613, 80001, 80002))
NOT_KNOWN = frozenset((1, 2, 341, -1, -2))  # an error of the server: it may have carried the call out
TOKEN = frozenset((102, 190))
ACTED_AS_PERSON, MISSING, MISSING_SUBCODE, NO_OBJECT, BLOCKED, SAME_AS_LAST = 1705, 100, 33, 24, 368, 506
_PERMISSION = frozenset((3, 10, *range(200, 300)))
WINDOW = timedelta(hours=1)  # of a throttle that names no end: Meta's windows roll
_BLOCKED_FOR = timedelta(hours=24)  # our own rule after "abusive": sending more would make it worse
_ACCOUNT_PAUSE = timedelta(hours=1)  # a refused token or permission is not tried again and again
_TOKEN_REASONS = {
    458: "the app was removed from the account",
    459: "Meta asks the person to sign in first (checkpoint)",
    460: "the password was changed",
    463: "the token has expired",
    467: "the token is no longer valid",
    492: "the person has lost the role on the Page",
}


def classify(
    answer: HttpResponse, platform: str, now: datetime, rng: random.Random, *, posting: bool = False
) -> Failure:
    """Return what an answer other than a success means; times are on our clock. posting: it answers a post."""
    error = object_in(answer.object().get("error"))
    if failure := foreign_failure(answer, platform, is_own=bool(error)):
        return failure
    code = _number(error.get("code"))
    category = _categorize(answer.status, code, posting)
    message = _describe(answer, error, platform)
    if code == BLOCKED:
        do = "open the app, look at the account's status, and change what the replies repeat"
        return Failure("account", message, do, now + (_BLOCKED_FOR if posting else WINDOW), name="blocked")
    if category == "rate":
        return Failure("rate", message, "", _limit_end(answer, now, rng))
    retry_at = now + with_jitter(_ACCOUNT_PAUSE, rng) if category == "account" else None
    return explain(Failure(category, message, _advice(category, code), retry_at), answer, now)


def is_missing(answer: HttpResponse) -> bool:
    """Return whether Meta says that there is no such object, or that we have no right to it: it does not tell which."""
    error = object_in(answer.object().get("error"))
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    return code == NO_OBJECT or (code == MISSING and subcode == MISSING_SUBCODE)


def is_permission(answer: HttpResponse) -> bool:
    """Return whether only the right to this one call is missing; the token itself is good."""
    return _number(object_in(answer.object().get("error")).get("code")) in _PERMISSION


def _categorize(status: int, code: int | None, posting: bool) -> Category:
    """By the code, never by the words; `is_transient` does not say that a call was not carried out."""
    if code in RATE or (code is None and status == 429):
        return "rate"
    if code in TOKEN or code in _PERMISSION or code in (ACTED_AS_PERSON, BLOCKED) or 300 <= status < 400:
        return "account"
    if code in NOT_KNOWN or status >= 500:
        return "unclear"
    if code == SAME_AS_LAST:
        return "duplicate"
    if code in (MISSING, NO_OBJECT):
        return "invalid"
    return "unclear" if posting else "invalid"  # a code that no page explains proves nothing about a post


def _limit_end(answer: HttpResponse, now: datetime, rng: random.Random) -> datetime:
    """The minutes that the usage header names; without them Retry-After, or an hour."""
    named = regain_time(answer.headers)
    return now + with_jitter(named, rng) if named else limit_ends(answer.headers, (), WINDOW, now, rng)


def _advice(category: Category, code: int | None) -> str:
    if code in TOKEN:
        return "make a new token (docs/platforms.md) and replace the secret; it is used at once"
    if code == ACTED_AS_PERSON:
        return "give the token of the Page, not of a person"
    if category == "account":
        return "give the app the permissions that docs/platforms.md lists, then make a new token"
    return "edit the text, or close it" if category == "invalid" else ""


def _describe(answer: HttpResponse, error: Untrusted, platform: str) -> str:
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    numbers = f" (code {code}{f', {subcode}' if subcode else ''})" if code is not None else ""
    words = " ".join(str(error.get("message") or "").split())[:200]
    reason = _TOKEN_REASONS.get(subcode or 0) or words
    return f"{platform} answered {answer.status}{numbers}" + (f": {reason}" if reason else "")


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
