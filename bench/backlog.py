"""A backlog in a running installation: how long one daemon and two of them need to read and decide it.

Real processes with real leases. Each machine has the same mentions in a file of its own; who leads the platform reads
them, and with two daemons the other one decides.
"""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from sqlalchemy import func, select

from bench import many
from listener.place import Place, parse_server
from listener.store.engine import Store, open_store
from listener.store.tables import mention

TEXTS = (
    "@fernhill I love the smooth paper, thank you so much! {0}",
    "@fernhill what are your opening hours? {0}",
    "@fernhill my parcel {0} has not arrived, two weeks now",
    "going past the shop {0}",
)
PATIENCE_S = 1800.0


def measure(folder: Path, url: str, daemons: int, mentions: int) -> float:
    """Return the seconds until so many mentions are read and decided. url: "" for a file, which has one daemon."""
    environments = [_machine(folder / str(number), url) for number in range(daemons)]
    many.earshot(environments[0], "migrate")
    place: Place = parse_server(url) if url else folder / "0" / "earshot.db"
    with closing(open_store(place)) as store, ExitStack() as stack:
        for env in environments:
            stack.enter_context(_running(env))
        _wait(lambda: _shares(store) == [*_expected(daemons)] if url else True, "the daemons share")
        began = time.perf_counter()
        for number in range(daemons):
            _say(folder / str(number), mentions)
        _wait(lambda: _count(store) >= mentions, "all is decided")
        return time.perf_counter() - began


def _expected(daemons: int) -> Iterator[int]:
    """How many of the three parts each daemon leads."""
    yield from [3] if daemons == 1 else [1, 2]


def _shares(store: Store) -> list[int]:
    return sorted(len(state.leads) for state in store.database.list_daemons() if state.is_alive)


def _count(store: Store) -> int:
    with store.read() as connection:
        return connection.execute(select(func.count()).where(mention.c.stage != "new")).scalar_one()


def _wait(holds: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > end:
            sys.exit(f"waited in vain until {what}")
        time.sleep(0.1)


def _machine(folder: Path, url: str) -> dict[str, str]:
    folder.mkdir(parents=True)
    (folder / "mentions.jsonl").touch()
    section = '[platforms.memory]\nmentions = "mentions.jsonl"\nreplay = true\nstart = "all"\npoll_seconds = 1\n'
    (folder / "earshot.toml").write_text(section, encoding="utf-8")
    return {**many.points(folder), "EARSHOT_DATABASE_URL": url}


def _say(folder: Path, mentions: int) -> None:
    """Put a whole file in the place of the empty one: a poll must not read half a line."""
    rows = (
        {"id": str(n), "author": f"a{n}", "lang": "en", "text": TEXTS[n % len(TEXTS)].format(n)}
        for n in range(mentions)
    )
    new = folder / "new"
    new.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    new.rename(folder / "mentions.jsonl")


@contextmanager
def _running(env: dict[str, str]) -> Iterator[None]:
    daemon = subprocess.Popen([sys.executable, "-m", "listener.cli", "run"], env=env, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(20)
