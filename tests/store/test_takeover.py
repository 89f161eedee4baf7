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
from tests.line import NOON
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


def leads(home: Home, process: forked.Running) -> tuple[str, ...]:
    """The parts that a daemon leads by now."""
    states = database_at(parse_server(home.env["EARSHOT_DATABASE_URL"])).list_daemons()
    return next((state.leads for state in states if state.name.endswith(f":{process.pid}")), ())


def test_a_second_daemon_shares_the_work_and_does_it_all_after_a_clean_stop(homes: tuple[Home, Home]) -> None:
    """Mentions are read by one and decided by whoever leads that; an approval from anywhere goes out once."""
    first, second = homes
    with daemon(first) as old:
        until(lambda: len(leads(first, old)) == 3, "the first one leads everything")
        with daemon(second) as new:
            until(lambda: (len(leads(first, old)), len(leads(first, new))) == (2, 1), "they share")
            until(lambda: len(first.queue("--state", "drafted")) == 1, "the mention is decided")
            old.terminate()
            stopped = time.monotonic()
            until(lambda: len(leads(first, new)) == 3, "the second one follows")
            assert time.monotonic() - stopped < 20 and old.wait(20) == 0
            second.approve_all()
            until(lambda: len(second.queue("--state", "sent")) == 1, "the reply is sent")
            assert len(first.posts()) + len(second.posts()) == 1


def test_a_daemon_waits_while_a_migration_works_and_can_be_stopped(homes: tuple[Home, Home]) -> None:
    """A supervisor gives up on a program that ends again and again."""
    place = parse_server(homes[0].env["EARSHOT_DATABASE_URL"])
    with database_at(place).hold("migrate", NOON), daemon(homes[0]) as waiting:
        assert waiting.stderr and any("waiting for the lease" in line for line in iter(waiting.stderr.readline, ""))
        waiting.terminate()
        assert waiting.wait(20) == 0


@pytest.mark.timeout(240)
def test_a_daemon_that_stood_still_posts_nothing_after_the_takeover(homes: tuple[Home, Home]) -> None:
    """Stopped between two rounds; woken after the takeover it leads nothing at first, and each reply is out once."""
    first, second = homes
    with daemon(first) as old:
        until(lambda: len(first.queue("--state", "drafted")) == 1, "the mention is decided")
        os.kill(old.pid, signal.SIGSTOP)
        began, new = time.monotonic(), second.start("run")
        try:
            until(lambda: len(leads(second, new)) == 3, "the other one takes over", TAKEOVER_S)
            assert time.monotonic() - began > 30, "a lease that is renewed is not taken"
            second.approve_all()
            os.kill(old.pid, signal.SIGCONT)
            until(lambda: len(second.queue("--state", "sent")) == 1, "the reply is sent")
            until(lambda: len(leads(second, old)) == 1, "the old daemon has its share again")
            assert (len(first.posts()), len(second.posts())) == (0, 1)
            assert "is stopped" not in second.run("status").out
        finally:
            os.kill(new.pid, signal.SIGKILL)
            new.communicate()
