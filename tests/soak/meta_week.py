"""What Facebook and Instagram must show over a week: nothing missed without a gap, calls within the budget, how long a
comment takes to reach the store (from where it is decided within a second)."""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from listener.platforms import facebook, instagram
from listener.platforms.facebook.api import Facebook
from listener.platforms.instagram.api import Instagram
from listener.policy import Policy
from listener.settings import EnvSecrets, load, load_responders, starter
from listener.stages import Stages
from listener.store import platforms
from listener.store.engine import open_store
from listener.store.migrate import migrate
from listener.store.tables import metadata
from listener.triage.route import Triage
from tests.fakes.meta import ACCOUNT_ID, PAGE_ID, TOKEN, FacebookServer, InstagramServer
from tests.soak.world import Report

Server = FacebookServer | InstagramServer
MENTION, GAP = metadata.tables["mention"], metadata.tables["gap"]
ENGAGED_CALLS = 4_800  # a day for each person who engaged with a Page


@dataclass(frozen=True)
class Traffic:
    """comments: of a day; posts: of a day, in the beginning `old` of them; late: share listed up to a day late."""

    name: str
    comments: int
    engaged: int
    posts: float
    old: int
    poll_seconds: int
    late: float = 0.02
    edges: float = 0.15  # share below old posts


QUIET = Traffic("quiet", comments=6, engaged=3, posts=0.5, old=200, poll_seconds=300)
LOUD = Traffic("loud", comments=5_000, engaged=2_500, posts=4, old=200, poll_seconds=300)


class Week:
    """A store, a platform and people who comment, by a clock that the run moves."""

    def __init__(self, folder: Path, server: Server, traffic: Traffic, seed: int) -> None:
        self.server, self.traffic, self.rng, self.calls = server, traffic, random.Random(seed), Counter[str]()
        self.posts = [server.write(f"post {number}") for number in range(traffic.old)]
        self.said: dict[str, tuple[datetime, datetime]] = {}
        migrate(folder / "earshot.db", server.now())
        self.store = open_store(folder / "earshot.db")
        self.platform = _connect(server, folder, traffic)
        policy: Policy = load(starter()).policy
        triage = Triage(policy, load_responders(policy), lambda text, _: NotImplemented, "soak")
        self.stages = Stages(self.store, {self.platform.name: self.platform}, triage, server.now)
        with self.store.write() as connection:
            platforms.enable(connection, {self.platform.name: float(traffic.poll_seconds)}, server.now())

    def run(self, days: float) -> None:
        """Poll after poll; what is said between two of them is spread evenly, most below the newest posts."""
        rounds = int(days * 86_400 / self.traffic.poll_seconds)
        for _ in range(rounds):
            share = self.traffic.poll_seconds / 86_400
            if self.rng.random() < self.traffic.posts * share:
                self.posts.append(self.server.write("a new post"))
            for _ in range(self._number(self.traffic.comments * share)):
                self._comment()
            self.server.ahead += timedelta(seconds=self.traffic.poll_seconds)
            self._poll()

    def _number(self, mean: float) -> int:
        return int(mean) + (self.rng.random() < mean % 1)

    def _comment(self) -> None:
        at = self.server.now() + timedelta(seconds=self.rng.uniform(0, self.traffic.poll_seconds))
        late = self.rng.uniform(0, 86_400) if self.rng.random() < self.traffic.late else 0.0
        post = self.rng.choice(self.posts if self.rng.random() < self.traffic.edges else self.posts[-5:])
        known = [one for one in self.server.by_post[post.id][-50:] if one.is_listed(self.server.now())]
        parent = self.rng.choice(known) if known and self.rng.random() < 0.2 else None
        made = self.server.say(f"going past {len(self.said)}", post, by=f"p{len(self.said)}", at=at, parent=parent)
        made.listed_at = at + timedelta(seconds=late)
        self.said[made.key] = (at, made.listed_at)
        if known and self.rng.random() < 0.01:
            self._delete(self.rng.choice(known).key)

    def _delete(self, key: str) -> None:
        gone = self.server.comments[key]
        if gone.parent is None and not any(one.parent is gone for one in self.server.by_post[gone.post.id]):
            gone.deleted = True
            self.said.pop(key, None)

    def _poll(self) -> None:
        before = len(self.server.calls)
        self.stages.poll(self.platform.name)
        self.calls[self.server.now().date().isoformat()] += len(self.server.calls) - before
        self.server.calls.clear()

    def report(self) -> Report:
        """What came of it. A comment that was listed less than a day ago may still be under way."""
        with self.store.read() as connection:
            rows = connection.execute(MENTION.select()).all()
            gaps = connection.execute(GAP.select()).all()
        seen = {row.interaction_id: row.seen_at for row in rows}
        until = self.server.now() - timedelta(hours=25)
        due = {key: listed for key, (_, listed) in self.said.items() if listed < until}
        waits = sorted((seen[key] - listed).total_seconds() for key, listed in due.items() if key in seen)
        report, missed = (
            Report(f"{self.platform.name}, {self.traffic.name} week"),
            [key for key in due if key not in seen],
        )
        report.say(f"comments {len(self.said)}  missed {len(missed)}  gaps {len(gaps)}", not missed or bool(gaps))
        budget, most = self.traffic.engaged * ENGAGED_CALLS, max(self.calls.values())
        report.say(f"calls a day, most {most}  budget {budget}", most <= budget)
        waits = waits or [0.0]
        half, last = waits[len(waits) // 2] / 60, waits[-1] / 60
        nine = waits[int(len(waits) * 0.99)] / 60
        report.say(f"minutes from listed to stored: half {half:.1f}, 99 of 100 {nine:.1f}, longest {last:.1f}")
        return report


def _connect(server: Server, folder: Path, traffic: Traffic) -> Any:
    keys: dict[str, Any] = {"start": "all", "poll_seconds": float(traffic.poll_seconds)}
    keys |= {"daily_calls": traffic.engaged * ENGAGED_CALLS, "api_url": server.url}
    if isinstance(server, FacebookServer):
        page = facebook.Section(page_id=PAGE_ID, **keys)
        return Facebook(page, EnvSecrets({"EARSHOT_FACEBOOK_TOKEN": TOKEN}), folder, clock=server.now)
    account = instagram.Section(account_id=ACCOUNT_ID, **keys)
    return Instagram(account, EnvSecrets({"EARSHOT_INSTAGRAM_TOKEN": TOKEN}), folder, clock=server.now)


def week(folder: Path, server: Server, traffic: Traffic, *, days: float = 7, seed: int = 1) -> Report:
    """A week, or less."""
    made = Week(folder, server, traffic, seed)
    made.run(days)
    return made.report()
