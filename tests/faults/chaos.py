"""One random run: people speak, staff approve, everything dies at random; then the faults are lifted, the line drains,
and the checker looks. The same seed makes the same run, as far as the clock allows."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.faults import slow
from tests.faults.bluesky import BlueskyWorld
from tests.faults.checker import check
from tests.faults.commands import Nursery, Stuck
from tests.faults.evidence import Finding, Ran
from tests.faults.facebook import FacebookWorld
from tests.faults.instagram import InstagramWorld
from tests.faults.mastodon import MastodonWorld
from tests.faults.memory import MemoryWorld
from tests.faults.reported import unreported
from tests.faults.world import World, extra
from tests.faults.x import XWorld

WORLDS: dict[str, type[World]] = {
    "bluesky": BlueskyWorld,
    "facebook": FacebookWorld,
    "instagram": InstagramWorld,
    "mastodon": MastodonWorld,
    "memory": MemoryWorld,
    "x": XWorld,
}
OUT, IN = ("S1", "S2", "S3", "S7", "S8", "S9"), ("P1", "P2", "P3", "P4")
# seconds; the longest pause is an hour, but what was said too often today waits for the day's end
STEPS = (0, 70, 70, 1300, 70, 70, 7300, 70, 70, 1300, 7300, 70, 70, 7300, 43_200, 70, 43_200, 70)
FINE = (0, 1, 3)  # exit codes: done, a platform could not be read, a notice is open
TERM_SECONDS = 10.0


class Run:
    """A run under way."""

    def __init__(self, seed: int, world: World, rng: random.Random) -> None:
        self.world, self.rng, self.ran, self._was_absent = world, rng, Ran(seed), False
        self.auto = rng.random() < 0.5

    def whole(self) -> Ran:
        """From the first mention to the checker."""
        world, rng = self.world, self.rng
        world.configure(auto=self.auto)
        world.plant(rng.randint(3, 10))
        if rng.random() < 0.15:
            world.burst()
        self._once(extra(rng.choice((*IN, None)), count=rng.choice((1, 1, 2))))
        for _ in range(rng.randint(2, 3)):
            self._act()
        self._drain()
        self._judge()
        return self.ran

    def tell(self, message: str) -> None:
        """Put what is done into the story."""
        self.ran.story.append(f"[{self.world.clock:.0f} s] {message}")

    def wrong(self, message: str) -> None:
        """Note what must not be."""
        self.ran.findings.append(Finding("broken", message))

    # ---- acts

    def _act(self) -> None:
        """The world goes on, staff approve, and a command meets its fault."""
        if self.rng.random() < 0.6:
            self.world.plant(self.rng.randint(1, 4))
            if self.rng.random() < 0.5:
                self._once({})
        self._approve()
        if self.world.announces and self.rng.random() < 0.6:
            self._announce()
        if self.world.applauds and self.rng.random() < 0.6:
            self._applaud()
        if self.rng.random() < 0.5:
            self.tell(self.world.stir())
        self.world.move_on(self.rng.choice((0, 8, 30, 70, 900, 4000)))
        self._deed()()
        if self.rng.random() < 0.5:
            self.world.lift()

    def _deed(self) -> Callable[[], None]:
        chances = {self._killed: 4.0, self._troubled: 4.0, self._both: 3.0, self._failing: 1.0}
        if self.world.kills_in_call:
            chances[self._struck] = 3.0
        if self.world.staged and not self._was_absent:
            chances[self._absent] = 2.0
        chances |= {self._daemon: 0.7, self._slowed: 0.3}
        return self.rng.choices(list(chances), list(chances.values()))[0]

    def _approve(self) -> None:
        """All drafts, or some; now and then the process dies after one of the approvals."""
        drafts = [one for one in self.world.drafts() if self.rng.random() < 0.85]
        if drafts:
            fault = "S0" if self.rng.random() < 0.1 else None
            self.command(["approve", *drafts], extra(fault, count=self.rng.randint(1, len(drafts))))

    def _announce(self) -> None:
        """The brand says something of its own accord; now and then the process dies after the approval."""
        words = f"Fresh paper is in, number {next(self.world.numbers)}."
        self.command(["announce", "add", words, "--at", "now", "--platform", self.world.platform], {})
        for number in self.world.undecided_announcements():
            self.command(["announce", "approve", number], extra("S0" if self.rng.random() < 0.1 else None))

    def _applaud(self) -> None:
        """Staff like or repost some of the praise; now and then the process dies after the choice."""
        praise = self.world.praise()
        for post in self.rng.sample(praise, min(len(praise), 2)):
            kinds = self.rng.choice((["--like"], ["--repost"], ["--like", "--repost"]))
            self.command(["applaud", post, *kinds], extra("S0" if self.rng.random() < 0.1 else None))

    def _killed(self) -> None:
        point = self.rng.choice((*OUT, *OUT, *IN))
        self._once(extra(point, count=self.rng.choice((1, 1, 1, 2, 3))))

    def _troubled(self) -> None:
        self.tell(self.world.trouble())
        self._once({})

    def _both(self) -> None:
        self.tell(self.world.trouble())
        self._killed()

    def _failing(self) -> None:
        """A stage raises, up to four times in a row: the others go on, and somebody is told."""
        stage = self.rng.choice(("poll", "route", "send", "upkeep"))
        for _ in range(self.rng.randint(1, 4)):
            self.tell(f"{stage} fails")
            self._once({"FAULTS_STAGE": stage})
            self.world.struck[f"stage {stage}"] += 1

    def _absent(self) -> None:
        """F43: what is there is not found, in passing; then it is there as ever. A second time it would be gone."""
        self._was_absent = True
        self.tell(self.world.absence())
        self._once({})
        self.world.move_on(self.rng.choice((8, 70, 900)))
        self._once({})
        self.world.lift()

    def _slowed(self) -> None:
        if self.world.staged:
            slow.run(self)
        else:
            self._daemon()

    def _struck(self) -> None:
        """Killed inside the network call."""
        point = self.rng.choice(self.world.kills_in_call)
        self.world.strike(point)
        self.tell(f"to be killed at {point}")
        self._once({})

    def _daemon(self) -> None:
        """`run`, ended by SIGTERM at a point or a moment later, or by SIGKILL."""
        point, sign = self.rng.choice((*OUT, *IN, None)), self.rng.choice(("TERM", "TERM", "KILL"))
        self.world.startable()
        stalled = sign == "TERM" and self.rng.random() < 0.15 and self.world.stall()
        self.tell(f"run, {sign} at {point or 'any moment'}{' in a call that stalls' if stalled else ''}")
        pid = self.start(["run"], extra(point, sign))
        code = self.world.commands.wait(pid, 1.5)
        started = time.monotonic()
        if code is None:
            code = self.end(pid, sign)
        if stalled:
            self.world.lift()
        in_call = self._count(code, point or "any moment")
        if sign == "TERM" and not in_call and (code != 0 or time.monotonic() - started > TERM_SECONDS):
            self.wrong(f"SIGTERM at {point}: exit {code} after {time.monotonic() - started:.1f} s")

    def end(self, pid: int, sign: str) -> int:
        """Send a signal; return the exit code."""
        os.kill(pid, signal.Signals[f"SIG{sign}"])
        return self.world.commands.end(pid)

    # ---- commands

    def _once(self, env: Mapping[str, str]) -> int:
        stage = self.rng.choice(("send", "poll")) if self.rng.random() < 0.15 else None
        return self.command(["once", *(("--stage", stage) if stage else ())], env)

    def command(self, argv: list[str], env: Mapping[str, str]) -> int:
        """Run a command to its end; a death counts under its point."""
        fresh = self.rng.random() < 0.01
        self.tell(" ".join([*argv, env.get("EARSHOT_FAULT", ""), "in a new interpreter" if fresh else ""]))
        code = self.world.commands.end(self.start(argv, env, fresh=fresh))
        self.tell(f"exit {code}")
        self._count(code, env.get("EARSHOT_FAULT", "?").partition(":")[0])
        if code not in FINE and code != -signal.SIGKILL:
            self.wrong(f"{argv[0]} ended with {code}")
        if argv[0] == "once" and code in FINE:
            self._ask_who_is_told(polled="send" not in argv and env.get("FAULTS_STAGE") != "poll")
        return code

    def _ask_who_is_told(self, *, polled: bool) -> None:
        known = {finding.message for finding in self.ran.findings}
        self.ran.findings += (one for one in unreported(self.world.ask, polled=polled) if one.message not in known)

    def start(self, argv: list[str], env: Mapping[str, str], *, fresh: bool = False) -> int:
        """Begin a command; return its pid."""
        pid = self.world.commands.start(argv, fresh=fresh, extra=env)
        self.world.prey(pid)
        return pid

    def _count(self, code: int, point: str) -> str:
        """A death counts under its point; returns the point when it was inside a call."""
        in_call = self.world.killed_in_call()
        if code == -signal.SIGKILL:
            self.ran.kills[in_call or point] += 1
        return in_call

    # ---- the end

    def _drain(self) -> None:
        """I8: without faults the line drains by itself, and then stands still."""
        self.world.lift()
        more = self.rng.random() < 0.8
        self.tell("the faults are lifted")
        for step in STEPS:
            self.world.move_on(step)
            if more and (drafts := self.world.drafts()):
                self.command(["approve", *drafts], {})
            self.command(["once"], {})
            if self.world.settled():
                break
        self.world.still()
        self.command(["once"], {})  # what was listed since the last one
        before = self._count_posts()
        self.command(["once"], {})
        if self._count_posts() != before:
            self.wrong("something went out after all was settled")

    def _count_posts(self) -> int:
        found = self.world.evidence()
        return len(found.posts) + len(found.announced) + len(found.applauded)

    def _judge(self) -> None:
        world, ran = self.world, self.ran
        found = world.evidence()
        ran.findings += check(found, world.remains())
        ran.mentions, ran.posts, ran.commands = len(found.listed), len(found.posts), world.commands.ran
        ran.announced = Counter(state for (state,) in world.ask("SELECT state FROM posting"))
        ran.applauded = Counter(state for (state,) in world.ask("SELECT coalesce(closed_as, state) FROM act"))
        approved = "SELECT state, closed_as FROM reply WHERE id IN (SELECT reply_id FROM approval)"
        ran.ends = Counter(closed or state for state, closed in world.ask(approved))
        ran.struck = world.struck


def run(platform: str, seed: int, folder: Path, nursery: Nursery) -> Ran:
    """One run in a fresh folder."""
    rng = random.Random(f"{platform} {seed}")
    world = WORLDS[platform](folder, nursery, rng)
    under_way = Run(seed, world, rng)
    try:
        return under_way.whole()
    except (Stuck, OSError) as error:
        under_way.wrong(f"{type(error).__name__}: {error}")
        return under_way.ran
    finally:
        world.close()
