"""Two daemons on one database: a second is refused, takes over from one that stands still, nothing goes out twice."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from listener.place import Server, parse_server
from listener.store.database import database_at
from tests import forked
from tests.databases import SERVER, make_place
from tests.process import PRAISE, Home, until

pytestmark = pytest.mark.skipif(not SERVER, reason="`make test-postgres` runs it on a server of its own")
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


def holder(home: Home) -> int:
    """The process that holds the lease, or held it last."""
    kept = database_at(parse_server(home.env["EARSHOT_DATABASE_URL"])).find_holder()
    return kept.pid if kept else 0


def test_a_second_daemon_waits_and_follows_a_stopped_one_at_once(homes: tuple[Home, Home]) -> None:
    """A supervisor gives up on a program that ends again and again; who waits can be stopped."""
    first, second = homes
    with daemon(first) as old:
        until(lambda: holder(first) == old.pid, "the first one holds the lease")
        with daemon(second) as new:
            assert new.stderr and any("waiting for the lease" in line for line in iter(new.stderr.readline, ""))
            new.terminate()
            assert (new.wait(20), holder(second)) == (0, old.pid)
        with daemon(second) as new:
            old.terminate()
            stopped = time.monotonic()
            until(lambda: holder(second) == new.pid, "the second one follows")
            assert time.monotonic() - stopped < 20 and old.wait(20) == 0


@pytest.mark.timeout(240)
def test_a_daemon_that_stood_still_posts_nothing_after_the_takeover(homes: tuple[Home, Home]) -> None:
    """Stopped between two rounds; woken after the takeover it ends itself, and each reply is out once."""
    first, second = homes
    with daemon(first) as old:
        until(lambda: len(first.queue("--state", "drafted")) == 1, "the mention is decided")
        os.kill(old.pid, signal.SIGSTOP)
        began, new = time.monotonic(), second.start("run")
        try:
            until(lambda: holder(second) == new.pid, "the other one takes over", TAKEOVER_S)
            assert time.monotonic() - began > 30, "a lease that is renewed is not taken"
            second.approve_all()
            os.kill(old.pid, signal.SIGCONT)
            until(lambda: len(first.posts()) + len(second.posts()) > 0, "the reply is posted")
            until(lambda: old.poll() is not None, "the old daemon ends itself")
            assert old.poll() == 1
            until(lambda: len(second.queue("--state", "sent")) == 1, "the reply is marked")
            assert (len(first.posts()), len(second.posts())) == (0, 1)
            assert "is stopped" not in second.run("status").out
        finally:
            os.kill(new.pid, signal.SIGKILL)
            new.communicate()
