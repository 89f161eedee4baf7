"""Calls that only add to what is known already: when they fail, the page in hand is kept."""

import logging
from collections.abc import Callable
from typing import TypeVar

from listener.errors import ReadFailed

log = logging.getLogger(__name__)

T = TypeVar("T")


def ask_aside(work: Callable[[], T], default: T, platform: str, what: str) -> T:
    """Return what `work` returns, or the default if it raises ReadFailed; what is stored so is checked before sending.

    what: what stays unknown, for the log.
    """
    try:
        return work()
    except ReadFailed as error:
        fields = {"event": "not_known_yet", "platform": platform, "what": what, "why": error.message}
        log.warning("%(platform)s: %(what)s is not known yet: %(why)s", fields)
        return default
