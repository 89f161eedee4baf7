"""The machines of a round: two with a daemon and three of the staff, with one configuration and one database."""

import os
import signal
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests import forked
from tests.faults import policy
from tests.faults.commands import MODULE, PATIENCE
from tests.together.link import Link

LEASE_S = 3.0
FAST = "[daemon]\nsend_seconds = 0.3\nroute_seconds = 0.3\nupkeep_seconds = 1\n"


@dataclass
class Machine:
    """A data folder, and what runs on it: its outputs are appended to err.txt."""

    folder: Path
    env: Mapping[str, str]
    parent: forked.Parent
    process: forked.Running | None = None

    def start(self, *argv: str) -> forked.Running:
        """Begin a command."""
        self.folder.mkdir(exist_ok=True)
        with (self.folder / "err.txt").open("ab") as err:
            streams: forked.Streams = {"stdout": err.fileno(), "stderr": err.fileno()}
            return self.parent.start(*argv, env=self.env, cwd=self.folder, module=MODULE, **streams)

    def run(self, *argv: str) -> int:
        """Run a command to its end."""
        return self.start(*argv).wait(PATIENCE)

    def tell(self, sign: signal.Signals) -> None:
        """Send the daemon a signal."""
        if self.process is not None and self.process.poll() is None:
            os.kill(self.process.pid, sign)

    def ensure(self) -> None:
        """Start the daemon unless it runs, as a supervisor does."""
        if self.process is None or self.process.poll() is not None:
            self.process = self.start("run")

    def end(self) -> None:
        """Kill the daemon, also one that stands still."""
        self.tell(signal.SIGKILL)
        if self.process is not None:
            self.process.wait(PATIENCE)

    @property
    def errors(self) -> str:
        """All that was written here."""
        path = self.folder / "err.txt"
        return path.read_text(errors="replace") if path.exists() else ""


@dataclass
class Homes:
    """All machines of a round. url: of the database; links: of the two daemons to it."""

    folder: Path
    url: str
    port: int
    schema: str
    section: str
    secrets: Mapping[str, str]
    parent: forked.Parent
    auto: bool
    daemons: list[Machine] = field(default_factory=list)
    staff: list[Machine] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    def __post_init__(self) -> None:
        config = self.folder / "config"
        config.mkdir(parents=True)
        (config / "earshot.toml").write_text(FAST + self.section)
        for name, text in policy.texts(auto=self.auto).items():
            (config / name).write_text(text, encoding="utf-8")
        for number in range(2):
            self.links.append(Link(self.port))
            url = self.url.replace(f":{self.port}/", f":{self.links[-1].port}/")
            self.daemons.append(self._machine(f"daemon{number}", url))
        self.staff = [self._machine(f"staff{number}", self.url) for number in range(3)]

    def _machine(self, name: str, url: str) -> Machine:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("EARSHOT_")}
        own = {"EARSHOT_CONFIG": str(self.folder / "config"), "EARSHOT_DATA": str(self.folder / name)}
        own |= {"EARSHOT_STAFF": name, "EARSHOT_DATABASE_URL": f"{url}?schema={self.schema}"}
        fixed = {"PYTHONPATH": str(forked.OFFLINE), "NO_COLOR": "1", "FAULTS_LEASE": str(LEASE_S)}
        return Machine(self.folder / name, {**kept, **own, **fixed, **self.secrets}, self.parent)

    def close(self) -> None:
        """End everything."""
        for machine in self.daemons:
            machine.end()
        for link in self.links:
            link.close()


def in_threads(*works: threading.Thread) -> None:
    """Start threads, and wait for all of them."""
    for work in works:
        work.start()
    for work in works:
        work.join()
