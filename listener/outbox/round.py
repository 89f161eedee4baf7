"""What every step of the outbox takes: one round of sending on one platform, and the counts of what it did."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from listener.policy import Policy
from listener.protocols import Platform
from listener.store.engine import Store


@dataclass(slots=True)
class SendCounts:
    """What sending did. held: approved replies and drafts that wait, by the name of the hold."""

    sent: int = 0
    unconfirmed: int = 0
    failed: int = 0
    held: Counter[str] = field(default_factory=Counter)

    def add(self, other: "SendCounts") -> None:
        """Add a later round of the same platform; unconfirmed and held are what that round left."""
        self.sent += other.sent
        self.failed += other.failed
        self.unconfirmed, self.held = other.unconfirmed, other.held


@dataclass(frozen=True, slots=True)
class Round:
    """One round of sending on one platform."""

    store: Store
    platform: Platform
    policy: Policy
    clock: Callable[[], datetime]
    counts: SendCounts = field(default_factory=SendCounts)
