"""The Platform "facebook": what poll, outbox and check ask of it."""

import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from listener.model import Outgoing, Prepared
from listener.platforms.facebook.reply import dialect
from listener.platforms.facebook.section import APP_SECRET, TOKEN, Section
from listener.platforms.facebook.source import PageSource
from listener.platforms.kit.cursor import MENTIONS
from listener.platforms.kit.graph.client import Graph
from listener.platforms.kit.graph.platform import GraphPlatform
from listener.platforms.kit.graph.reading import FeedReader
from listener.platforms.kit.graph.rounds import Rounds
from listener.platforms.kit.graph.sending import Sender, is_from, prepare
from listener.platforms.kit.graph.usage import CallBudget
from listener.platforms.kit.http import HttpClient
from listener.platforms.kit.values import text_in
from listener.protocols import Account, Secrets

OTHER_DO = "make the token of this Page: docs/platforms.md"


class Facebook(GraphPlatform):
    """One Page. A token of a person is answered with empty lists: it must be known to be the Page's."""

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
        rng = rng or random.Random()  # noqa: S311 - jitter, no secret
        token, app_secret = (lambda key=key: (secrets.get(key) or "").strip() for key in (TOKEN, APP_SECRET))
        budget, web = CallBudget(section.daily_calls), web or HttpClient()
        graph = Graph("Facebook", section.base, token, app_secret, budget, web, rng)
        super().__init__(section, section.page_id, graph, folder, clock)
        reader = FeedReader(graph, PageSource(section.page_id), section.full_round, section.watched_posts)
        self._rounds = Rounds(section, graph, self._pace, reader, (MENTIONS, *section.also_read))
        ours = frozenset((section.page_id,))
        speech = dialect(section.page_id)
        self._sender = Sender(graph, self._pace, speech, lambda post, _: is_from(post, ours), self.settle_after)

    def _find_account(self, now: datetime) -> Account:
        me = self._graph.get("me", {"fields": "id,name"}, now)
        number, name = str(me.get("id", "")), text_in(me.get("name"))
        if number != self._owner:
            message = f"Facebook: the token is not that of the Page {self._owner}, but of {number}"
            raise self._graph.gate.fail_read(now, message, OTHER_DO, cause="account")
        return Account(number, name or number, name)

    def prepare(self, reply: Outgoing, now: datetime) -> Prepared:
        """Return key and request. Raises Held."""
        return prepare(reply, self._section, self._pace, reply.mention.reply_target_id, now)
