"""The four stages bound to their collaborators: what `once` runs through and `run` schedules. No rule of its own."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from listener.desk import autonomy
from listener.intake.poll import PollCounts, poll
from listener.model import Platform
from listener.outbox.round import Round, SendCounts
from listener.outbox.send import send
from listener.store import vacuum
from listener.store.engine import Store
from listener.triage.route import Triage, TriageCounts, route
from listener.upkeep.expire import expire
from listener.upkeep.retention import retain

VACUUM_WAIT_S = 1.0  # seconds for others to let go of the file; the next round tries again
ROUNDS = 100  # sending rounds of one `once`: settling takes a few, a batch one


@dataclass(slots=True)
class RunSummary:
    """What one `once` did, in the words of CONTRACT.md; troubles: platform -> why it could not be read."""

    polled: PollCounts = field(default_factory=PollCounts)
    routed: TriageCounts = field(default_factory=TriageCounts)
    sent: SendCounts = field(default_factory=SendCounts)
    troubles: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Stages:
    """Everything a stage needs. stopping: asked between any two steps.

    deleted: how long a platform lets the words of a deleted post stay.
    """

    store: Store
    platforms: Mapping[str, Platform]
    triage: Triage
    clock: Callable[[], datetime]
    stopping: Callable[[], bool] = lambda: False
    deleted: Mapping[str, timedelta] = field(default_factory=dict)

    def poll(self, name: str) -> PollCounts:
        """Read what waits on a platform."""
        return poll(self.store, self.platforms[name], self.clock, self.stopping)

    def route(self) -> TriageCounts:
        """Decide what is new."""
        return route(self.store, self.triage, self.clock, self.stopping)

    def send(self, name: str) -> SendCounts:
        """One round of sending on a platform."""
        round_ = Round(self.store, self.platforms[name], self.triage.policy, self.clock)
        return send(round_, self._approve, self.stopping)

    def upkeep(self) -> int:
        """End what time ends: drafts, and how long words are kept; clean the file where erasing could not."""
        ended = expire(self.store, self.triage.policy, self.clock())
        ended += retain(self.store, self.triage.policy, self.clock(), self.deleted)
        vacuum.clean(self.store, self.clock(), VACUUM_WAIT_S)
        return ended

    def _approve(self, store: Store, name: str, now: datetime) -> Counter[str]:
        return autonomy.approve_automatically(store, self.triage.policy, self.triage.preview, name, now)

    def once(self, stage: str | None = None) -> RunSummary:
        """Each stage in order (or one of them), until nothing is left to do now."""
        done = RunSummary()
        if stage in (None, "poll"):
            self._poll_all(done)
        if stage in (None, "route"):
            done.routed.add(self.route())
        if stage in (None, "send"):
            self._send_all(done)
        if stage in (None, "upkeep"):
            self.upkeep()
        return done

    def _poll_all(self, done: RunSummary) -> None:
        for name in self.platforms:
            more = True
            while more and not self.stopping():
                found = self.poll(name)
                done.polled.add(found)
                more = found.more
                if found.failed is not None:
                    done.troubles[name] = found.failed

    def _send_all(self, done: RunSummary) -> None:
        for name in self.platforms:
            mine = SendCounts()
            for number in range(ROUNDS):
                last = self.send(name)
                mine.add(last)
                if self.stopping() or (not last.sent and (not last.unconfirmed or number >= 2)):
                    break
            done.sent.sent += mine.sent
            done.sent.failed += mine.failed
            done.sent.unconfirmed += mine.unconfirmed
            done.sent.held += mine.held
