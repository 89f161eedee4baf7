"""The Platform "mastodon": what poll, outbox and check ask of it."""

import logging
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from listener.errors import Unavailable
from listener.model import Account, Json, Mention, Outgoing, Page, Prepared, Receipt, Secrets, Standing
from listener.platforms.mastodon import reply as replies
from listener.platforms.mastodon.caller import Caller
from listener.platforms.mastodon.feeds import MENTIONS, Book, read
from listener.platforms.mastodon.items import said
from listener.platforms.mastodon.section import Section
from listener.platforms.mastodon.sender import Sender, answers
from listener.web import Web

log = logging.getLogger(__name__)


class Mastodon:
    """One account on one server. watch_own: whether a round also reads our own posts, for answers by a person."""

    name = "mastodon"

    def __init__(
        self,
        section: Section,
        secrets: Secrets,
        *,
        web: Web | None = None,
        rng: random.Random | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.settle_after, self.watch_own = section.settle_after, True
        rng = rng or random.Random()  # noqa: S311 - jitter, no secret
        self._section, self._clock, self._ahead = section, clock, timedelta(0)  # the caller's clock against this one
        self._caller = Caller(section, secrets, web or Web(), rng)
        self._sender = Sender(self._caller, section.settle_after)

    def fetch(self, cursor: Json | None, now: datetime) -> Page:
        """Return ONE page of one feed. Raises Unavailable; a hashtag that alone fails is left out of its round."""
        began = now
        if cursor is None:
            now = self._now()  # a first run is given the time it begins at, again and again until a page is stored
        else:
            self._ahead = now - self._clock()
        me = self._caller.account(now).id
        book = Book.load(cursor, self._section, me, began, own=self.watch_own)
        feed = book.todo[0]
        try:
            return read(self._caller, book, feed, now)
        except Unavailable as error:
            if feed == MENTIONS or error.cause in ("account", "rate"):
                raise
            log.warning("mastodon: %s is left out of this round: %s", feed, error.says)
            return book.without(feed).page()

    def prepare(self, reply: Outgoing, now: datetime) -> Prepared:
        """Pure: key and request."""
        return replies.prepare(reply, now)

    def post(self, prepared: Prepared) -> Receipt:
        """Post it. Raises NotSent, Refused; anything else: nobody knows."""
        return self._sender.post(prepared, self._now())

    def find(self, prepared: Prepared) -> Receipt | None:
        """Look for the reply in the mention's thread and among our posts. Raises CannotTell, Unavailable."""
        return self._sender.find(prepared, self._now())

    def look(self, mention: Mention) -> Standing:
        """The mention as it stands, and an answer of ours below it. Raises Unavailable, CannotTell."""
        now = self._now()
        status = self._caller.status(mention.id, now)
        if status is None:
            return Standing(here=False)
        ours = answers(self._caller.thread(mention.id, now) or {}, mention.id, self._caller.account(now).id)
        return Standing(True, said(status), html=True, answered_by=str(ours[0]["id"]) if ours else None)

    def whoami(self) -> Account:
        """Who the token belongs to, and where the server's limit is another than the section's. Raises Unavailable."""
        now = self._now()
        return replace(self._caller.account(now), says=self._caller.remarks(now))

    def _now(self) -> datetime:
        return self._clock() + self._ahead
