"""Kill a desk with coupons at random points, again and again, and look whether a code was ever anybody else's.

    python -m tests.club.kills --runs 2000 --seed 7

Each run is a process of its own on a real database and the real memory platform, whose calls are cut at random. It is
killed at R0-R3 or S0-S9; then sending goes on to the end, and every code that was posted must be one person's.
"""

import argparse
import json
import os
import random
import signal
import sys
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from listener import faultpoints
from listener.desk import offers, transitions
from listener.errors import DeskError
from listener.model import Prepared, Receipt
from listener.outbox.round import Round
from listener.outbox.send import send
from listener.platforms.memory import Memory
from listener.platforms.memory.mentions import Mentions
from listener.store import coupons, replies
from listener.store.engine import open_store
from listener.store.states import UNDER_WAY
from listener.store.tables import coupon, mention, reply
from tests.club.shop import CLAIM, CLUB, COMPLAINT, Shop, numbers, policy
from tests.databases import make_store
from tests.desk.world import World
from tests.fakes.scripted import Scripted

POINTS = ("R0", "R1", "R2", "R3", "S0", "S1", "S2", "S3", "S7", "S8", "S9")
PEOPLE = 12
STEPS = 14
KILLS_A_DATABASE = 25
CHECK_EVERY = 5  # runs after which sending goes on to the end


class Cut(Memory):
    """The memory platform on a line that is cut at random, before a post or after it."""

    rng = random.Random()

    def post(self, prepared: Prepared) -> Receipt:
        """Post, or not, and perhaps never learn of it."""
        chance = self.rng.random()
        if chance < 0.1:
            raise ConnectionResetError("cut before the post")
        receipt = super().post(prepared)
        if chance < 0.25:
            raise ConnectionResetError("cut after the post")
        return receipt


def open_shop(folder: Path, now_minutes: int) -> Shop:
    """The desk of this database, at a time that moves on from run to run."""
    world = World(open_store(folder / "earshot.db"), POLICY)
    world.now += timedelta(minutes=now_minutes)
    world._triage = TRIAGE._triage
    return Shop(world, Scripted(world.clock))


def act(shop: Shop, platform: Memory, rng: random.Random, run: int) -> None:
    """Do something that staff, customers or the program do."""
    step, who = rng.randrange(9), f"p{rng.randrange(PEOPLE)}"
    author = {"author_id": who, "author_handle": who}
    with shop.world.store.read() as connection:
        live = replies.list_where(connection, reply.c.state.in_(("drafted", "by_hand", "approved")))
    chosen = rng.choice(live).id if live else 0
    if step == 0:
        offers.import_codes(shop.world.store, shop.desk(), "ten", numbers(3, rng.randrange(60)), None)
    elif step in (1, 2):
        shop.world.said(CLAIM, id=f"c{run}-{rng.random()}", interaction_id=f"c{run}-{rng.random()}", **author)
    elif step == 3:
        name = f"g{run}-{rng.random()}"
        shop.give(shop.world.said(COMPLAINT, id=name, interaction_id=name, **author)[0])
    elif step in (4, 5) and chosen:
        shop.approve(chosen, whispers=rng.random() < 0.8)
    elif step == 6 and chosen:
        transitions.reject(shop.world.store, shop.desk(), chosen, "no")
    elif step == 7 and chosen:
        transitions.undo(shop.world.store, shop.desk(), chosen)
    else:
        send_round(shop, platform)


def send_round(shop: Shop, platform: Memory) -> None:
    """One round of sending, at a later time, so that what waits may go."""
    clock = shop.world.after(minutes=20).clock
    lasts = timedelta(minutes=1)
    send(Round(shop.world.store, platform, POLICY, clock, lambda: False, clock(), lasts), lambda *_: Counter())


def live_and_die(folder: Path, run: int, seed: int) -> None:
    """Work until the kill; in a child process, which ends here."""
    rng = random.Random(seed * 1_000_003 + run)
    faultpoints._point, faultpoints._signal, faultpoints._left = rng.choice(POINTS), "KILL", rng.randint(1, 2)
    shop, platform = open_shop(folder, run * 300), Cut(Mentions(folder / "none.jsonl", "all", False), folder / "posts")
    platform.rng = rng
    for _ in range(STEPS):
        try:
            act(shop, platform, rng, run)
        except DeskError:
            continue
    shop.world.store.close()
    os._exit(0)


def finish(folder: Path, run: int) -> None:
    """Send all that is approved, without any cut, until nothing is under way."""
    shop = open_shop(folder, run * 300 + 290)
    platform = Memory(Mentions(folder / "none.jsonl", "all", False), folder / "posts")
    for _ in range(10):
        send_round(shop, platform)
        with shop.world.store.read() as connection:
            if not replies.list_where(connection, reply.c.state.in_((*UNDER_WAY, "approved"))):
                break
    shop.world.store.close()


def check(folder: Path) -> list[str]:
    """Return what is wrong: a code at two people or posted twice, in public, a mask posted, or a sum that is off."""
    store, wrong = open_store(folder / "earshot.db"), []
    with store.read() as connection:
        codes = {
            row.code: row.free for row in connection.execute(select(coupon.c.code, coupon.c.free))
        }  # fmt: skip
        authors = {row.id: row.author_id for row in connection.execute(select(mention.c.id, mention.c.author_id))}
        stock = coupons.list_stock(connection)
    store.close()
    holders: dict[str, list[str]] = defaultdict(list)
    path = folder / "posts"
    for line in path.read_text().splitlines() if path.exists() else []:
        post = json.loads(line)
        carried = [code for code in codes if code in post["text"]]
        wrong += [f"masked: {post}"] if "****" in post["text"] else []
        wrong += [f"public: {post}"] if carried and not post.get("private") else []
        for code in carried:
            holders[code].append(authors[post["in_reply_to"]])
    wrong += [f"{code} went to {people}" for code, people in holders.items() if len(people) > 1]
    wrong += [f"{code} was posted and is free" for code in holders if codes[code]]
    for pool in stock:
        if pool.free + pool.reserved + pool.in_doubt + pool.given + pool.void != pool.imported:
            wrong.append(f"sums: {pool}")
    return wrong


def main(runs: int, seed: int) -> Counter[str]:
    """Run so many kills; raises AssertionError with the seed and the run."""
    counts: Counter[str] = Counter()
    with TemporaryDirectory() as base:
        for run in range(runs):
            folder = Path(base) / str(run // KILLS_A_DATABASE)
            if not folder.exists():
                folder.mkdir()
                make_store(folder).close()
                (folder / "none.jsonl").touch()
            child = os.fork()
            if child == 0:
                try:
                    live_and_die(folder, run, seed)
                finally:
                    os._exit(99)
            _, status = os.waitpid(child, 0)
            is_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
            assert is_killed or os.waitstatus_to_exitcode(status) == 0, f"run {run} of seed {seed} ended with {status}"
            counts["killed" if is_killed else "ended"] += 1
            if run % CHECK_EVERY == CHECK_EVERY - 1 or run == runs - 1:
                finish(folder, run)
                wrong = check(folder)
                assert not wrong, f"seed {seed}, run {run}: {wrong[:3]}"
                counts["checked"] += 1
                print(f"run {run + 1}: {dict(counts)}", file=sys.stderr)
        counts["codes posted"] = sum(path.read_text().count("TEN-") for path in Path(base).glob("*/posts"))
    return counts


POLICY = policy(replace(CLUB, offers=tuple(replace(one, per_day=1000) for one in CLUB.offers)))
with TemporaryDirectory() as _folder:
    TRIAGE = World(make_store(Path(_folder)), POLICY)
    TRIAGE.route()  # builds what decides, once
    TRIAGE.store.close()

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    given = parser.parse_args()
    print(f"seed {given.seed}", file=sys.stderr)
    print(dict(main(given.runs, given.seed)))
