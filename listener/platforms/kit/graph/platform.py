"""What the Platforms "facebook" and "instagram" do alike: nothing is read or checked before it is known who we are."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from listener.feed_page import FeedPage
from listener.model import Json, Mention, PostStatus, Prepared, Receipt
from listener.platforms.kit.cursor import CallerClock
from listener.platforms.kit.graph.client import Graph
from listener.platforms.kit.graph.pace import make_pace
from listener.platforms.kit.graph.rounds import Rounds
from listener.platforms.kit.graph.section import GraphSection
from listener.platforms.kit.graph.sending import Sender, require_attested
from listener.protocols import Account


class GraphPlatform:
    """One account. Our own posts are not listed apart: our answers stand among everybody's.

    A platform of its own makes `_rounds` and `_sender`, and asks in `_find_account` who we are. owner: the id that the
    configuration gives.
    """

    _rounds: Rounds
    _sender: Sender

    def __init__(
        self, section: GraphSection, owner: str, graph: Graph, folder: Path, clock: Callable[[], datetime] | None
    ) -> None:
        self.settle_after = section.settle_after
        self._section, self._owner, self._graph = section, owner, graph
        self._clock, self._checked = CallerClock(clock), ""
        self._pace = make_pace(section, folder, graph.rng)

    def _find_account(self, now: datetime) -> Account:
        """Ask who the token belongs to. Raises ReadFailed, also when it is not the account of the configuration."""
        raise NotImplementedError

    def _ask_account(self, now: datetime) -> Account:
        token = self._graph.gate.fingerprint()
        account = self._find_account(now)
        self._checked = token
        return account

    def _require_account(self, now: datetime) -> None:
        """Know who we are; asked once a process and token. Raises ReadFailed."""
        if self._checked != self._graph.gate.fingerprint():
            self._ask_account(now)

    def fetch(self, cursor: Json | None, now: datetime) -> FeedPage:
        """Return ONE page of one feed. Raises ReadFailed."""
        began, now = now, self._clock.follow(cursor, now)
        if (pause := self._rounds.pause(cursor, now)) is not None:
            return pause
        self._require_account(now)
        return self._rounds.fetch(cursor, self._owner, began, now)

    def post(self, prepared: Prepared) -> Receipt:
        """Post it. Raises NotSent, Refused; after anything else the reply is unconfirmed."""
        return self._sender.post(prepared, self._clock.now())

    def find_reply(self, prepared: Prepared) -> Receipt | None:
        """Return the reply if it stands below the comment. Raises Indeterminate, ReadFailed."""
        now = self._clock.now()
        self._require_account(now)
        return self._sender.find_reply(prepared, now)

    def check_post(self, mention: Mention) -> PostStatus:
        """Return the mention as it stands, and an answer of a colleague. Raises ReadFailed, Held."""
        require_attested(self._section)
        now = self._clock.now()
        self._require_account(now)
        return self._sender.check_post(mention, now)

    def whoami(self) -> Account:
        """Return who the token belongs to. Raises ReadFailed."""
        return replace(self._ask_account(self._clock.now()), remarks=(self._graph.budget.describe(),))

    def has_new_secret(self) -> bool:
        """Return whether the token was replaced since a call was last stopped."""
        return self._graph.gate.has_new_secret()
