"""What a failed call means: the only place of this package that reads status codes, error texts and rate headers."""

import random
from datetime import datetime, timedelta

from listener.errors import NotSent, PlatformError, ReadFailed, Refused
from listener.platforms.kit.response import HttpResponse, limit_ends

_WINDOW = timedelta(minutes=5)  # of Mastodon's and GoToSocial's limits, when no header names the end
_RESETS = ("x-ratelimit-reset",)
_ACCOUNT = ("scope", "token", "login", "disabled", "suspended", "confirm", "pending", "moved", "unauthor")
"""Words of a 403 that concern our account rather than this one reply."""
_TOKEN = "make a new token with read and write:statuses (Preferences, Development), and replace EARSHOT_MASTODON_TOKEN"  # noqa: S105
_LOOK = "it is looked for before anything else"


def read_error(answer: HttpResponse, now: datetime, rng: random.Random) -> ReadFailed:
    """The verdict on a read that is neither a success nor about something that is gone."""
    message, status = _says(answer), answer.status
    if status == 429:
        return ReadFailed(message, cause="rate", retry_at=limit_ends(answer.headers, _RESETS, _WINDOW, now, rng))
    if status in (401, 403):
        return ReadFailed(message, _TOKEN, cause="account")
    if 300 <= status < 400:
        return ReadFailed(message, "give the address it redirects to as server_url", cause="account")
    return ReadFailed(message, cause="transient" if status >= 500 else "item")


def post_error(answer: HttpResponse, now: datetime, rng: random.Random) -> PlatformError:
    """The verdict on a post: NotSent, Refused, or a bare PlatformError when nobody knows."""
    message, status = _says(answer), answer.status
    if (status >= 500 and status != 501) or status < 300:
        return unknown(message)
    if status in (401, 429) or status < 400 or (status == 403 and _concerns_account(answer)):
        read = read_error(answer, now, rng)
        return NotSent(read.message, read.do, cause=read.cause, retry_at=read.retry_at)
    if status == 403:
        return Refused(message, "by_hand", "answer by hand, or close it")
    if status in (404, 410) and is_gone(answer):
        return Refused(message, "withdrawn")
    if status in (404, 408, 410):
        return NotSent(message, "is server_url right?")
    return Refused(message, "failed", "edit the text, or close it; `earshot check --online` compares the length limits")


def is_gone(answer: HttpResponse) -> bool:
    """True when the server itself says that there is no such post (a proxy's page says nothing of posts)."""
    return answer.status in (404, 410) and "error" in answer.object()


def unknown(message: str) -> PlatformError:
    """Nobody knows whether it was posted."""
    return PlatformError(f"{message}; nobody knows whether it was posted", _LOOK)


def _concerns_account(answer: HttpResponse) -> bool:
    told = str(answer.object().get("error", "")).lower()
    return any(word in told for word in _ACCOUNT)


def _says(answer: HttpResponse) -> str:
    body = answer.object()
    told = " · ".join(str(body[key]) for key in ("error", "error_description") if isinstance(body.get(key), str))
    return f"Mastodon answered {answer.status}" + (f": {' '.join(told.split())[:250]}" if told else "")
