"""The Platform "mastodon": what poll, outbox and check ask of it."""

import logging
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from listener.errors import ReadFailed
from listener.model import Account, FeedError, FeedPage, Json, Mention, Outgoing, PostStatus, Prepared, Receipt, Secrets
from listener.platforms.kit.http import HttpClient
from listener.platforms.mastodon import reply as replies
from listener.platforms.mastodon.caller import Caller
from listener.platforms.mastodon.feeds import MENTIONS, CursorState, read
from listener.platforms.mastodon.items import said
from listener.platforms.mastodon.section import Section
from listener.platforms.mastodon.sender import Sender, answers

log = logging.getLogger(__name__)


class Mastodon:
    """One account on one server. watch_own: whether a round also reads our own posts, for answers by a person."""

    name = "mastodon"

    def __init__(
        self,
        section: Section,
        secrets: Secrets,
        *,
        web: HttpClient | None = None,
        rng: random.Random | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.settle_after, self.read_own_posts = section.settle_after, True
        rng = rng or random.Random()  # noqa: S311 - jitter, no secret
        self._section, self._clock, self._ahead = section, clock, timedelta(0)  # the caller's clock against this one
        self._caller = Caller(section, secrets, web or HttpClient(), rng)
        self._sender = Sender(self._caller, section.settle_after)

    def fetch(self, cursor: Json | None, now: datetime) -> FeedPage:
        """Return ONE page of one feed. Raises Unavailable; a hashtag that alone fails is left out of its round."""
        began = now
        if cursor is None:
            now = self._now()  # a first run is given the time it begins at, again and again until a page is stored
        else:
            self._ahead = now - self._clock()
        me = self._caller.account(now).id
        book = CursorState.load(cursor, self._section, me, began, own=self.read_own_posts)
        feed = book.todo[0]
        try:
            return read(self._caller, book, feed, now)
        except ReadFailed as error:
            if feed == MENTIONS or error.cause in ("account", "rate"):
                raise
            log.warning("mastodon: %s is left out of this round: %s", feed, error.message)
            return book.failing(feed, FeedError(error.message, error.do))

    def prepare(self, reply: Outgoing, now: datetime) -> Prepared:
        """Pure: key and request."""
        return replies.prepare(reply, now)

    def post(self, prepared: Prepared) -> Receipt:
        """Post it. Raises NotSent, Refused; anything else: nobody knows."""
        return self._sender.post(prepared, self._now())

    def find_reply(self, prepared: Prepared) -> Receipt | None:
        """Look for the reply in the mention's thread and among our posts. Raises CannotTell, Unavailable."""
        return self._sender.find(prepared, self._now())

    def check_post(self, mention: Mention) -> PostStatus:
        """The mention as it stands, and an answer of ours below it. Raises Unavailable, CannotTell."""
        now = self._now()
        status = self._caller.status(mention.id, now)
        if status is None:
            return PostStatus(is_present=False)
        ours = answers(self._caller.thread(mention.id, now) or {}, mention.id, self._caller.account(now).id)
        return PostStatus(True, said(status), is_html=True, answer_post_id=str(ours[0]["id"]) if ours else None)

    def whoami(self) -> Account:
        """Who the token belongs to, and where the server's limit is another than the section's. Raises Unavailable."""
        now = self._now()
        return replace(self._caller.account(now), remarks=self._caller.remarks(now))

    def _now(self) -> datetime:
        return self._clock() + self._ahead
