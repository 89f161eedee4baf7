"""One night of a real daemon, in real time: faults come and go, and a mail server and a web hook keep what people hear.

`python -m tests.soak.night [WORD …] [--calm SECONDS]` prints a timeline, and exits with 1 when a fault was told to
nobody or got no all-clear.
It takes about an hour, nearly all of it waiting. The disk is a tmpfs of its own: mounting it needs root.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any

from tests import forked
from tests.fakes.feeds import Entry, FeedServer, Site
from tests.fakes.mastodon import TOKEN, MastodonServer
from tests.fakes.smtp import MailServer
from tests.fakes.webhook import Webhook
from tests.forked import OFFLINE, ROOT
from tests.process import Home

DISK = "12m"
LASTS = 240.0  # seconds that a fault lasts; what ends within a minute is told to nobody
CALM = 480.0  # seconds after it: an all-clear needs five calm minutes
PLENTY = 10**9


@dataclass
class Heard:
    """A message that reached people. seconds: since the night began; by: mail or hook."""

    seconds: float
    by: str
    text: str


@dataclass
class Fault:
    """A fault. words: what the message about it must contain ("": there is nothing to tell, listening goes on).

    only_by_heartbeat: nothing is left that could tell.
    """

    name: str
    words: str
    begin: Callable[[], None]
    end: Callable[[], None]
    only_by_heartbeat: bool = False
    began: float = 0.0
    ended: float = 0.0


@dataclass
class Night:
    """The daemon, the world around it, and what was heard."""

    home: Home
    mastodon: MastodonServer
    feeds: FeedServer
    hook: Webhook
    mail: MailServer
    clock: Path
    heard: list[Heard] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.began = time.monotonic()
        self.said = 0
        self.pings: list[tuple[float, str]] = []
        self._bodies = self._mails = self._paths = 0

    def now(self) -> float:
        """Seconds since the night began."""
        return time.monotonic() - self.began

    def start(self) -> None:
        """Begin to listen."""
        env = self.home.environment(CLOCK=str(self.clock), PYTHONPATH=os.pathsep.join((str(OFFLINE), str(ROOT))))
        with (self.home.folder / "daemon.log").open("a") as log:
            self.daemon: Any = forked.start_anew(
                "run", env=env, cwd=self.home.folder, module="tests.clocked", stdout=log.fileno(), stderr=log.fileno()
            )

    def kill(self) -> None:
        """kill -9."""
        self.daemon.kill()
        self.daemon.wait()

    def wait(self, seconds: float) -> None:
        """Let time pass, while people speak every twenty seconds and what is heard is noted."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.speak()
            for _ in range(20):
                time.sleep(1)
                self.listen()

    def speak(self) -> None:
        """Somebody writes on Mastodon, somebody reviews."""
        self.said += 1
        self.mastodon.say(f"<p>@shop thank you, number {self.said}!</p>", by=f"person{self.said}", late=0)
        for path in ("/reviews", "/blog"):
            self.feeds.sites[path].entries.append(Entry(f"{path}{self.said}", "Lovely pens", datetime.now(UTC)))

    def listen(self) -> None:
        """Note what came since the last look."""
        bodies, mails, paths = list(self.hook.bodies), list(self.mail.mails), list(self.hook.paths)
        for body in bodies[self._bodies :]:
            if "message" in body:
                self.hear("hook", str(body["message"]))
        for mail in mails[self._mails :]:
            subject = str(make_header(decode_header(str(mail["Subject"]))))
            self.hear("mail", subject)
        self.pings += [(self.now(), path) for path in paths[self._paths :] if path.startswith("/ping")]
        self._bodies, self._mails, self._paths = len(bodies), len(mails), len(paths)

    def hear(self, by: str, text: str) -> None:
        """Note a message, and show it."""
        self.heard.append(Heard(self.now(), by, text))
        self.tell(f"   {by}: {text}")

    def tell(self, line: str) -> None:
        """Print a line of the timeline."""
        minutes, seconds = divmod(int(self.now()), 60)
        print(f"{minutes:3d}:{seconds:02d}  {line}".replace("\n", "\n            "), flush=True)

    def live_through(self, fault: Fault, calm: float) -> None:
        """Let a fault come and go. calm: seconds to wait after it."""
        self.tell(f"-> {fault.name}")
        fault.began = self.now()
        fault.begin()
        self.wait(LASTS)
        fault.end()
        fault.ended = self.now()
        self.tell(f"<- {fault.name}: over")
        self.wait(calm)

    def judge(self, fault: Fault) -> None:
        """Was it told once, and was its end told once?"""
        about = [message for message in self.heard if message.by == "hook" and fault.words in message.text.lower()]
        during = [message for message in about if fault.began <= message.seconds < fault.ended + 60]
        name = fault.name
        if fault.only_by_heartbeat:
            silent = [at for at, _ in self.pings if fault.began + 60 < at < fault.ended]
            self.check(not silent, f"{name}: the signs of life stayed away for {fault.ended - fault.began:.0f} s")
            return
        if not fault.words:
            self.check(
                not [message for message in self.heard if fault.began < message.seconds < fault.ended],
                f"{name}: nothing to tell",
            )
            return
        begun = [message for message in during if "over" not in message.text.lower().partition(fault.words)[0]]
        after = [message for message in about if message.seconds >= fault.ended]
        self.check(
            bool(begun),
            f"{name}: told after {begun[0].seconds - fault.began:.0f} s" if begun else f"{name}: told to nobody",
        )
        self.check(
            bool(after),
            f"{name}: all-clear {after[-1].seconds - fault.ended:.0f} s after its end"
            if after
            else f"{name}: no all-clear",
        )

    def check(self, holds: bool, line: str) -> None:
        """A line of the verdict."""
        print(("  " if holds else "! ") + line, flush=True)
        if not holds:
            self.wrong.append(line)


def configure(home: Home, mastodon: MastodonServer, feeds: FeedServer, hook: Webhook, mail: MailServer) -> None:
    """Two platforms, two channels, a heartbeat."""
    home.configure(
        "[daemon]\nroute_seconds = 2\nalert_seconds = 2\n"
        "[alerts]\ndisk_free_mb = 1\nunattended_hours = 0\n"
        '[[alerts.channels]]\nname = "ops"\nnotices = ["*"]\nseverity = "note"\n'
        '[[alerts.channels]]\nname = "mail"\nseverity = "problem"\n'
        f'[platforms.mastodon]\nserver_url = "{mastodon.url}"\nstart = "all"\npoll_seconds = 10\n'
        f'[platforms.feed]\nurls = ["{feeds.url}/reviews", "{feeds.url}/blog"]\nstart = "all"\npoll_seconds = 10\n'
        'allow_private = ["127.0.0.1"]\n'
    )
    (home.folder / "token").write_text(TOKEN)
    home.env |= {
        "EARSHOT_MASTODON_TOKEN_FILE": str(home.folder / "token"),
        "EARSHOT_ALERT_OPS_URL": hook.url.replace("http:", "json:") + "/hook",
        "EARSHOT_ALERT_MAIL_URL": f"mailto://127.0.0.1:{mail.port}?from=e@a.example&to=ops@a.example",
        "EARSHOT_HEARTBEAT_URL": f"{hook.url}/ping",
    }


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A disk that can be filled."""
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def faults(night: Night) -> list[Fault]:
    """The faults of the night, in their order."""
    ballast = night.home.data / "ballast"

    def fill() -> None:
        """Write until the disk is full."""
        try:
            with ballast.open("wb") as file:
                while True:
                    file.write(b"\0" * 65_536)
                    file.flush()
        except OSError:
            return

    def leave_network() -> None:
        """Every call is cut."""
        for server, endpoints in (
            (night.mastodon, ("GET notifications", "GET own", "GET tag", "GET me")),
            (night.feeds, ("/reviews", "/blog")),
        ):
            for endpoint in endpoints:
                server.fail_next(endpoint, "cut", times=PLENTY)

    def renew_token() -> None:
        """A person makes a new one and puts it into the file."""
        night.mastodon.token = "fake-mastodon-token-2"
        (night.home.folder / "token").write_text(night.mastodon.token)

    def lift() -> None:
        """The servers are well again."""
        night.mastodon.faults.lift()
        night.feeds.faults.lift()

    return [
        Fault("the token is revoked", "mastodon", lambda: setattr(night.mastodon, "token", "another"), renew_token),
        Fault(
            "one of two feeds answers 502",
            "/blog",
            lambda: void(night.feeds.fail_next("/blog", "body", status=502, times=PLENTY)),
            lift,
        ),
        Fault("the network is gone", "could not be read", leave_network, lift),
        Fault("the disk is full", "disk", fill, lambda: ballast.unlink()),
        Fault(
            "the clock jumps ahead by an hour",
            "",
            lambda: void(night.clock.write_text("3600")),
            lambda: void(night.clock.write_text("0")),
        ),
        Fault("kill -9", "", night.kill, night.start, only_by_heartbeat=True),
    ]


def void(_: object) -> None:
    """Drop a result."""


def main() -> int:
    """Live through the night and judge it."""
    parser = argparse.ArgumentParser(prog="tests.soak.night", description=__doc__)
    parser.add_argument("words", nargs="*", help="only faults whose names have all these words")
    parser.add_argument("--calm", type=float, default=CALM, help="seconds to wait after each fault")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="earshot-night-") as made, MailServer() as mail:
        mastodon, feeds, hook = MastodonServer().start(), FeedServer().start(), Webhook().start()
        feeds.sites |= {"/reviews": Site(), "/blog": Site()}
        home = Home(Path(made))
        configure(home, mastodon, feeds, hook, mail)
        clock = Path(made) / "clock"
        clock.write_text("0")
        with small_disk(home.data):
            night = Night(home, mastodon, feeds, hook, mail, clock)
            night.start()
            night.wait(60)
            if home.run("health").code:
                print((home.folder / "daemon.log").read_text())
                return 1
            planned = [fault for fault in faults(night) if all(word in fault.name for word in given.words)]
            for fault in planned:
                night.live_through(fault, given.calm)
            print("\nverdict")
            for fault in planned:
                night.judge(fault)
            stored = len(home.run("log", "--limit", "0").lines)
            night.check(stored == 3 * night.said, f"{3 * night.said} said, {stored} stored")
            print(home.run("status").out)
            night.daemon.send_signal(signal.SIGTERM)
            night.check(night.daemon.wait(20) == 0, "it stops with 0 on SIGTERM")
            if os.environ.get("NIGHT_LOG"):
                Path(os.environ["NIGHT_LOG"]).write_text((home.folder / "daemon.log").read_text())
        return 1 if night.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
