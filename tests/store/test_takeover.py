"""Two daemons on one database: a second is refused, takes over from one that stands still, nothing goes out twice."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from listener.place import Server
from tests import forked
from tests.databases import SERVER, make_place
from tests.process import PRAISE, Home, until

pytestmark = pytest.mark.skipif(not SERVER, reason="`make test-postgres` runs it on a server of its own")
REFUSED_S = 10.0  # a start that is refused has ended by then, also on a busy machine
TAKEOVER_S = 90.0  # within this time after a death or a stop the other one works


@pytest.fixture
def homes(tmp_path: Path) -> tuple[Home, Home]:
    """Two machines with the same mentions and the same database, and data folders of their own."""
    place = make_place(tmp_path)
    assert isinstance(place, Server)
    env = {"EARSHOT_DATABASE_URL": f"{place.url}?schema={place.schema}"}
    pair = (Home(tmp_path / "first", env), Home(tmp_path / "second", env))
    for home in pair:
        home.say(PRAISE)
    return pair


@contextmanager
def daemon(home: Home) -> Iterator[forked.Running]:
    """A daemon that ends with the block, also one that stands still."""
    process = home.start("run")
    try:
        yield process
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.communicate()


def takes_over(home: Home) -> tuple[forked.Running, float]:
    """Start a daemon again and again, as a supervisor would, until it stays. Returns it, and after how many seconds."""
    began = time.monotonic()
    while time.monotonic() - began < TAKEOVER_S:
        process, started = home.start("run"), time.monotonic()
        end = started + REFUSED_S
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.1)
        if process.poll() is None:
            return process, started - began
        assert "holds the lease on the database" in process.communicate()[1]
    raise AssertionError(f"nobody took over within {TAKEOVER_S:.0f} s")


@pytest.mark.timeout(240)
def test_a_daemon_that_stood_still_posts_nothing_after_the_takeover(homes: tuple[Home, Home]) -> None:
    """Stopped between two rounds; woken after the takeover it ends itself, and each reply is out once."""
    first, second = homes
    with daemon(first) as old:
        until(lambda: len(first.queue("--state", "drafted")) == 1, "the mention is decided")
        os.kill(old.pid, signal.SIGSTOP)
        new, seconds = takes_over(second)
        try:
            assert seconds > 30, "a lease that is renewed is not taken"
            second.approve_all()
            os.kill(old.pid, signal.SIGCONT)
            until(lambda: len(first.posts()) + len(second.posts()) > 0, "the reply is posted")
            until(lambda: old.poll() is not None, "the old daemon ends itself")
            until(lambda: len(second.queue("--state", "sent")) == 1, "the reply is marked")
            assert (len(first.posts()), len(second.posts())) == (0, 1)
            assert "is stopped" not in second.run("status").out
        finally:
            os.kill(new.pid, signal.SIGKILL)
            new.communicate()
    print(f"takeover after {seconds:.0f} s")
