"""Many days of unattended operation by a clock that a run moves: memory, file, notices, and what was missed or doubled.

A brand on a platform with a scripted fake: people speak by day more than by night, staff come in on working days, and
misfortunes are sprinkled in: outages, answers that get lost, a database that another process holds, deaths.
"""

import random
import resource
import sqlite3
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from listener.desk.approve import DeskContext, Target, approve
from listener.desk.transitions import close
from listener.errors import NotSent, ReadFailed, Refused
from listener.feed_page import FeedPage
from listener.model import Json, Mention, Prepared, Preview, Receipt
from listener.settings import load, load_responders, starter
from listener.stages import Stages
from listener.store import notices, platforms, replies
from listener.store.engine import open_store
from listener.store.migrate import migrate
from listener.store.tables import reply as REPLY
from listener.triage.route import Triage
from tests.fakes.scripted import Scripted
from tests.soak.world import SAID, Report

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
STEP = timedelta(minutes=15)
PAGE = 100
KEPT = timedelta(days=90)  # for how long the policy keeps texts
STAGES = ("poll memory", "route", "send memory", "upkeep")
BUSY = tuple(1 if hour < 7 else 5 for hour in range(24))  # how much people speak, by hour


class Crowd(Scripted):
    """Thousands of people a day, and a platform that fails now and then. down_until: the end of an outage."""

    def __init__(self, world: "Year") -> None:
        super().__init__(world.clock)
        self.world, self.rng = world, world.rng
        self.said, self.listed = 0, 0
        self.down_until = BEGAN
        self.times: Counter[str] = Counter()  # key -> how often it was posted
        self.recent: deque[tuple[str, str]] = deque(maxlen=2000)  # (key, remote id), for a look

    def fetch(self, cursor: Json | None, now: datetime) -> FeedPage:
        """The next hundred that were said and not listed yet."""
        if now < self.down_until:
            raise ReadFailed("the network is gone")
        first = int((cursor or {"at": 0})["at"])
        last = min(first + PAGE, self.said)
        mentions = tuple(self.mention(number) for number in range(first + 1, last + 1))
        return FeedPage({"at": last}, mentions, more=last < self.said)

    def mention(self, number: int) -> Mention:
        """What somebody said: the same for the same number."""
        text = f"@fernhill {SAID[number * 7919 % len(SAID)]} ({number})"
        name, now = f"m{number}", self.clock()
        return Mention("memory", name, text, f"a{number % 50_000}", now, now, name, name, lang="en")

    def post(self, prepared: Prepared) -> Receipt:
        """Post it; some answers are lost before it, some after it, and some are a no."""
        fate = self.rng.random()
        if self.clock() < self.down_until or fate < 0.01:
            raise NotSent("the network is gone")
        if fate < 0.012:
            raise Refused("the author has blocked us", next_state="withdrawn")
        if fate < 0.02:
            raise ConnectionResetError("lost before it arrived")
        remote = f"post-{len(self.times) + 1}"
        self.times[prepared.key] += 1
        self.recent.append((prepared.key, remote))
        if fate < 0.03:
            raise ConnectionResetError("lost after it arrived")
        return Receipt(remote)

    def find_reply(self, prepared: Prepared) -> Receipt | None:
        """Look among the latest posts."""
        return next((Receipt(remote) for key, remote in self.recent if key == prepared.key), None)


@dataclass
class Year:
    """The line on this platform. per_day: how many speak; days: how long it runs; seed makes a run repeatable.

    misfortune: how many times as often as usual something goes wrong.
    """

    folder: Path
    days: int
    per_day: int
    seed: int = 1
    step: timedelta = STEP
    misfortune: float = 1.0
    now: datetime = BEGAN
    slowest: dict[str, float] = field(default_factory=dict)  # stage -> seconds of its longest run
    deaths: int = 0
    locks: int = 0
    outages: int = 0
    opened: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.path = self.folder / "earshot.db"
        migrate(self.path, self.now)
        self.store = open_store(self.path, wait=0.05)
        self.store._gap = 0.0  # nobody else writes here: a run need not make room for the command line
        policy = load(starter()).policy
        self.policy = replace(policy, limits=replace(policy.limits, retain_text=KEPT))
        self.platform = Crowd(self)
        self.desk = DeskContext("ann", self.policy, self.preview, self.clock)
        with self.store.write() as connection:
            platforms.enable(connection, {"memory": self.step.total_seconds()}, self.now)
        self.live()

    def clock(self) -> datetime:
        """The one clock."""
        return self.now

    def preview(self, text: str, mention: Mention) -> Preview:
        """As it is."""
        return Preview(text, len(text), 500)

    def live(self) -> None:
        """Begin a life of the program: what an earlier one remembered is gone."""
        intervals = dict.fromkeys(STAGES, self.step.total_seconds())
        triage = Triage(self.policy, load_responders(self.policy), self.preview, "soak")
        self.stages = Stages(
            self.store,
            {"memory": self.platform},
            triage,
            self.clock,
            intervals=intervals,
            ticks=lambda: (self.now - BEGAN).total_seconds(),
        )

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Keep how long a stage took at most, in real seconds: those of the stages themselves go by this clock."""
        began = time.monotonic()
        yield
        self.slowest[stage] = max(self.slowest.get(stage, 0.0), time.monotonic() - began)

    def run(self) -> Iterator[datetime]:
        """Live through the days; yields at each midnight. The last two days have no misfortune."""
        end = BEGAN + timedelta(days=self.days)
        while self.now < end:
            if end - self.now > timedelta(days=2):
                self.suffer()
            self.speak()
            with self.held():
                self.work()
            if self.is_working_hour():
                self.staff()
            self.watch()
            self.now += self.step
            if self.now.hour == self.now.minute == 0:
                yield self.now

    def speak(self) -> None:
        """People speak as usual at this hour."""
        share = BUSY[self.now.hour] / sum(BUSY) * self.step / timedelta(hours=1)
        self.platform.said += round(self.per_day * share * self.rng.uniform(0.5, 1.5))

    def suffer(self) -> None:
        """Once in about three days the network is gone for hours; once in ten days the program dies."""
        a_day = self.misfortune * (self.step / timedelta(days=1))
        if self.rng.random() < a_day / 3:
            self.platform.down_until = self.now + timedelta(hours=self.rng.uniform(0.2, 8))
            self.outages += 1
        if self.rng.random() < a_day / 10:
            self.deaths += 1
            self.live()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Once in five days another process holds the database for a step."""
        if self.rng.random() > self.misfortune * (self.step / timedelta(days=5)):
            yield
            return
        self.locks += 1
        with closing(sqlite3.connect(self.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield

    def work(self) -> None:
        """What the daemon does within a step."""
        with self.timed(STAGES[0]):
            while self.stages.poll("memory").more:
                pass
        for name in STAGES[1:]:
            with self.timed(name):
                self.stages.run(name)

    def is_working_hour(self) -> bool:
        """Staff come in from 9 to 17 on working days, and once in a while nobody does for an hour."""
        return self.now.weekday() < 5 and 9 <= self.now.hour < 17 and self.now.minute == 0 and self.rng.random() < 0.9

    def staff(self) -> None:
        """Approve every draft, and answer what was escalated by hand."""
        with self.store.read() as connection:
            drafted = [Target(reply.id) for reply in replies.list_where(connection, REPLY.c.state == "drafted")]
            escalated = [reply.id for reply in replies.list_where(connection, REPLY.c.state == "escalated")]
        approve(self.store, self.desk, drafted)
        for reply_id in escalated:
            close(self.store, self.desk, reply_id, "called the customer")
        self.stages.send("memory")

    def watch(self) -> None:
        """Count the kinds of notices that are open, once a step."""
        self.opened.update(set(self.open_notices()))

    def open_notices(self) -> list[str]:
        """The kinds of the open notices."""
        with self.store.read() as connection:
            return [notice.kind for notice in notices.list_open(connection)]

    def count(self, query: str) -> int:
        """Count by a query."""
        with self.store.read() as connection:
            return int(connection.exec_driver_sql(query).scalar_one())


def memory() -> float:
    """MiB that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def run(folder: Path, days: int = 365, per_day: int = 2000, step: timedelta = STEP) -> Report:
    """Live through it and report."""
    world, report = Year(folder, days, per_day, step=step), Report(f"{days} days, {per_day} mentions a day")
    held: list[float] = []
    sizes: list[float] = []
    began = time.monotonic()
    for midnight in world.run():
        held.append(memory())
        sizes.append(world.path.stat().st_size / 2**20)
        if (midnight - BEGAN).days % 30 == 0:
            report.say(
                f"day {len(held)}: {held[-1]:.0f} MiB held, file {sizes[-1]:.0f} MiB, {time.monotonic() - began:.0f} s"
            )
    judge(world, report, held, sizes)
    world.store.close()
    return report


def judge(world: Year, report: Report, held: list[float], sizes: list[float]) -> None:
    """Say what came of it, and what of it is not as it must be."""
    stored = world.count("SELECT count(*) FROM mention")
    posts, doubled = len(world.platform.times), sum(times > 1 for times in world.platform.times.values())
    sent = world.count("SELECT count(*) FROM reply WHERE state = 'sent'")
    old = (world.now - KEPT - timedelta(days=1)).strftime("%Y-%m-%d")
    kept = world.count(f"SELECT count(*) FROM mention WHERE stage <> 'forgotten' AND seen_at < '{old}'")
    unsure = world.count("SELECT count(*) FROM reply WHERE state IN ('sending', 'unconfirmed')")
    undecided = world.count("SELECT count(*) FROM mention WHERE stage = 'new'")
    report.say(
        f"{world.platform.said:,} said, {stored:,} stored, {undecided} undecided",
        world.platform.said == stored and not undecided,
    )
    report.say(
        f"{posts:,} posts, {doubled} twice; {sent:,} replies are sent, {unsure} unconfirmed",
        not doubled and posts == sent and not unsure,
    )
    report.say(
        f"{world.outages} outages, {world.locks} locks, {world.deaths} deaths; "
        f"steps with a notice open: {dict(world.opened)}"
    )
    report.say(f"notices that are open at the end: {world.open_notices() or 'none'}", not world.open_notices())
    report.say(f"texts older than the policy keeps them: {kept}", not kept)
    slow = {stage: round(seconds, 2) for stage, seconds in world.slowest.items()}
    report.say(f"longest run of a stage in seconds: {slow}", max(slow.values()) < world.step.total_seconds())
    grown(report, held, sizes)


def grown(report: Report, held: list[float], sizes: list[float]) -> None:
    """Memory is flat after the first tenth, and once texts are erased a day adds less to the file than before."""
    settled = held[len(held) // 10 :]
    report.say(
        f"memory after the first tenth: {min(settled):.0f} to {max(settled):.0f} MiB", max(settled) < 1.25 * settled[0]
    )
    full = KEPT.days
    if len(sizes) > 2 * full:
        before, after = sizes[full] / full, (sizes[-1] - sizes[full + 5]) / (len(sizes) - full - 5)
        report.say(
            f"the file grew by {before:.2f} MiB a day until texts were erased, then by {after:.2f}", after < before
        )
