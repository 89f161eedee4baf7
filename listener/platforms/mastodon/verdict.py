"""What a failed call means: the only place of this package that reads status codes, error texts and rate headers."""

import random
from datetime import datetime, timedelta

from listener.errors import NotSent, PlatformError, Refused, Unavailable
from listener.gate import limit_ends
from listener.net import Answer

_WINDOW = timedelta(minutes=5)  # of Mastodon's and GoToSocial's limits, when no header names the end
_RESETS = ("x-ratelimit-reset",)
_ACCOUNT = ("scope", "token", "login", "disabled", "suspended", "confirm", "pending", "moved", "unauthor")
"""Words of a 403 that concern our account rather than this one reply."""
_TOKEN = "make a new token with read and write:statuses (Preferences, Development), and replace EARSHOT_MASTODON_TOKEN"  # noqa: S105
_LOOK = "it is looked for before anything else"


def of_read(answer: Answer, now: datetime, rng: random.Random) -> Unavailable:
    """The verdict on a read that is neither a success nor about something that is gone."""
    says, status = _says(answer), answer.status
    if status == 429:
        return Unavailable(says, cause="rate", retry_at=limit_ends(answer.headers, _RESETS, _WINDOW, now, rng))
    if status in (401, 403):
        return Unavailable(says, _TOKEN, cause="account")
    if 300 <= status < 400:
        return Unavailable(says, "give the address it redirects to as server_url", cause="account")
    return Unavailable(says, cause="transient" if status >= 500 else "item")


def of_post(answer: Answer, now: datetime, rng: random.Random) -> PlatformError:
    """The verdict on a post: NotSent, Refused, or a bare PlatformError when nobody knows."""
    says, status = _says(answer), answer.status
    if (status >= 500 and status != 501) or status < 300:
        return unknown(says)
    if status in (401, 429) or status < 400 or (status == 403 and _concerns_account(answer)):
        read = of_read(answer, now, rng)
        return NotSent(read.says, read.do, cause=read.cause, retry_at=read.retry_at)
    if status == 403:
        return Refused(says, "by_hand", "answer by hand, or close it")
    if status in (404, 410) and is_gone(answer):
        return Refused(says, "withdrawn")
    if status in (404, 408, 410):
        return NotSent(says, "is server_url right?")
    return Refused(says, "failed", "edit the text, or close it; `earshot check --online` compares the length limits")


def is_gone(answer: Answer) -> bool:
    """True when the server itself says that there is no such post (a proxy's page says nothing of posts)."""
    return answer.status in (404, 410) and "error" in answer.object()


def unknown(says: str) -> PlatformError:
    """Nobody knows whether it was posted."""
    return PlatformError(f"{says}; nobody knows whether it was posted", _LOOK)


def _concerns_account(answer: Answer) -> bool:
    told = str(answer.object().get("error", "")).lower()
    return any(word in told for word in _ACCOUNT)


def _says(answer: Answer) -> str:
    body = answer.object()
    told = " · ".join(str(body[key]) for key in ("error", "error_description") if isinstance(body.get(key), str))
    return f"Mastodon answered {answer.status}" + (f": {' '.join(told.split())[:250]}" if told else "")
