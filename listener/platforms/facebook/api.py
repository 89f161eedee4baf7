"""The Platform "facebook": what poll, outbox and check ask of it."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from listener.feed_page import FeedPage
from listener.model import Json, Mention, Outgoing, PostStatus, Prepared, Receipt
from listener.platforms.facebook.reply import dialect
from listener.platforms.facebook.section import APP_SECRET, TOKEN, Section
from listener.platforms.facebook.source import PageSource
from listener.platforms.kit.cursor import MENTIONS, CallerClock
from listener.platforms.kit.graph.client import Graph
from listener.platforms.kit.graph.pace import make_pace
from listener.platforms.kit.graph.reading import FeedReader
from listener.platforms.kit.graph.rounds import Rounds
from listener.platforms.kit.graph.sending import Sender, is_from, prepare, require_attested
from listener.platforms.kit.graph.usage import CallBudget
from listener.platforms.kit.http import HttpClient
from listener.platforms.kit.values import text_in
from listener.protocols import Account, Secrets

OTHER_DO = "make the token of this Page: docs/platforms.md"


class Facebook:
    """One Page. read_own_posts changes nothing: our comments stand among everybody's."""

    name = "facebook"

    def __init__(
        self,
        section: Section,
        secrets: Secrets,
        folder: Path,
        *,
        web: HttpClient | None = None,
        rng: random.Random | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.settle_after, self.read_own_posts = section.settle_after, True
        rng = rng or random.Random()  # noqa: S311 - jitter, no secret
        self._section, self._clock, self._checked = section, CallerClock(clock), ""
        self._graph = Graph(
            "Facebook",
            section.base,
            lambda: (secrets.get(TOKEN) or "").strip(),
            lambda: (secrets.get(APP_SECRET) or "").strip(),
            CallBudget(section.daily_calls),
            web or HttpClient(),
            rng,
        )
        self._pace = make_pace(section, folder, rng)
        reader = FeedReader(self._graph, PageSource(section.page_id), section.full_round, section.watched_posts)
        self._rounds = Rounds(section, self._graph, self._pace, reader, (MENTIONS, *section.also_read))
        ours = frozenset((section.page_id,))
        speech = dialect(section.page_id)
        self._sender = Sender(self._graph, self._pace, speech, lambda post, _: is_from(post, ours), self.settle_after)

    def fetch(self, cursor: Json | None, now: datetime) -> FeedPage:
        """Return ONE page of one feed. Raises ReadFailed.

        A token of a person is answered with empty lists, so nothing is read before the token is known to be the Page's.
        """
        began, now = now, self._clock.follow(cursor, now)
        if (pause := self._rounds.pause(cursor, now)) is not None:
            return pause
        self._require_page(now)
        return self._rounds.fetch(cursor, self._section.page_id, began, now)

    def _require_page(self, now: datetime) -> Account:
        """Return the Page that the token belongs to; asked once a process and token. Raises ReadFailed."""
        if self._checked == (token := self._graph.gate.fingerprint()):
            return Account(self._section.page_id, self._section.page_id)
        account = self._who(now)
        if account.id != self._section.page_id:
            message = f"Facebook: the token is not that of the Page {self._section.page_id}, but of {account.id}"
            raise self._graph.gate.fail_read(now, message, OTHER_DO, cause="account")
        self._checked = token
        return account

    def _who(self, now: datetime) -> Account:
        me = self._graph.get("me", {"fields": "id,name"}, now)
        name = text_in(me.get("name"))
        return Account(str(me.get("id", "")), name or str(me.get("id", "")), name)

    def prepare(self, reply: Outgoing, now: datetime) -> Prepared:
        """Return key and request. Raises Held."""
        return prepare(reply, self._section, self._pace, reply.mention.reply_target_id, now)

    def post(self, prepared: Prepared) -> Receipt:
        """Post it. Raises NotSent, Refused; after anything else the reply is unconfirmed."""
        return self._sender.post(prepared, self._clock.now())

    def find_reply(self, prepared: Prepared) -> Receipt | None:
        """Return the reply if it stands below the comment. Raises Indeterminate, ReadFailed."""
        now = self._clock.now()
        self._require_page(now)
        return self._sender.find_reply(prepared, now)

    def check_post(self, mention: Mention) -> PostStatus:
        """Return the mention as it stands, and an answer of a colleague. Raises ReadFailed, Held."""
        require_attested(self._section)
        now = self._clock.now()
        self._require_page(now)
        return self._sender.check_post(mention, now)

    def whoami(self) -> Account:
        """Return who the token belongs to. Raises ReadFailed."""
        self._checked = ""
        account = self._require_page(self._clock.now())
        return replace(account, remarks=(self._graph.budget.describe(),))

    def has_new_secret(self) -> bool:
        """Return whether the token was replaced since a call was last stopped."""
        return self._graph.gate.has_new_secret()
