"""What every step of the outbox takes: one round of sending on one platform, and the counts of what it did."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from listener.capabilities import Repeatable
from listener.policy import Policy
from listener.protocols import Platform
from listener.store.engine import Store
from listener.store.queued import Queued, QueuedAct


@dataclass(slots=True)
class SendCounts:
    """What sending did. held: approved replies and drafts that wait, by the name of the hold; more: replies are left
    that the next round can send; next_at: when the first of those that wait for a time may be sent.
    """

    sent: int = 0
    unconfirmed: int = 0
    failed: int = 0
    held: Counter[str] = field(default_factory=Counter)
    more: bool = False
    next_at: datetime | None = None

    @property
    def has_any(self) -> bool:
        """Return True when a reply was sent, or is left for a later round."""
        return bool(self.sent or self.unconfirmed or self.failed or self.held.total() or self.more)

    def add(self, other: "SendCounts") -> None:
        """Add a later round of the same platform; unconfirmed, held, more and next_at are what that round left."""
        self.sent += other.sent
        self.failed += other.failed
        self.unconfirmed, self.held, self.more, self.next_at = other.unconfirmed, other.held, other.more, other.next_at


@dataclass(frozen=True, slots=True)
class Round:
    """One round of sending on one platform. stopping: asked between two replies; began_at, lasts: when it ends, so that
    the platform is polled between two rounds.
    """

    store: Store
    platform: Platform
    policy: Policy
    clock: Callable[[], datetime]
    stopping: Callable[[], bool]
    began_at: datetime
    lasts: timedelta
    counts: SendCounts = field(default_factory=SendCounts)

    @property
    def is_over(self) -> bool:
        """Return True when its time has passed; after a clock that was set back too, for nobody knows how much has."""
        return not timedelta(0) <= self.clock() - self.began_at < self.lasts

    def can_repeat(self, item: Queued) -> bool:
        """Return True when making the same request again makes no second post: an act never does."""
        if isinstance(item, QueuedAct):
            return True
        return isinstance(self.platform, Repeatable) and self.platform.repeat_is_safe
