"""A home and the platform it speaks to, as a random run sees them: what can be said there, and what can go wrong."""

import random
import secrets
import sqlite3
import threading
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from listener.store.migrate import migrate
from tests.fakes.x import SECRETS
from tests.faults import policy
from tests.faults.commands import Commands, Nursery
from tests.faults.evidence import Evidence, Remains

SAID = (
    "Thank you so much for the lovely notebook, I love it!",
    "These notebooks are wonderful, thanks a lot!",
    "My parcel is two weeks late and nobody answers my mails.",
    "The pages fell out after a week, please help.",
    "What are your opening hours?",
    "You will hear from my lawyer about this.",
)
NOISE = "Going past the shop."  # needs no answer; a burst of it fills pages
FAST = "[daemon]\nsend_seconds = 0.1\nroute_seconds = 0.1\nupkeep_seconds = 0.5\n"


_making = threading.Lock()  # Alembic keeps its context in globals


@cache
def _made() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        migrate(path, datetime.now(UTC))
        return path.read_bytes()


def _empty() -> bytes:
    """A fresh database, migrated once a process."""
    with _making:
        return _made()


class World(ABC):
    """One run's home. struck: how often each network fault struck; clock: how many seconds ahead everything is."""

    platform: str
    section: str
    secret_names: tuple[str, ...] = tuple(SECRETS)
    kills_in_call: tuple[str, ...] = ()  # points inside the network call at which a kill can be ordered
    announces = True  # the platform takes announcements
    applauds = False  # it likes and reposts by its API
    staged: tuple[str, ...] = ()  # what happens only where a run stages it, as `struck` counts it

    def __init__(self, folder: Path, nursery: Nursery, rng: random.Random) -> None:
        self.folder, self.rng, self.clock, self.struck = folder, rng, 0.0, Counter[str]()
        self.keys = {name: f"canary-{secrets.token_hex(12)}" for name in self.secret_names}
        config, data = folder / "config", folder / "data"
        for one in (config, data):
            one.mkdir(parents=True)
        places = {"EARSHOT_CONFIG": str(config), "EARSHOT_DATA": str(data), "EARSHOT_STAFF": "ann"}
        self.commands = Commands(nursery, folder, {**places, **self.keys})
        self.numbers = iter(range(1, 1_000_000))
        self.pid: int | None = None

    def configure(self, *, auto: bool) -> None:
        """Write the configuration. auto: thanks go out by themselves, at any hour."""
        (self.folder / "config" / "earshot.toml").write_text(FAST + self.section)
        if self.rng.random() < 0.9:  # else the first command makes it
            self.database.write_bytes(_empty())
        for name, text in policy.texts(auto=auto).items():
            (self.folder / "config" / name).write_text(text, encoding="utf-8")

    def move_on(self, seconds: float) -> None:
        """Put Earshot's clock, and the platform's, ahead."""
        self.clock += seconds
        self.commands.env["FAULTS_AHEAD"] = str(self.clock)

    def text(self) -> str:
        """Something that somebody says, unlike all before."""
        return f"{self.rng.choice(SAID)} ({next(self.numbers)})"

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the database itself; nothing while there is none."""
        try:
            with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
                return connection.execute(query).fetchall()
        except sqlite3.OperationalError:
            return []

    @property
    def database(self) -> Path:
        """The database's file."""
        return self.folder / "data" / "earshot.db"

    def drafts(self) -> list[str]:
        """The replies that wait for an approval, in the revision that is shown."""
        return [
            str(row[0])
            for row in self.ask("SELECT id || '@' || revision FROM reply WHERE state = 'drafted' ORDER BY id")
        ]

    def undecided_announcements(self) -> list[str]:
        """The announcements that nobody has approved yet."""
        query = "SELECT announcement_id FROM posting WHERE state = 'drafted' AND error IS NULL ORDER BY id"
        return [str(row[0]) for row in self.ask(query)]

    def praise(self) -> list[str]:
        """Stored praise that nobody has applauded yet; some of it is refused."""
        query = "SELECT platform || ':' || m.id FROM mention m JOIN decision d ON d.mention_key = m.key"
        unchosen = "NOT EXISTS (SELECT 1 FROM act WHERE act.mention_key = m.key)"
        return [str(row[0]) for row in self.ask(f"{query} WHERE d.compound >= 0.5 AND {unchosen} GROUP BY m.key")]

    def settled(self) -> bool:
        """True when nothing is left to do without a person: all that is listed is stored and decided, nothing waits."""
        left = "state IN ('approved', 'sending') OR (state = 'unconfirmed' AND coalesce(hold, '') <> 'manual_check')"
        sent = " + ".join(f"(SELECT count(*) FROM {table} WHERE {left})" for table in ("reply", "posting", "act"))
        (waiting,) = self.ask(f"SELECT (SELECT count(*) FROM mention WHERE stage = 'new') + {sent}") or [(1,)]
        stored = dict(self.ask("SELECT interaction_id, text FROM mention"))
        read = {*stored, *(row[0] for row in self.ask("SELECT mention_id FROM quarantine"))}
        found = self.evidence()
        kept = all(stored.get(one) == text for one, text in found.listed.items())
        return not waiting[0] and kept and read.issuperset(found.malformed)

    def remains(self) -> Remains:
        """What lies on the disk, for the checker; the configuration and what the platform keeps for itself left out."""
        files = [one for one in self.folder.rglob("*") if one.is_file() and "config" not in one.parts]
        return Remains(self.database, files, list(self.keys.values()))

    @abstractmethod
    def plant(self, count: int) -> None:
        """So many people speak, in all the ways there are."""

    @abstractmethod
    def burst(self) -> None:
        """More than a page of noise."""

    @abstractmethod
    def stir(self) -> str:
        """Something changes on the platform; returns what, in words ("" when nothing can)."""

    @abstractmethod
    def trouble(self) -> str:
        """The next calls fail; returns how, in words."""

    @abstractmethod
    def lift(self) -> None:
        """Nothing fails any more."""

    @abstractmethod
    def evidence(self) -> Evidence:
        """What the platform lists by now and what was posted there."""

    def strike(self, point: str) -> None:
        """Order a kill inside the next network call that sends."""
        raise NotImplementedError(point)

    def startable(self) -> None:  # noqa: B027 -- most platforms need nothing to start
        """The files are there without which a command rightly refuses to start."""

    def still(self) -> None:  # noqa: B027 -- most platforms list at once
        """From here on nothing more is listed: what the last command could not have met is not judged."""

    def absence(self) -> str:
        """What is there is not found, once or more; returns by what, "" where nothing looks."""
        return ""

    def slow_down(self) -> bool:
        """Let every call that sends take its time, until the faults are lifted; False where nothing is called."""
        return False

    def say(self) -> None:
        """Somebody speaks, in the plainest way, and is listed at once."""
        self.plant(1)

    def stall(self) -> bool:
        """Let the next call that sends get no answer; False where nothing can stall."""
        return False

    def killed_in_call(self) -> str:
        """The point of an ordered kill that was carried out since this was last asked, or nothing."""
        return ""

    def prey(self, pid: int) -> None:
        """The process that an ordered kill is meant for."""
        self.pid = pid

    def close(self) -> None:
        """End the platform."""
        self.lift()


def extra(point: str | None, signal: str = "KILL", count: int = 1) -> Mapping[str, str]:
    """The environment that makes a process send itself a signal at a point."""
    return {"EARSHOT_FAULT": f"{point}:{signal}:{count}"} if point else {}
