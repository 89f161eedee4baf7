"""Kill a desk with coupons at random points, again and again, and look whether a code was ever anybody else's.

    python -m tests.club.kills --runs 2000 --seed 7      # or in parts: --runs 500 with the seeds 7, 8, 9 and 10

Half of the runs are on the memory platform, half on Mastodon's fake. Each is a process of its own on a real database,
whose calls are cut at random. It is killed at R0-R3 or S0-S9; then sending goes on to the end, and every code that was
posted must be one person's.
"""

import argparse
import os
import random
import sys
from collections import Counter, defaultdict
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from listener import faultpoints
from listener.desk import offers, transitions
from listener.errors import DeskError
from listener.feed_page import FeedPage
from listener.intake.poll import poll
from listener.model import Mention
from listener.outbox.round import Round
from listener.outbox.send import send
from listener.protocols import Platform
from listener.store import coupons, items, mentions, replies
from listener.store.engine import open_store
from listener.store.states import UNDER_WAY
from listener.store.tables import coupon, reply
from tests.club.dying import run_in_child
from tests.club.places import Place, open_place
from tests.club.shop import CLAIM, CLUB, COMPLAINT, Shop, numbers, policy
from tests.club.summary import run_all
from tests.databases import make_store
from tests.desk.world import World
from tests.fakes.scripted import Scripted

POINTS = ("R0", "R1", "R2", "R3", "S0", "S1", "S2", "S3", "S7", "S8", "S9")
PLATFORMS = ("memory", "mastodon")
STEPS = 14
KILLS_A_DATABASE = 25
CHECK_EVERY = 5  # runs after which sending goes on to the end


def open_shop(folder: Path, now_minutes: int) -> Shop:
    """The desk of this database, at a time that moves on from run to run."""
    world = World(open_store(folder / "earshot.db"), POLICY)
    world.now += timedelta(minutes=now_minutes)
    world._triage = TRIAGE._triage
    return Shop(world, Scripted(world.clock))


def hear(shop: Shop, mention: Mention) -> int:
    """A mention comes in and is decided. Returns the id of its reply, 0 for none."""
    read = replace(mention, created_at=shop.world.now, age_start_at=shop.world.now)
    source = Scripted(shop.world.clock, name=read.platform, pages=[FeedPage({}, (read,))])
    poll(shop.world.store, source, shop.world.clock)
    shop.world.route()
    with shop.world.store.read() as connection:
        live = items.item(connection, key=mentions.locate(connection, read.platform, read.id)).reply
    return live.id if live else 0


def act(shop: Shop, platform: Platform, rng: random.Random, planted: dict[str, list[Mention]]) -> None:
    """Do something that staff, customers or the program do."""
    step = rng.randrange(10)
    with shop.world.store.read() as connection:
        live = replies.list_where(connection, reply.c.state.in_(("drafted", "by_hand", "approved")))
    chosen = rng.choice(live).id if live else 0
    if step == 0:
        offers.import_codes(shop.world.store, shop.desk(), "ten", numbers(3, rng.randrange(60)), None)
    elif step in (1, 2):
        hear(shop, planted[CLAIM].pop())
    elif step == 3:
        shop.give(hear(shop, planted[COMPLAINT].pop()))
    elif step in (4, 5) and chosen:
        shop.approve(chosen, whispers=rng.random() < 0.8)
    elif step == 6 and chosen:
        (transitions.reject if rng.random() < 0.7 else transitions.close)(
            shop.world.store, shop.desk(), chosen, "no"
        )  # fmt: skip
    elif step == 7 and chosen:
        transitions.undo(shop.world.store, shop.desk(), chosen)
    elif step == 8 and chosen:
        shop.give(chosen, rng.choice(("autumn", "sorry")), again=True)
    else:
        send_round(shop, platform)


def send_round(shop: Shop, platform: Platform) -> None:
    """One round of sending, at a later time, so that what waits may go."""
    clock = shop.world.after(minutes=20).clock
    lasts = timedelta(minutes=1)
    send(Round(shop.world.store, platform, POLICY, clock, lambda: False, clock(), lasts), lambda *_: Counter())


def live_and_die(folder: Path, place: Place, run: int, seed: int, planted: dict[str, list[Mention]]) -> None:
    """Work until the kill; in a child process, which ends here."""
    rng = random.Random(seed * 1_000_003 + run)
    faultpoints._point, faultpoints._signal, faultpoints._left = rng.choice(POINTS), "KILL", rng.randint(1, 2)
    shop = open_shop(folder, run * 300)
    platform = place.connect(shop.world.clock, rng)
    for _ in range(STEPS):
        try:
            act(shop, platform, rng, planted)
        except DeskError:
            continue
    shop.world.store.close()
    os._exit(0)


def finish(folder: Path, place: Place, run: int) -> None:
    """Send all that is approved, without any cut, until nothing is under way."""
    shop = open_shop(folder, run * 300 + 290)
    platform = place.connect(shop.world.clock, None)
    for _ in range(10):
        send_round(shop, platform)
        with shop.world.store.read() as connection:
            if not replies.list_where(connection, reply.c.state.in_((*UNDER_WAY, "approved"))):
                break
    shop.world.store.close()


def check(folder: Path, place: Place) -> list[str]:
    """Return what is wrong: a code at two people or posted twice, in public, a mask posted, or a sum that is off."""
    store, wrong = open_store(folder / "earshot.db"), []
    with store.read() as connection:
        codes = {row.code: row.free for row in connection.execute(select(coupon.c.code, coupon.c.free))}
        stock = coupons.list_stock(connection)
    store.close()
    holders: dict[str, list[str]] = defaultdict(list)
    for post in place.posts():
        carried = [code for code in codes if code in post.text]
        wrong += [f"masked: {post}"] if "****" in post.text else []
        wrong += [f"public: {post}"] if carried and not post.is_private else []
        for code in carried:
            holders[code].append(post.author)
    wrong += [f"{code} went to {people}" for code, people in holders.items() if len(people) > 1]
    wrong += [f"{code} was posted and is free" for code in holders if codes[code]]
    for pool in stock:
        if pool.free + pool.reserved + pool.in_doubt + pool.given + pool.void != pool.imported:
            wrong.append(f"sums: {pool}")
    return wrong


def main(runs: int, seed: int, platform: str = "memory") -> Counter[str]:
    """Run so many kills on a platform; raises AssertionError with the seed and the run."""
    counts: Counter[str] = Counter()
    for first in range(0, runs, KILLS_A_DATABASE):
        with TemporaryDirectory() as name, ExitStack() as stack:
            folder = Path(name)
            make_store(folder).close()
            place = stack.enter_context(open_place(platform, folder))
            for run in range(first, min(first + KILLS_A_DATABASE, runs)):
                counts["killed" if _run(folder, place, run, seed) else "ended"] += 1
                if run % CHECK_EVERY == CHECK_EVERY - 1 or run == runs - 1:
                    finish(folder, place, run)
                    wrong = check(folder, place)
                    assert not wrong, f"seed {seed}, run {run} on {platform}: {wrong[:3]}"
                    counts["checked"] += 1
            print(f"{platform}, {min(first + KILLS_A_DATABASE, runs)} of {runs} runs", file=sys.stderr)
            counts["codes posted"] += sum("TEN-" in post.text for post in place.posts())
    return counts


def _run(folder: Path, place: Place, run: int, seed: int) -> bool:
    """Let a child work until it is killed or done. Returns whether it was killed."""
    rng = random.Random(f"{seed} {run}")
    planted = {text: place.plant(run * 2 + at, rng, (text,) * STEPS) for at, text in enumerate((CLAIM, COMPLAINT))}
    return run_in_child(lambda: live_and_die(folder, place, run, seed, planted), f"run {run} of seed {seed}")


POLICY = policy(replace(CLUB, offers=tuple(replace(offer, per_day=1000) for offer in CLUB.offers)))
with TemporaryDirectory() as _folder:
    TRIAGE = World(make_store(Path(_folder)), POLICY)
    TRIAGE.route()  # builds what decides, once
    TRIAGE.store.close()

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=300, help="of all platforms together")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--platform", choices=PLATFORMS, action="append", help="instead of all")
    given = parser.parse_args()
    chosen = given.platform or PLATFORMS
    share = -(-given.runs // len(chosen))
    parts = {name: partial(main, share, given.seed + at, name) for at, name in enumerate(chosen)}
    sys.exit(run_all(given.seed, parts))
