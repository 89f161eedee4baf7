"""The line on X in one process, by a clock that a run moves; and what a run has to say."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from listener.desk.approve import DeskContext, Target, approve
from listener.model import Mention, Preview
from listener.platforms import x
from listener.platforms.x.api import XPlatform
from listener.platforms.x.wire import XClient
from listener.settings import load, load_responders, starter
from listener.stages import Stages
from listener.store import ledger, notices, platforms, replies
from listener.store.engine import open_store
from listener.store.ledger import LedgerMeter
from listener.store.migrate import migrate
from listener.store.states import WATCHED
from listener.store.tables import metadata
from listener.triage.route import Triage
from tests.fakes.x import XServer
from tests.platforms.x_world import Keys

FEED, OWN, ME, POST = "GET /2/users/:id/mentions", "GET /2/users/:id/tweets", "GET /2/users/me", "POST /2/tweets"
REPLY = metadata.tables["reply"]
SAID = (
    "my parcel is two weeks late and nobody answers my mails",
    "thank you so much for the lovely notebook, I love it!",
    "the pages fell out after a week, please help",
    "what are your opening hours?",
    *["going past the shop"] * 12,
)


@dataclass
class Report:
    """What a run measured, and what of it is not as it must be."""

    name: str
    lines: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def say(self, line: str, holds: bool = True) -> None:
        """A measured line; one that does not hold is a fault."""
        self.lines.append(line)
        if not holds:
            self.wrong.append(line)


class Days:
    """A store, X and the stages. seed makes a run repeatable."""

    def __init__(self, folder: Path, server: XServer, seed: int, *, start: datetime | None = None, **keys: Any) -> None:
        self.server, self.rng, self.planted = server, random.Random(seed), list[str]()
        if start is not None:
            server.x.posts.ahead += start - self.now()
        budget = keys.get("daily_budget_usd", "none")
        self.section = x.Section(handle="shop", api_url=server.url, **({"start": "all"} | keys))
        server.x.account.owns_app = self.section.app_owned_by_brand
        self.began = self.now()
        migrate(folder / "earshot.db", self.now())
        self.store = open_store(folder / "earshot.db")
        meter = LedgerMeter(
            self.store, "x", None if budget == "none" else budget, self.section.send_reserve_usd, self.now
        )
        self.keys = Keys()
        wire = XClient(server.url, self.keys)
        self.platform = XPlatform(self.section, self.keys, meter, wire=wire, rng=self.rng, clock=self.now)
        policy = load(starter()).policy
        self.desk = DeskContext("ann", policy, self.shown, self.now)
        triage = Triage(policy, load_responders(policy), self.shown, "soak")
        self.stages = Stages(self.store, {"x": self.platform}, triage, self.now)
        with self.store.write() as connection:
            platforms.enable(connection, {"x": 60.0}, self.now())

    def now(self) -> datetime:
        """The one clock."""
        return self.server.x.posts.now()

    def shown(self, text: str, mention: Mention) -> Preview:
        """As X would show it."""
        return x.preview(text, mention, self.section)

    def wait(self, seconds: float) -> None:
        """Move the clock, never back: X's ids do not fall."""
        assert seconds >= 0
        self.server.x.posts.ahead += timedelta(seconds=seconds)

    def plant(self, count: int, seconds: float, *, late: float = 0.0) -> None:
        """So many people spoke in the last seconds; a share `late` of them is listed up to ten minutes later."""
        for _ in range(count):
            made = self.now() - timedelta(seconds=self.rng.uniform(0, seconds))
            lag = self.rng.uniform(0, 600) if self.rng.random() < late else 0
            number = len(self.planted)
            text = f"@shop {self.rng.choice(SAID)} ({number})"
            self.planted.append(self.server.mention(text, at=made, late=lag, author_id=str(7000 + number)).id)

    def waits(self) -> bool:
        """True while a draft, an approval or a by-hand reply is open."""
        with self.store.read() as connection:
            return replies.has_any_in(connection, "x", WATCHED)

    def approve(self, most: int | None = None) -> int:
        """Staff approve what is drafted; returns how many."""
        with self.store.read() as connection:
            drafted = [Target(one.id) for one in replies.list_where(connection, REPLY.c.state == "drafted")][:most]
        return sum(one.ok for one in approve(self.store, self.desk, drafted))

    def stored(self) -> set[str]:
        """The ids of the stored mentions."""
        return {str(one) for (one,) in self.ask("SELECT id FROM mention")}

    def lost(self) -> int:
        """How many mentions are neither stored nor in a gap that was told."""
        gaps = [(int(low or 0), int(high)) for low, high in self.ask("SELECT from_id, to_id FROM gap")]
        missing = [int(one) for one in set(self.planted) - self.stored()]
        return sum(not any(low <= one <= high for low, high in gaps) for one in missing)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the database."""
        with self.store.read() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    def notices(self) -> list[str]:
        """The kinds of the open notices."""
        with self.store.read() as connection:
            return [one.kind for one in notices.list_open(connection)]

    def booked(self, since: datetime | None = None) -> float:
        """What our ledger says was spent."""
        with self.store.read() as connection:
            return ledger.sum_spent(connection, "x", since or self.began - timedelta(days=9))

    def billed(self, day: datetime | None = None) -> float:
        """What X will charge, on a UTC day or in all."""
        lines = self.server.x.ledger.billed
        return sum(usd for at, _, _, usd in lines if day is None or at.date() == day.date())
