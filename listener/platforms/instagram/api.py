"""The Platform "instagram": what poll, outbox and check ask of it."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from listener.errors import Refused
from listener.feed_page import FeedPage
from listener.model import Outgoing, Prepared, Receipt
from listener.platforms.instagram.items import OwnAccount
from listener.platforms.instagram.reply import DIALECT, rule_broken
from listener.platforms.instagram.section import APP_SECRET, Section
from listener.platforms.instagram.source import TAGGED, MediaSource
from listener.platforms.instagram.token import FEED, Token
from listener.platforms.kit.cursor import MENTIONS, CursorState
from listener.platforms.kit.graph.client import Graph
from listener.platforms.kit.graph.platform import GraphPlatform
from listener.platforms.kit.graph.reading import FeedReader, Source
from listener.platforms.kit.graph.rounds import Rounds
from listener.platforms.kit.graph.scan import FeedState
from listener.platforms.kit.graph.sending import Sender, is_from, prepare
from listener.platforms.kit.graph.state import StateFile
from listener.platforms.kit.graph.usage import CallBudget
from listener.platforms.kit.http import HttpClient
from listener.platforms.kit.values import Untrusted, text_in
from listener.protocols import Account, Secrets

OTHER_DO = "give the id of the professional account that the token belongs to: docs/platforms.md"


class _Reader(FeedReader):
    """Reads feeds, and renews the token as if it were one: so a renewal that fails is told like a deaf feed."""

    def __init__(self, graph: Graph, source: Source, every: timedelta, watched: int, token: Token) -> None:
        super().__init__(graph, source, every, watched)
        self._token = token

    def read(self, state: CursorState[FeedState], feed: str, now: datetime) -> FeedPage:
        """Return one page of this feed. Raises ReadFailed."""
        if feed != FEED:
            return super().read(state, feed, now)
        trouble = self._token.renew(self._graph, now)
        return state.advance(feed, state.states[feed], is_over=True).page(feed, trouble=trouble)


class Instagram(GraphPlatform):
    """One professional account."""

    name = "instagram"

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
        is_renewed = section.login == "instagram"
        token = Token(secrets, StateFile(folder / "instagram-token.json"), is_renewed=is_renewed)
        app_secret = lambda: (secrets.get(APP_SECRET) or "").strip()  # noqa: E731 -- read anew at every call
        budget, web = CallBudget(section.daily_calls), web or HttpClient()
        graph = Graph("Instagram", section.base, token.value, app_secret, budget, web, rng)
        super().__init__(section, section.account_id, graph, folder, clock)
        self._source = MediaSource(section.account_id)
        reader = _Reader(graph, self._source, section.full_round, section.watched_posts, token)
        feeds = (MENTIONS, TAGGED, *((FEED,) if is_renewed else ()))
        self._rounds = Rounds(section, graph, self._pace, reader, feeds)
        self._sender = Sender(graph, self._pace, DIALECT, self._is_ours, self.settle_after)

    def _is_ours(self, post: Untrusted, now: datetime) -> bool:
        self._require_account(now)
        return is_from(post, self._source.us.ids, self._source.us.username)

    def _find_account(self, now: datetime) -> Account:
        me = self._graph.find(self._owner, {"fields": "id,username"}, now)
        username = text_in((me or {}).get("username"))
        if me is None or username is None:
            message = f"Instagram does not show the account {self._owner} to this token"
            raise self._graph.gate.fail_read(now, message, OTHER_DO, cause="account")
        self._source.us = OwnAccount(frozenset((self._owner, str(me["id"]))), username)
        return Account(self._owner, username)

    def prepare(self, reply: Outgoing, now: datetime) -> Prepared:
        """Return key and request: only the first comment of a thread takes answers. Raises Held."""
        top = reply.mention.in_reply_to or reply.mention.reply_target_id
        return prepare(reply, self._section, self._pace, top, now)

    def post(self, prepared: Prepared) -> Receipt:
        """Post it. Raises NotSent, Refused; after anything else the reply is unconfirmed."""
        if rule := rule_broken(str(prepared.request["text"])):
            raise Refused(f"Instagram may refuse this text: {rule}", "failed", f"{rule}, then approve it again")
        return super().post(prepared)
