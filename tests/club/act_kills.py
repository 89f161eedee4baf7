"""Kill a desk that applauds at random points, again and again, and look whether each act was done, and done once.

    python -m tests.club.act_kills --kills 60 --platform mastodon --seed 7

Each run is a process of its own on a real database and a real platform: memory's files, or Mastodon's client against
the fake server, whose answers are cut at random. It is killed at S0-S9; then sending goes on to the end.
"""

import argparse
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from sqlalchemy import select

from listener import faultpoints
from listener.club_rules import Applause, Club
from listener.desk import applause
from listener.desk.approve import DeskContext
from listener.errors import DeskError
from listener.intake.poll import poll
from listener.outbox.round import Round
from listener.outbox.send import send
from listener.platforms.memory import Memory
from listener.platforms.memory.mentions import Mentions
from listener.protocols import Platform
from listener.store import acts
from listener.store.engine import Store, open_store
from listener.store.tables import act, mention
from listener.triage.route import Triage, route
from tests import factories
from tests.club.dying import run_in_child
from tests.club.places import CutMemory
from tests.club.summary import run_all
from tests.databases import make_store
from tests.desk.world import preview
from tests.fakes.mastodon import MASTODON
from tests.fakes.mastodon.statuses import markup
from tests.platforms.mastodon_world import MastodonWorld, serving

Name = Literal["memory", "mastodon"]
NAMES: tuple[Name, ...] = ("memory", "mastodon")
POINTS = ("S0", "S1", "S2", "S3", "S7", "S8", "S9")
PEOPLE = 8
KINDS = ("like", "repost")
PRAISE = "I love the smooth paper of your notebooks, thank you so much!"
POLICY = replace(factories.policy(quiet_hours=(), timezone="UTC"), club=Club(applause=Applause()))


@dataclass
class Place:
    """A platform and its ledger. connect: as a new process does; cut: the next act is cut, before or after it."""

    name: Name
    connect: Callable[[random.Random | None], Platform]
    cut: Callable[[random.Random], None]
    ledger: Callable[[], list[tuple[str, str]]]


@contextmanager
def place(name: Name, folder: Path) -> Iterator[Place]:
    """Give a platform on which people have praised us."""
    if name == "memory":
        yield _memory(folder)
        return
    with serving(MASTODON) as server:
        for _ in range(PEOPLE):
            server.say(markup(f"@shop {PRAISE}"), late=0)
        world = MastodonWorld(server, hashtags=())

        def cut(rng: random.Random) -> None:
            if rng.random() < 0.5:
                server.fail_next(f"POST {rng.choice(('favourite', 'reblog'))}", "cut", after=rng.random() < 0.5)

        yield Place(name, lambda rng: world.again(), cut, world.applauded)


def _memory(folder: Path) -> Place:
    mentions, posts = folder / "mentions.jsonl", folder / "posts"
    now = datetime.now(UTC).isoformat()
    rows = [{"id": f"m{number}", "author": f"a{number}", "text": f"@fernhill {PRAISE}", "created_at": now}
            for number in range(PEOPLE)]  # fmt: skip
    mentions.write_text("".join(json.dumps(row) + "\n" for row in rows))

    def connect(rng: random.Random | None) -> Platform:
        kind = Memory if rng is None else CutMemory
        made = kind(Mentions(mentions, "all", False), posts)
        if isinstance(made, CutMemory) and rng is not None:
            made.rng = rng
        return made

    def ledger() -> list[tuple[str, str]]:
        lines = [json.loads(line) for line in posts.read_text().splitlines()] if posts.exists() else []
        return [(line["act"], line["of"]) for line in lines]

    return Place("memory", connect, lambda rng: None, ledger)


def desk(moment: datetime) -> DeskContext:
    """Dana's, on platforms whose API can like and repost."""
    return DeskContext("dana", POLICY, preview, lambda: moment, acts_of=lambda name: KINDS)


def send_round(store: Store, platform: Platform, moment: datetime) -> None:
    """One round of sending at this time."""
    lasts = timedelta(minutes=1)
    send(Round(store, platform, POLICY, lambda: moment, lambda: False, moment, lasts), lambda *_: Counter())


def live_and_die(folder: Path, where: Place, names: list[str], moment: datetime, rng: random.Random) -> None:
    """Applaud until the kill; in a child process, which ends here."""
    faultpoints._point, faultpoints._signal, faultpoints._left = rng.choice(POINTS), "KILL", rng.randint(1, 2)
    store, platform = open_store(folder / "earshot.db"), where.connect(rng)
    for _ in range(4):
        post, kinds = (where.name, rng.choice(names)), rng.sample(KINDS, rng.randint(1, 2))
        with suppress(DeskError):
            if rng.random() < 0.2:
                applause.withdraw(store, desk(moment), post)
            else:
                applause.applaud(store, desk(moment), post, kinds)
        send_round(store, platform, moment)
    store.close()
    os._exit(0)


def finish(folder: Path, where: Place, names: list[str], moment: datetime) -> None:
    """Choose what was not chosen, and send until nothing waits."""
    store, platform = open_store(folder / "earshot.db"), where.connect(None)
    for name in names:
        for kind in KINDS:
            with suppress(DeskError):
                applause.applaud(store, desk(moment), (where.name, name), [kind])
    for number in range(12):
        send_round(store, platform, moment + timedelta(hours=number))
        with store.read() as connection:
            if not acts.list_waiting(connection):
                break
    store.close()


def check(folder: Path, where: Place, names: list[str]) -> list[str]:
    """Return what is wrong: an act that was done twice, or that is kept as done and was not, or the other way round."""
    store, done = open_store(folder / "earshot.db"), Counter(where.ledger())
    with store.read() as connection:
        kept = {(acts.queued(connection, row.id).mention.id, row.what): row.state for row in
                connection.execute(select(act.c.id, act.c.what, act.c.state))}  # fmt: skip
    store.close()
    wrong = [f"{what} of {name} was done {count} times" for (what, name), count in done.items() if count > 1]
    wanted = {(name, kind) for name in names for kind in KINDS}
    wrong += [f"{pair} is {kept.get(pair)}" for pair in wanted if kept.get(pair) != "sent"]
    return wrong + [f"{pair} was never done" for pair in wanted if not done[pair[1], pair[0]]]


def main(kills: int, seed: int, name: Name) -> Counter[str]:
    """Kill so often, on databases that each begin anew; raises AssertionError with the seed."""
    counts, rng = Counter[str](), random.Random(seed)
    while counts["killed"] < kills:
        with TemporaryDirectory() as base, place(name, Path(base)) as where:
            wrong = _run(Path(base), where, counts, kills, rng)
            assert not wrong, f"seed {seed}: {wrong[:3]}"
            counts["acts"] += len(where.ledger())
            counts["databases"] += 1
    return counts


def _run(folder: Path, where: Place, counts: Counter[str], kills: int, rng: random.Random) -> list[str]:
    """Live and die until all is done or was killed often enough; then finish, and return what is wrong."""
    moment = datetime.now(UTC)
    names = _hear(folder, where, moment)
    while counts["killed"] < kills and len(where.ledger()) < len(names) * len(KINDS):
        where.cut(rng)
        moment += timedelta(minutes=1)
        counts["killed" if _run_child(folder, where, names, moment, random.Random(rng.random())) else "ended"] += 1
    finish(folder, where, names, moment)
    return check(folder, where, names)


def _run_child(folder: Path, where: Place, names: list[str], moment: datetime, rng: random.Random) -> bool:
    """Let a process live and die. Returns whether it was killed."""
    return run_in_child(lambda: live_and_die(folder, where, names, moment, rng), "a run")


def _hear(folder: Path, where: Place, moment: datetime) -> list[str]:
    """Read and decide what people said. Returns the ids of their mentions."""
    store = make_store(folder)
    poll(store, where.connect(None), lambda: moment)
    route(store, Triage(POLICY, factories.responders(POLICY), preview, "test"), lambda: moment)
    with store.read() as connection:
        names = list(connection.execute(select(mention.c.id).order_by(mention.c.key)).scalars())
    store.close()
    assert len(names) == PEOPLE
    return names


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--platform", choices=NAMES, action="append")
    given = parser.parse_args()
    parts = {chosen: partial(main, given.kills, given.seed, chosen) for chosen in given.platform or NAMES}
    sys.exit(run_all(given.seed, parts))
