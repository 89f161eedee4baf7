"""What `make test-bluesky` and `make test-mastodon` share: a server that nobody here wrote, people who speak to us all
at once, a daemon that is killed again and again, staff who approve, and a verdict by what stands on the server.
"""

import argparse
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.listening import KILLS, LONG, MISSING, Listening
from tests.process import Home, until

ROOT = Path(__file__).parent.parent
AUTHORS = 6
LATER = 11  # minutes: a mention is believed to be deleted after two looks with ten minutes in between
CALM = 5.0  # seconds between two polls while everything is sent
TEXTS = (
    "Thank you so much for the lovely notebook, I love it!",
    "My parcel is two weeks late and nobody answers my mails.",
    "What are your opening hours?",
    "Going past the shop.",
)


class Missing(Exception):
    """The server cannot be had here, and why."""


def main(program: str, play: Callable[[Path, random.Random], None]) -> int:
    """Play an evening in a temporary folder. Exit 0 also where its server cannot be had, with the reason: none of
    these servers is part of what Earshot needs.
    """
    parser = argparse.ArgumentParser(prog=program)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    seed, began = parser.parse_args().seed, time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the servers are ended with it
    print(f"seed {seed}", flush=True)
    try:
        with tempfile.TemporaryDirectory(prefix="earshot-evening-") as folder:
            play(Path(folder), random.Random(seed))
    except Missing as why:
        print(f"skipped: {why}")
        return 0
    print(f"all is well, {time.monotonic() - began:.0f} s")
    return 0


def report(message: str) -> None:
    """Print what was seen, at once: a run that is cut has said how far it came."""
    print(f"  {message}", flush=True)


def speak_while_it_dies(line: Listening, speakers: Sequence[Callable[[], None]]) -> float:
    """Let everybody speak at once while the daemon is killed. Returns the seconds that it took."""
    began, threads = time.monotonic(), [threading.Thread(target=speak, daemon=True) for speak in speakers]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) or line.kills < KILLS:
        line.live_and_die()
    return time.monotonic() - began


def require_all_posted(posted: int, expected: int) -> None:
    """Raise AssertionError if an author fell silent: a thread that dies must not make the test an easier one."""
    assert posted == expected, f"only {posted} of {expected} mentions were said"


def drain(line: Listening, calm: str) -> None:
    """Approve everything, wait until it is sent, and stop the daemon. Raises AssertionError with what still waits.

    calm: the section with longer intervals. A round of sending ends when the next poll is due: with a poll every 0.3 s
    the daemon spends as long on polling as on sending.
    """
    line.stop()
    line.home.configure(calm)
    line.start()
    began = time.monotonic()
    try:
        until(line.is_drained, "every approved reply is sent", LONG)
    except AssertionError as error:
        raise AssertionError(f"{error}: {line.waiting()}") from None
    report(f"all sent {time.monotonic() - began:.0f} s later")
    line.stop()


def withdraw_deleted(line: Listening) -> list[Any]:
    """Look a second time for mentions that were not there. Returns the replies that were withdrawn."""
    assert line.run_later(LATER, "once", "--stage", "send").code in (0, 3)
    assert not [item for item in line.home.queue("--state", "approved") if item["hold"] == MISSING]
    return [item for item in line.home.queue("--state", "closed") if item["closed_as"] == "withdrawn"]


def repeated(names: Iterable[str]) -> list[str]:
    """Return the names that occur more than once."""
    return [name for name, count in Counter(names).items() if count > 1]


def new_home(folder: Path, section: str, secrets: dict[str, str]) -> Home:
    """Return a home that listens to one platform."""
    home = Home(folder, env=secrets, patience=LONG)
    home.configure(section)
    return home


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def end(process: "subprocess.Popen[str] | subprocess.Popen[bytes]") -> None:
    """Wait for a server that was asked to end; kill it when it does not."""
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
