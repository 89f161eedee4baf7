"""The four stages bound to their collaborators: what `once` runs through and `run` schedules. No rule of its own."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from listener.desk import autonomy
from listener.intake.poll import PollCounts, poll
from listener.outbox.round import Round, SendCounts
from listener.outbox.send import send
from listener.protocols import Platform
from listener.store import vacuum
from listener.store.engine import Store
from listener.triage.route import Triage, TriageCounts, route
from listener.upkeep.expire import expire
from listener.upkeep.retention import retain

VACUUM_WAIT_S = 1.0  # seconds for others to let go of the file; the next round tries again
ROUNDS = 100  # sending rounds of one `once`: settling takes a few, a batch one


@dataclass(slots=True)
class RunSummary:
    """What one `once` did, counted as `once --json` shows it; troubles: platform -> why it could not be read."""

    polled: PollCounts = field(default_factory=PollCounts)
    routed: TriageCounts = field(default_factory=TriageCounts)
    sent: SendCounts = field(default_factory=SendCounts)
    troubles: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Stages:
    """Everything a stage needs. stopping: asked between any two steps.

    deleted: platform -> how long it allows the text of a deleted post to be kept.
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
        """Decide every new mention."""
        return route(self.store, self.triage, self.clock, self.stopping)

    def send(self, name: str) -> SendCounts:
        """Send what may be sent now on a platform, in one round."""
        round_ = Round(self.store, self.platforms[name], self.triage.policy, self.clock)
        return send(round_, self._approve, self.stopping)

    def upkeep(self) -> int:
        """Expire drafts, erase texts that were kept long enough, and vacuum the file where erasing could not.

        Returns how many drafts expired and texts were erased.
        """
        ended = expire(self.store, self.triage.policy, self.clock())
        ended += retain(self.store, self.triage.policy, self.clock(), self.deleted)
        vacuum.clean(self.store, self.clock(), VACUUM_WAIT_S)
        return ended

    def _approve(self, store: Store, name: str, now: datetime) -> Counter[str]:
        return autonomy.approve_automatically(store, self.triage.policy, self.triage.preview, name, now)

    def once(self, stage: str | None = None) -> RunSummary:
        """Run each stage in order (or one of them), until nothing is left to do now."""
        summary = RunSummary()
        if stage in (None, "poll"):
            self._poll_all(summary)
        if stage in (None, "route"):
            summary.routed.add(self.route())
        if stage in (None, "send"):
            self._send_all(summary)
        if stage in (None, "upkeep"):
            self.upkeep()
        return summary

    def _poll_all(self, summary: RunSummary) -> None:
        for name in self.platforms:
            more = True
            while more and not self.stopping():
                counts = self.poll(name)
                summary.polled.add(counts)
                more = counts.more
                if counts.failed is not None:
                    summary.troubles[name] = counts.failed

    def _send_all(self, summary: RunSummary) -> None:
        for name in self.platforms:
            counts = self._send_until_done(name)
            summary.sent.sent += counts.sent
            summary.sent.failed += counts.failed
            summary.sent.unconfirmed += counts.unconfirmed
            summary.sent.held += counts.held

    def _send_until_done(self, name: str) -> SendCounts:
        """Send in rounds until one sends nothing; a reply that stays unconfirmed is checked in three of them."""
        total = SendCounts()
        for number in range(ROUNDS):
            counts = self.send(name)
            total.add(counts)
            if self.stopping() or (not counts.sent and (not counts.unconfirmed or number >= 2)):
                break
        return total
