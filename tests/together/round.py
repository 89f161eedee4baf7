"""One round: people speak, staff act on three machines; daemons, network and server have accidents meanwhile."""

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from listener.store.parts import platform_part
from tests.together.database import Database
from tests.together.home import LEASE_S, Homes, in_threads
from tests.together.platforms import Mastodon, X

SPEED = 60.0 / LEASE_S  # what takes a second here takes so many with real leases
STILL = (5.0, 120.0)  # real seconds for which a daemon stands still, or its network is cut
TAKEOVER_S = 90.0  # real seconds after which another daemon must lead
LASTS_S = 20.0
DRAINS_S = 90.0
NEXT_S = (0.1, 0.9)
WAITS_FOR_CALL_S = 8.0
UNTIL_SENT_AGAIN_S = 4.0 * LEASE_S  # by then the other one has taken over, looked twice, and sent it again


@dataclass
class Result:
    """What came of a round. takeovers: seconds here, until another daemon led the platform; seconds: it took."""

    platform: str
    seed: int
    story: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    accidents: Counter[str] = field(default_factory=Counter)
    takeovers: list[float] = field(default_factory=list)
    mentions: int = 0
    posts: int = 0
    seconds: float = 0.0

    def list_gaps(self) -> list[str]:
        """Return why this round could not have failed: then it is none."""
        if self.posts and self.mentions and self.accidents:
            return []
        counts = f"{self.mentions} mentions, {self.posts} posts, {self.accidents.total()} accidents"
        return [f"idle: {counts}"]


class Round:
    """A round under way. restart: restarts the server of the database."""

    def __init__(
        self, homes: Homes, platform: X | Mastodon, database: Database, restart: Callable[[], None], seed: int
    ) -> None:
        self.homes, self.platform, self.database, self.restart = homes, platform, database, restart
        self.rng, self.result, self.ids = random.Random(seed), Result(platform.name, seed), set[str]()
        self.part = platform_part(platform.name)
        self._ends = 0.0

    def play(self) -> Result:
        """From the first mention to the verdict."""
        began = time.monotonic()
        self._ends = began + LASTS_S
        for machine in self.homes.daemons:
            machine.ensure()
        self._speak(8)
        people = [threading.Thread(target=self._act, args=(number,)) for number in range(3)]
        in_threads(threading.Thread(target=self._have_accidents), *people)
        self._mend()
        if not self.database.drain(self.ids, DRAINS_S):
            self._note(f"not settled after the accidents: {self.database.list_left()}")
        self._judge()
        self.result.seconds = time.monotonic() - began
        return self.result

    def _note(self, finding: str) -> None:
        self.result.findings.append(finding)

    def _tell(self, what: str) -> None:
        self.result.story.append(f"{LASTS_S - (self._ends - time.monotonic()):.1f} s: {what}")

    def _speak(self, count: int) -> None:
        for _ in range(count):
            self.ids.add(self.platform.say(len(self.ids) + 1))

    # ---- the staff

    def _act(self, number: int) -> None:
        rng, machine = random.Random(f"{self.result.seed} {number}"), self.homes.staff[number]
        while time.monotonic() < self._ends:
            argv = self._choose(rng)
            if argv:
                code = machine.run(*argv)
                self._tell(f"staff{number}: {' '.join(argv)}: exit {code}")
            time.sleep(rng.uniform(0.1, 0.6))
        machine.run("resume")

    def _choose(self, rng: random.Random) -> list[str]:
        """Mostly approve; sometimes undo, edit, pause, or announce something."""
        drafted = [str(row[0]) for row in self.database.ask("SELECT id FROM reply WHERE state = 'drafted'")]
        dice = rng.random()
        if dice < 0.6:
            return ["approve", "--now", *rng.sample(drafted, min(3, len(drafted)))] if drafted else []
        if dice < 0.7 and drafted:
            return ["edit", rng.choice(drafted), "--text", f"Thank you, and sorry! ({rng.random():.6f})"]
        if dice < 0.8:
            approved = self.database.ask("SELECT id FROM reply WHERE state = 'approved'")
            return ["undo", str(rng.choice(approved)[0])] if approved else []
        if dice < 0.85:
            return ["pause", "--for", "1m"]
        if dice < 0.95:
            return ["resume"]
        return self._choose_announcement(rng)

    def _choose_announcement(self, rng: random.Random) -> list[str]:
        waiting = self.database.ask("SELECT announcement_id FROM posting WHERE state = 'drafted'")
        if waiting:
            return ["announce", "approve", str(waiting[0][0])]
        words = f"Fresh paper is in, number {rng.random():.6f}."
        return ["announce", "add", words, "--at", "now", "--platform", self.platform.name]

    # ---- the accidents

    def _have_accidents(self) -> None:
        while time.monotonic() < self._ends:
            chosen = self.rng.choices(
                (self._kill, self._stop, self._stop_in_call, self._cut, self._restart_server, self._lose_answer),
                (3, 2, 4, 3, 1, 2),
            )[0]
            self._speak(self.rng.randint(0, 3))
            chosen()
            time.sleep(self.rng.uniform(*NEXT_S))
            for machine in self.homes.daemons:
                machine.ensure()

    def _span(self) -> float:
        return self.rng.uniform(*STILL) / SPEED

    def _kill(self) -> None:
        number = self.rng.randrange(2)
        self._suffer("kill", number, lambda: self.homes.daemons[number].end(), lambda: None)

    def _stop(self) -> None:
        number = self.rng.randrange(2)
        machine = self.homes.daemons[number]
        self._suffer("stop", number, lambda: machine.tell(signal.SIGSTOP), lambda: machine.tell(signal.SIGCONT))

    def _stop_in_call(self) -> None:
        """The daemon that sends stands still inside its call, for longer than its lease lasts."""
        pid = self.database.leader(self.part)
        number = next((n for n, one in enumerate(self.homes.daemons) if one.process and one.process.pid == pid), None)
        if number is None:
            return
        machine, has_stopped = self.homes.daemons[number], threading.Event()

        def stop() -> bool:
            if self.database.count("SELECT count(*) FROM reply WHERE state = 'sending'") < 1:
                return False  # this call is a check before the claim
            machine.tell(signal.SIGSTOP)
            has_stopped.set()
            return True

        self.platform.interrupt(self.rng, stop)
        if has_stopped.wait(WAITS_FOR_CALL_S):
            go_on = partial(machine.tell, signal.SIGCONT)
            self._suffer("stop in call", number, lambda: None, go_on, least=UNTIL_SENT_AGAIN_S)

    def _cut(self) -> None:
        number = self.rng.randrange(2)
        link = self.homes.links[number]
        self._suffer("cut", number, link.cut, link.mend)

    def _suffer(
        self, name: str, number: int, begin: Callable[[], None], end: Callable[[], None], least: float = 0.0
    ) -> None:
        """Let a daemon suffer for a while; note when the other one led the platform in its stead."""
        process = self.homes.daemons[number].process
        leads = process is not None and self.database.leader(self.part) == process.pid
        span = max(self._span(), least)
        self._tell(f"{name} of daemon{number} for {span:.1f} s{', which leads' if leads else ''}")
        self.result.accidents[name] += 1
        begin()
        ends = time.monotonic() + span
        if leads and process is not None:
            self._await_takeover(f"{name} of daemon{number}", process.pid, span)
        time.sleep(max(ends - time.monotonic(), 0.0))
        end()

    def _await_takeover(self, accident: str, pid: int, span: float) -> None:
        """Note when another daemon leads the platform, and that it was late: also where it never did in this span."""
        began = time.monotonic()
        while (took := time.monotonic() - began) < span:
            if self.database.leader(self.part) not in (0, pid):
                self.result.takeovers.append(took)
                break
            time.sleep(0.05)
        if took * SPEED > TAKEOVER_S:
            self._note(f"late: no takeover within {took * SPEED:.0f} s (real leases) of the {accident}")

    def _restart_server(self) -> None:
        self._tell("the server restarts")
        self.result.accidents["restart"] += 1
        self.restart()

    def _lose_answer(self) -> None:
        self.result.accidents["lost answer"] += 1
        self.platform.cut(after=self.rng.random() < 0.5)

    def _mend(self) -> None:
        for link in self.homes.links:
            link.mend()
        for machine in self.homes.daemons:
            machine.tell(signal.SIGCONT)
            machine.ensure()

    # ---- the verdict

    def _judge(self) -> None:
        """Lost, doubled, silent: nothing of it may be."""
        posts, ask = self.platform.posts(), self.database.ask
        self.result.mentions, self.result.posts = len(self.ids), posts.total()
        stored = Counter(name for (name,) in ask("SELECT id FROM mention"))
        lost = self.ids - set(stored)
        answered = Counter[str]()
        for (target, words), count in posts.items():
            answered[target or words] += count
        doubled = [name for name, count in (answered + stored).items() if max(answered[name], stored[name]) > 1]
        sent = "SELECT count(*) FROM {} WHERE state = 'sent' AND remote_id IS NOT NULL"
        known = self.database.count(sent.format("reply")) + self.database.count(sent.format("posting"))
        self.result.findings += [f"lost {name}" for name in sorted(lost)] + [f"doubled {name}" for name in doubled]
        self.result.findings += self.result.list_gaps()
        if known != posts.total():
            self._note(f"silent: {posts.total()} posts stand on the platform, {known} are known as sent")
        for machine in (*self.homes.daemons, *self.homes.staff):
            if any(
                line.startswith("Traceback") for line in machine.errors.splitlines()
            ):  # not one in a line of the log
                self._note(f"{machine.folder.name} shows a traceback")
