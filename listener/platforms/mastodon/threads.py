"""Which conversation a status belongs to: Mastodon names none, so the first post of a thread stands for it."""

import logging
from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime

from listener.errors import ReadFailed
from listener.platforms.kit.values import Untrusted, objects_in, text_in
from listener.platforms.mastodon.caller import Caller
from listener.platforms.mastodon.status import identity

log = logging.getLogger(__name__)

_REMEMBERED = 5_000  # posts whose conversation is known


class Threads:
    """One call a thread, remembered while the process lives."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._known: OrderedDict[str, str] = OrderedDict()
        self._failed_at: datetime | None = None

    def conversation(self, status: Untrusted, now: datetime) -> str:
        """Return the identity of the thread's first post.

        What the status answers stands in for a thread that cannot be read now: that must not cost the page. A page
        asks no more after one such failure; the overlap lists the status again, and then it is asked anew.
        """
        parent = text_in(status.get("in_reply_to_id"))
        if parent is None:
            return self._remember([str(status["id"])], identity(status))
        if parent in self._known:
            return self._remember([str(status["id"])], self._known[parent])
        return parent if now == self._failed_at else self._read(status, parent, now)

    def names(self, conversations: Iterable[str]) -> dict[str, str]:
        """Map the ids of the posts of these conversations to them: an earlier version named a thread by such an id."""
        wanted = set(conversations)
        return {post: name for post, name in self._known.items() if name in wanted and name != post}

    def _read(self, status: Untrusted, parent: str, now: datetime) -> str:
        try:
            before = objects_in((self._caller.thread(str(status["id"]), now) or {}).get("ancestors"))
        except ReadFailed as error:
            fields = {"event": "thread_not_read", "platform": "mastodon", "post": status["id"], "why": error.message}
            log.warning("%(platform)s: the thread of post %(post)s cannot be read: %(why)s", fields)
            self._failed_at = now
            return parent
        above = [ancestor for ancestor in before if text_in(ancestor.get("id"))]
        first = identity(above[0]) if above else parent
        return self._remember([*(str(ancestor["id"]) for ancestor in above), parent, str(status["id"])], first)

    def _remember(self, ids: list[str], conversation: str) -> str:
        self._known |= dict.fromkeys(ids, conversation)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return conversation
