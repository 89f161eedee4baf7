"""`python -m tests.together.silent`: a network that swallows everything between a daemon and the database.

No connection is refused or reset: packets are lost on their way, in both directions, as behind a router that has died.
The links of the rounds cannot do that, since the kernel of this machine still acknowledges what a proxy does not read.
So the daemon lives in a network namespace of its own behind a router in a second one. Real leases and limits; takes
about three minutes. Needs root for the namespaces; exit 0 with the reason where they or PostgreSQL cannot be had.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from listener.place import Server, parse_server
from listener.store.database import database_at
from tests import cluster
from tests.evening import Missing
from tests.process import PRAISE, Home, until
from tests.together.namespaces import DATABASE, FAR, Router, can_make_namespaces

TAKEOVER_S = 90.0  # until the other daemon leads what the silent one led
NOTICED_S = 35.0  # until either end has noticed that nobody answers
STAFF_S = 15.0  # until a command of staff has its turn
BACK_S = 60.0  # until the daemon has its share again
INSIDE = "--inside"  # set in the namespace that replaces the machine's network


def main() -> int:
    """Begin again in a network of its own, in which nothing of the machine's can be reached."""
    if not can_make_namespaces():
        print("skipped: network namespaces need root, `ip`, `unshare` and `nsenter`")
        return 0
    if INSIDE not in sys.argv:
        command = ["unshare", "-n", sys.executable, "-m", "tests.together.silent", INSIDE]
        return subprocess.run(command, check=False).returncode
    with tempfile.TemporaryDirectory(prefix="earshot-silent-") as name, Router() as router:
        folder = Path(name)
        folder.chmod(0o755)
        try:
            with serving(folder) as url:
                return int(not Story(folder, url, router).play())
        except Missing as missing:
            print(f"skipped: {missing}")
            return 0


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Run a server that also listens where the daemon behind the router reaches it."""
    with cluster.running(cluster.programs(), folder, f"fsync=off -c listen_addresses=127.0.0.1,{DATABASE}") as url:
        with (folder / "pg" / "db" / "pg_hba.conf").open("a", encoding="utf-8") as rules:
            rules.write(f"host all all {FAR}/32 trust\n")
        with psycopg.connect(url) as connection:
            connection.execute("SELECT pg_reload_conf()")
        yield url


class Story:
    """A daemon beside the database and one behind the router, and what is measured when the router is silent."""

    def __init__(self, folder: Path, url: str, router: Router) -> None:
        self.url, self.router, self.is_sound = url, router, True
        away = url.replace("127.0.0.1", DATABASE)
        self.near = Home(folder / "near", {"EARSHOT_DATABASE_URL": url})
        self.far = Home(folder / "far", {"EARSHOT_DATABASE_URL": away, "PYTHONPATH": ""})
        for home in (self.near, self.far):
            home.say(PRAISE)
        self.log = folder / "far.log"
        self.began = 0.0

    def play(self) -> bool:
        """Return whether everything was as quick as it must be."""
        assert self.near.run("migrate").code == 0
        with self.log.open("wb") as log, self.router.far.running(self.far, log) as far:
            until(lambda: len(self.leads(far)) == 3, "the daemon behind the router leads everything")
            near = self.near.start("run")
            try:
                until(lambda: len(self.leads(near.pid)) == 1, "they share")
                self._be_silent(far, near.pid)
                self.router.open()
                self._measure("the daemon has its share again", BACK_S, lambda: self.leads(far))
            finally:
                near.terminate()
                near.communicate()
        if "Traceback" in self.log.read_text(encoding="utf-8"):
            self._report("no traceback", 0.0, is_good=False)
        return self.is_sound

    def _be_silent(self, far: int, near: int) -> None:
        self.router.close()
        self.began = time.monotonic()
        self._measure("staff have their turn", STAFF_S, lambda: self.near.run("pause", "--for", "1m").code == 0)
        self._measure("the daemon notices", NOTICED_S, lambda: "not be renewed" in self.log.read_text("utf-8"))
        self._measure("the server notices", NOTICED_S, lambda: not self._count_connections())
        self._measure("the other one leads everything", TAKEOVER_S, lambda: len(self.leads(near)) == 3)
        assert self.near.run("resume").code == 0
        self.near.approve_all()
        until(lambda: self.near.queue("--state", "sent"), "the reply is sent")
        posts = [*self.near.posts(), *self.far.posts()]
        self._report("posts of one reply", float(len(posts)), is_good=len(posts) == 1)

    def leads(self, pid: int) -> tuple[str, ...]:
        """Return what a daemon leads."""
        server: Server = parse_server(self.url)
        states = database_at(server).list_daemons()
        return next((state.leads for state in states if state.name.endswith(f":{pid}")), ())

    def _count_connections(self) -> int:
        with psycopg.connect(self.url) as connection:
            query = "SELECT count(*) FROM pg_stat_activity WHERE client_addr = %s"
            row = connection.execute(query, (FAR,)).fetchone()
            return int(row[0]) if row else 0

    def _measure(self, what: str, bar: float, holds: Callable[[], object]) -> None:
        """Wait for something, and compare the seconds since the silence began, or ended, with the bar."""
        began = time.monotonic() if what.endswith("again") else self.began
        while not (has_come := bool(holds())) and time.monotonic() - began < 2 * bar:
            time.sleep(0.2)
        took = time.monotonic() - began
        self._report(what, took, is_good=has_come and took <= bar)

    def _report(self, what: str, figure: float, *, is_good: bool) -> None:
        print(f"{'ok  ' if is_good else 'FAIL'} {what:<32} {figure:6.1f}", flush=True)
        self.is_sound &= is_good


if __name__ == "__main__":
    sys.exit(main())
