"""A desk on a real database: mentions come in through the real poll and triage, at a clock that tests move."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from listener.desk.approve import DeskContext
from listener.desk.showing import RenderContext
from listener.feed_page import FeedPage
from listener.intake.poll import poll
from listener.model import Json, Mention, Preview, RuleResult
from listener.policy import Policy
from listener.store import events, items, mentions, moves, replies
from listener.store.engine import Store
from listener.store.queued import QueuedReply
from listener.store.records import Event, Exchange, Reply, StoredDecision
from listener.store.states import TRANSITIONS
from listener.triage.route import Triage, route
from tests import factories
from tests.fakes.scripted import Scripted

LIMIT = 280


def preview(text: str, mention: Mention) -> Preview:
    """A platform that puts the author's handle first and counts characters."""
    prefix = f"@{mention.author_handle} "
    shown = text if text.startswith(prefix) else prefix + text
    return Preview(shown, len(shown), LIMIT, link=mention.url)


@dataclass
class World:
    """The store, the policy, and the time."""

    store: Store
    policy: Policy = field(default_factory=factories.policy)
    now: datetime = factories.NOW
    _triage: Triage | None = None

    def clock(self) -> datetime:
        """The time that a test set."""
        return self.now

    def after(self, **span: float) -> "World":
        """Let time pass."""
        self.now += timedelta(**span)
        return self

    def desk(self, by: str = "dana", policy: Policy | None = None) -> DeskContext:
        """A person at the desk."""
        return DeskContext(by, policy or self.policy, preview, self.clock)

    def view(self) -> RenderContext:
        """What showing needs."""
        return RenderContext(preview, lambda decided, mention: explained(decided), self.now)

    def said(self, *texts: str, **changes: Any) -> list[int]:
        """Mentions with these texts come in and are decided. Returns the ids of their replies (0: none)."""
        with self.store.read() as connection:
            first = len(mentions.list_keys(connection)) + 1
        found = [self._mention(first + number, text, changes) for number, text in enumerate(texts)]
        self.heard(*found)
        return [self.reply_to(one.id) for one in found]

    def _mention(self, number: int, text: str, changes: Json) -> Mention:
        own = {"id": f"m{number}", "interaction_id": f"m{number}", "conversation_id": f"c{number}"}
        own |= {"author_id": f"u{number}", "author_handle": f"user{number}"}
        times = {"created_at": self.now, "age_start_at": self.now}
        return factories.mention(text, **{**own, **times, **changes})

    def heard(self, *found: Mention) -> None:
        """These mentions come in and are decided."""
        self.polled(*found)
        self.route()

    def polled(self, *found: Mention) -> None:
        """These mentions come in, and wait to be decided."""
        poll(self.store, Scripted(self.clock, pages=[FeedPage({}, found)]), self.clock)

    def route(self) -> None:
        """Decide all that waits."""
        if self._triage is None or self._triage.policy is not self.policy:
            self._triage = Triage(self.policy, factories.responders(self.policy), preview, "test")
        route(self.store, self._triage, self.clock)

    def reply_to(self, mention_id: str) -> int:
        """The id of a mention's live or latest reply, 0 when it has none."""
        found = self.item_of(mention_id).reply
        return found.id if found else 0

    def item_of(self, mention_id: str) -> Exchange:
        """A mention with what became of it."""
        with self.store.read() as connection:
            key = mentions.locate(connection, "memory", mention_id)
            return items.item(connection, key=key)

    def item(self, reply_id: int) -> QueuedReply:
        """A reply with its mention."""
        with self.store.read() as connection:
            return items.queued(connection, reply_id)

    def reply(self, reply_id: int) -> Reply:
        """A reply as it stands."""
        with self.store.read() as connection:
            return replies.get(connection, reply_id)

    def put(self, reply_id: int, state: str, **changes: Any) -> None:
        """Put a reply where other stages would have brought it, without the states between where there are some."""
        with self.store.write() as connection:
            seen = replies.get(connection, reply_id)
            if state in TRANSITIONS[seen.state]:
                assert moves.transition(connection, seen, state, by="outbox", now=self.now, **changes)
                return
            columns = {"state": state, "changed_at": self.now, **changes}
            assert moves.update_fields(connection, seen, state, "outbox", self.now, **columns)

    def sent(self, reply_id: int, by: str = "dana") -> None:
        """It went out just now, approved by this name."""
        self.put(reply_id, "sent", sent_at=self.now, remote_id=f"p{reply_id}", approved_by=by, approved_at=self.now)

    def events(self, reply_id: int) -> list[Event]:
        """All that happened to a reply's mention."""
        with self.store.read() as connection:
            return events.list_events(connection, replies.get(connection, reply_id).mention_key)


def explained(decided: StoredDecision) -> list[RuleResult]:
    """The stored hits; the misses are the command line's affair."""
    return [RuleResult(one["rule"], one["hit"], one["message"], tuple(one["words"])) for one in decided.hits]


def praise(number: int = 1) -> list[str]:
    """So many thanks that the starter's policy answers with a thank_you."""
    return ["I love the smooth paper, thank you so much!"] * number
