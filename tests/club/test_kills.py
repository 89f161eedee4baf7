"""Kills at random points, and a race of many processes: a code is at one person, ever."""

import os
from pathlib import Path

import pytest
from sqlalchemy import func, select

from listener.desk import offers
from listener.errors import DeskError
from listener.store.engine import open_store
from listener.store.tables import coupon, reward
from tests.club import kills
from tests.club.places import MemoryPlace, Posted
from tests.club.shop import COMPLAINT, Shop, numbers, policy
from tests.databases import make_store, only_on_sqlite
from tests.desk.world import World
from tests.fakes.scripted import Scripted

pytestmark = only_on_sqlite("kills of processes that share a file")

PROCESSES, TRIES, PEOPLE, CODES = 4, 100, 200, 150


@pytest.mark.parametrize("platform", kills.PLATFORMS)
def test_no_kill_gives_a_code_to_two_people(platform: str) -> None:
    """A few here; `make kills RUNS=2000` for many."""
    counts = kills.main(10, 4, platform)
    assert counts["killed"] >= 3 and counts["checked"] >= 2


@pytest.mark.parametrize(
    ("posted", "wrong"),
    [
        ([("Your code is TEN-00001.", "ada", True), ("TEN-00001", "bo", True)], "went to ['ada', 'bo']"),
        ([("Your code is TEN-00001.", "ada", True)] * 2, "went to ['ada', 'ada']"),
        ([("Your code is TEN-00001.", "ada", False)], "public"),
        ([("Your code is *******01.", "ada", True)], "masked"),
        ([("Your code is TEN-00001.", "ada", True)], "was posted and is free"),
    ],
)
def test_the_check_sees_what_may_not_be(tmp_path: Path, posted: list[tuple[str, str, bool]], wrong: str) -> None:
    """Else thousands of kills would show nothing."""
    shop = Shop.open(make_store(tmp_path), 3)
    place = MemoryPlace(tmp_path)
    place.posts = lambda: [Posted(*post) for post in posted]  # type: ignore[method-assign]
    assert any(wrong in line for line in kills.check(tmp_path, place))
    shop.world.store.close()


def test_four_processes_reserve_four_hundred_times_at_once(tmp_path: Path) -> None:
    """Each of 200 people is tried twice, by different processes, for 150 codes: no code and no person twice."""
    club = kills.POLICY.club
    shop = Shop.open(make_store(tmp_path), 0, club)
    offers.import_codes(shop.world.store, shop.desk(), "ten", numbers(CODES), None)
    texts = [COMPLAINT] * (PROCESSES * TRIES)
    mentions = [
        shop.world._mention(place + 1, text, {"author_id": f"p{place % PEOPLE}", "author_handle": f"p{place % PEOPLE}"})
        for place, text in enumerate(texts)
    ]
    shop.world.heard(*mentions)
    drafts = [shop.world.reply_to(mention.id) for mention in mentions]
    shop.world.store.close()
    children = []
    for share in range(PROCESSES):
        child = os.fork()
        if child == 0:
            os._exit(give_all(tmp_path, drafts[share * TRIES : (share + 1) * TRIES]))
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * PROCESSES
    store = open_store(tmp_path / "earshot.db")
    with store.read() as connection:
        live = select(func.count(), func.count(reward.c.coupon_id.distinct()), func.count(reward.c.person.distinct()))
        assert tuple(connection.execute(live).one()) == (CODES, CODES, CODES)
        assert connection.execute(select(func.count()).select_from(coupon).where(coupon.c.free)).scalar_one() == 0
    store.close()


def give_all(folder: Path, drafts: list[int]) -> int:
    """Try to give an offer by each of these drafts; in a process of its own. Returns its exit code."""
    world = World(open_store(folder / "earshot.db"), policy(kills.POLICY.club))
    shop = Shop(world, Scripted(world.clock))
    for draft in drafts:
        try:
            shop.give(draft)
        except DeskError:
            continue
    world.store.close()
    return 0
