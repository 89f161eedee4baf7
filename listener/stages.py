"""The four stages bound to their collaborators: what `once` runs through and `run` schedules. No rule of its own."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from listener.desk import autonomy
from listener.intake.poll import PollCounts, poll
from listener.outbox.round import Round, SendCounts
from listener.outbox.send import send
from listener.protocols import Platform
from listener.reader.learn import learn_weekly
from listener.stage_results import Outlook, RunSummary
from listener.stage_runner import FALLBACK_INTERVAL_S, StageRunner
from listener.store import vacuum
from listener.store.database import Lease
from listener.store.engine import Store
from listener.store.parts import ROUTE, UPKEEP, is_platform, part_of, platform_part
from listener.triage.route import Triage, TriageCounts, route
from listener.upkeep.award import award
from listener.upkeep.clocks import compare
from listener.upkeep.expire import expire
from listener.upkeep.retention import retain

if TYPE_CHECKING:
    from listener.alerts.notifier import Notifier

VACUUM_WAIT_S = 1.0  # seconds for others to let go of the file; the next round tries again
DELIVERIES = 60  # rounds of one second in one `once`
ROUNDS = 100  # sending rounds of one `once`: settling takes a few, a batch one


@dataclass(frozen=True)
class Stages:
    """Everything a stage needs. stopping: asked between any two steps; intervals: stage -> seconds between two runs.

    deleted: platform -> how long it allows the text of a deleted post to be kept; kept: the same for any text. ticks:
    the seconds by which a stage that failed waits. A stage that fails raises nothing: the runner keeps why, and the
    stage counts nothing.
    """

    store: Store
    platforms: Mapping[str, Platform]
    triage: Triage
    clock: Callable[[], datetime]
    stopping: Callable[[], bool] = lambda: False
    deleted: Mapping[str, timedelta] = field(default_factory=dict)
    intervals: Mapping[str, float] = field(default_factory=dict)
    notifier: "Notifier | None" = None
    note_duration: Callable[[str, float], None] = lambda stage, seconds: None
    note_poll: Callable[[str, str], None] = lambda platform, outcome: None
    kept: Mapping[str, timedelta] = field(default_factory=dict)
    ticks: Callable[[], float] = time.monotonic
    runner: StageRunner = field(init=False)

    def __post_init__(self) -> None:
        runner = StageRunner(self.store, self.clock, self.intervals, self.ticks, self.note_duration)
        object.__setattr__(self, "runner", runner)

    def run(self, name: str) -> Outlook:
        """Run a stage by its name, `poll NAME` or `route`, if this process leads its part of the work.

        A platform that was turned off meanwhile has none. What fails is tried again after its interval.
        """
        lease = self._lease(name)
        if lease is None:
            return self._run(name)
        if not lease.begin(is_sure=is_platform(part_of(name))):
            return Outlook(has_more=False)
        try:
            return self._run(name)
        finally:
            lease.end()

    def _lease(self, name: str) -> Lease | None:
        return self.store.under(part_of(name)).lease

    def list_taken(self) -> list[str]:
        """Return the parts that this process leads since a moment ago; how their stages stood is read anew."""
        taken = [] if self.store.lock is None else self.store.lock.list_taken()
        for part in taken:
            self.runner.forget(part)
        return taken

    def _run(self, name: str) -> Outlook:
        stage, _, platform = name.partition(" ")
        if stage == "route":
            routed = self.route()
            return Outlook(bool(routed.deferred) or name in self.runner.troubles, "send" if routed.drafted else None)
        if stage == "send" and platform in self.platforms:
            sent = self.send(platform)
            return Outlook(sent.has_any or name in self.runner.troubles, next_at=sent.next_at)
        if stage == "poll" and platform in self.platforms:
            self.poll(platform)
            return Outlook(has_more=True, wakes="route")
        if not platform:
            own = {"upkeep": self.upkeep, "alerts": self.notify, "digests": self.send_digests, "webhooks": self.deliver}
            own[stage]()
        return Outlook(has_more=True)

    def poll(self, name: str) -> PollCounts:
        """Read what waits on a platform."""
        stage, store = f"poll {name}", self.store.under(platform_part(name))

        def work() -> PollCounts:
            counts = poll(store, self.platforms[name], self.clock, self._stopping(stage))
            self.note_poll(name, "ok" if counts.failed is None else "failed")
            return counts

        return self.runner.run(stage, work, PollCounts())

    def route(self) -> TriageCounts:
        """Decide every new mention."""
        store = self.store.under(ROUTE)
        return self.runner.run(
            "route", lambda: route(store, self.triage, self.clock, self._stopping("route")), TriageCounts()
        )

    def send(self, name: str) -> SendCounts:
        """Send what may be sent now on a platform, in one round: no longer than until the next poll is due."""
        stage, lasts = f"send {name}", timedelta(seconds=self.intervals.get(f"poll {name}", FALLBACK_INTERVAL_S))
        store, platform = self.store.under(platform_part(name)), self.platforms[name]

        def work() -> SendCounts:
            stopping, began_at = self._stopping(stage), self.clock()
            round_ = Round(store, platform, self.triage.policy, self.clock, stopping, began_at, lasts)
            return send(round_, self._approve)

        return self.runner.run(stage, work, SendCounts())

    def upkeep(self) -> int:
        """Expire drafts, erase what was kept long enough, award points, vacuum the file where erasing could not, learn.

        Returns how many drafts expired and texts were erased.
        """
        return self.runner.run("upkeep", self._tidy_up, 0)

    def notify(self) -> int:
        """Notify people of what they should know, and give the sign of life. Returns how many messages went out."""
        if (notifier := self.notifier) is None:
            return 0
        return self.runner.run("alerts", lambda: notifier.notify(self.runner.unwritten), 0)

    def notify_once(self) -> int:
        """Notify people without a sign of life: who runs `once` lets the scheduler give it."""
        return 0 if self.notifier is None else self.runner.run("alerts", self.notifier.notify_once, 0)

    def send_digests(self) -> int:
        """Send people the digests that are due. Returns how many went out."""
        return 0 if self.notifier is None else self.runner.run("digests", self.notifier.send_digests, 0)

    def deliver(self) -> int:
        """Notify programs of what happened. Returns how many events they took."""
        return 0 if self.notifier is None else self.runner.run("webhooks", self.notifier.deliver, 0)

    def deliver_all(self) -> None:
        """Notify programs until nothing waits, or for a minute."""
        for _ in range(DELIVERIES):
            if not self.deliver():
                break

    def _tidy_up(self) -> int:
        policy, store = self.triage.policy, self.store.under(UPKEEP)
        compare(store, self.clock())
        ended = expire(store, policy, self.clock())
        self.runner.moved_on("upkeep")
        ended += retain(store, policy, self.clock(), self.deleted, self.kept)
        award(store, policy, self.clock())
        self.runner.moved_on("upkeep")
        if self.notifier is not None:
            ended += self.notifier.tidy()
        vacuum.clean(store, self.clock(), VACUUM_WAIT_S)
        self.runner.moved_on("upkeep")
        learn_weekly(store, policy, self.triage.responders, self.clock())
        return ended

    def _stopping(self, stage: str) -> Callable[[], bool]:
        """Return what a stage asks between two steps: that it asks shows that it goes on."""

        lease = self._lease(stage)

        def is_stopping() -> bool:
            self.runner.moved_on(stage)
            return self.stopping() or (lease is not None and lease.is_ending)

        return is_stopping

    def _approve(self, store: Store, name: str, now: datetime) -> Counter[str]:
        return autonomy.approve_automatically(store, self.triage.policy, self.triage.preview, name, now)

    def once(self, stage: str | None = None, *, polls_between: bool = False) -> RunSummary:
        """Run each stage in order (or one of them), until nothing is left to do now.

        polls_between: read a platform between two rounds of sending, as the daemon does; without a stage that is so.
        """
        summary = RunSummary()
        if stage in (None, "poll"):
            self._poll_all(summary)
        if stage in (None, "route"):
            summary.routed.add(self.route())
        if stage in (None, "send"):
            self._send_all(summary, polls_between or stage is None)
        if stage in (None, "upkeep"):
            self.upkeep()
        summary.failures = dict(self.runner.troubles)
        return summary

    def _poll_all(self, summary: RunSummary) -> None:
        for name in self.platforms:
            self._poll_until_done(name, summary)

    def _poll_until_done(self, name: str, summary: RunSummary) -> None:
        more = True
        while more and not self.stopping():
            counts = self.poll(name)
            summary.polled.add(counts)
            more = counts.more
            if counts.failed is not None:
                summary.troubles[name] = counts.failed

    def _send_all(self, summary: RunSummary, polls_between: bool) -> None:
        for name in self.platforms:
            counts = self._send_until_done(name, summary if polls_between else None)
            summary.sent.sent += counts.sent
            summary.sent.failed += counts.failed
            summary.sent.unconfirmed += counts.unconfirmed
            summary.sent.held += counts.held

    def _send_until_done(self, name: str, polled: RunSummary | None) -> SendCounts:
        """Send in rounds until one sends nothing; a reply that stays unconfirmed is checked in three of them.

        polled: where the polls between two rounds are counted; None: none is made.
        """
        total = SendCounts()
        for number in range(ROUNDS):
            counts = self.send(name)
            total.add(counts)
            if self.stopping() or not (counts.sent or counts.more or (counts.unconfirmed and number < 2)):
                break
            if counts.more and polled is not None:
                self._poll_until_done(name, polled)
        return total
