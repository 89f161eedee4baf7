"""What a failed call means: the only place of this package that reads status codes, error texts and rate headers."""

import random
from datetime import datetime, timedelta

from listener.platforms.kit.failures import Category, Failure, explain, foreign_failure
from listener.platforms.kit.response import HttpResponse, limit_ends

_WINDOW = timedelta(minutes=5)  # of Mastodon's and GoToSocial's limits, when no header names the end
_RESETS = ("x-ratelimit-reset",)
_ACCOUNT = ("scope", "token", "login", "disabled", "suspended", "confirm", "pending", "moved", "unauthor")
"""Words of a 403 that concern our account rather than this one reply."""
_TOKEN = "make a new token with read and write:statuses (Preferences, Development), and replace EARSHOT_MASTODON_TOKEN"  # noqa: S105
_REDIRECT_DO = "give the address it redirects to as server_url"
_POST_CATEGORIES: dict[int, Category] = {403: "by_hand", 404: "transient", 408: "transient", 410: "transient"}
_DO: dict[Category, str] = {
    "account": _TOKEN,
    "by_hand": "answer by hand, or close it",
    "transient": "is server_url right?",
    "invalid": "edit the text, or close it; `earshot check --online` compares the length limits",
}


def classify(answer: HttpResponse, now: datetime, rng: random.Random, *, posting: bool = False) -> Failure:
    """Return what an answer other than a success means; times are on our clock. posting: it answers a post."""
    if failure := foreign_failure(answer, "Mastodon", is_own=not answer.body.lstrip().startswith(b"<")):
        return failure
    category = _categorize_post(answer) if posting else _categorize(answer.status)
    do = _REDIRECT_DO if 300 <= answer.status < 400 else _DO.get(category, "")
    ends = limit_ends(answer.headers, _RESETS, _WINDOW, now, rng) if category == "rate" else None
    return explain(Failure(category, _describe(answer), do, ends), answer, now)


def classify_single(answer: HttpResponse, now: datetime, rng: random.Random) -> Failure:
    """Return what an answer about one post means while other calls work: it concerns that post, or our account."""
    if answer.status == 403 and _concerns_account(answer):
        return classify(answer, now, rng)
    return Failure("invalid", f"{_describe(answer)} for one post while it answers otherwise")


def _categorize(status: int) -> Category:
    if status == 429:
        return "rate"
    if status in (401, 403) or 300 <= status < 400:
        return "account"
    return "unclear" if status >= 500 else "invalid"


def _categorize_post(answer: HttpResponse) -> Category:
    status = answer.status
    if (status >= 500 and status != 501) or status < 300:
        return "unclear"
    if status in (401, 429) or status < 400 or (status == 403 and _concerns_account(answer)):
        return _categorize(status)
    if status in (404, 410) and is_gone(answer):
        return "gone"
    return _POST_CATEGORIES.get(status, "invalid")


def is_gone(answer: HttpResponse) -> bool:
    """Return whether the server itself answers that there is no such post (a proxy's page does not count)."""
    return answer.status in (404, 410) and "error" in answer.object()


def _concerns_account(answer: HttpResponse) -> bool:
    wording = str(answer.object().get("error", "")).lower()
    return any(word in wording for word in _ACCOUNT)


def _describe(answer: HttpResponse) -> str:
    body = answer.object()
    wording = " · ".join(str(body[key]) for key in ("error", "error_description") if isinstance(body.get(key), str))
    return f"Mastodon answered {answer.status}" + (f": {' '.join(wording.split())[:250]}" if wording else "")
