"""A member's account is removed: points and turns stay with the member, and nothing of the person is left with it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from listener.analysis.report import club as report
from listener.club_rules import Club, Tier
from listener.desk import access, members, people, roles
from listener.desk.forget import forget
from listener.errors import DeskError
from listener.store.people import Person
from listener.store.tables import event, points
from listener.upkeep.award import award
from tests import factories
from tests.desk.world import World

CLUB = Club(("join the club",), "the terms of 2026", tiers=(Tier("silver", 5, 0.75),))
COMPLAINT = "my parcel is two weeks late and nobody answers"
ADA = {"author_id": "ada", "author_handle": "ada"}
OTHER = {"author_id": "u-b", "author_handle": "ada_b"}
PROOF = [("memory", "m1"), ("memory", "m2")]


@pytest.fixture
def linked(world: World) -> World:
    """Ada has joined with two accounts, and has earned with both."""
    world.policy = replace(world.policy, club=CLUB)
    world.said("@fernhill let me join the club, my other account is @ada_b", **ADA)
    world.said("@fernhill I am @ada, too", **OTHER)
    members.join(world.store, world.desk(), "ada", ("memory", "m1"))
    members.add_account(world.store, world.desk(), "ada", "ada_b", PROOF)
    world.after(hours=1).said(COMPLAINT, **ADA)
    world.said(COMPLAINT, COMPLAINT, **OTHER)
    roles.mark_helped(world.store, world.desk(), "ada_b", ("memory", "m4"), "told bo", None)
    assert award(world.store, world.policy, world.now) == 6
    return world


def remove(world: World, handle: str = "ada", other: str = "ada_b") -> None:
    """End the link of an account."""
    members.remove_account(world.store, world.desk(), handle, other)


def page(world: World, handle: str = "ada") -> Any:
    """How somebody is a member."""
    return people.person(world.store, handle, world.now, CLUB).member


def sources(world: World, person: Person) -> list[str]:
    """What the points of an account are for."""
    with world.store.read() as connection:
        query = select(points.c.source).where(points.c.platform == person[0], points.c.author_id == person[1])
        return list(connection.execute(query).scalars())


def test_what_was_earned_stays_with_the_member(linked: World) -> None:
    """The points of both accounts, and the tier; the account is nobody's, and may join by itself."""
    before = page(linked)
    remove(linked)
    after = page(linked)
    assert (after.points, after.tier) == (before.points, before.tier) == (15, "silver")
    assert after.accounts == ("memory:ada",) and page(linked, "ada_b") is None
    assert sources(linked, ("memory", "u-b")) == []


def test_it_earns_nothing_for_the_member_any_more(linked: World) -> None:
    """And what it has earned is not awarded a second time."""
    remove(linked)
    linked.after(days=7).said(COMPLAINT, **OTHER)
    assert award(linked.store, linked.policy, linked.now) == 0
    assert page(linked).points == 15


def test_it_may_be_linked_again_and_keeps_no_points_of_its_own(linked: World) -> None:
    """By the same proof; from then on it earns again."""
    remove(linked)
    linked.after(minutes=1)
    members.add_account(linked.store, linked.desk(), "ada", "ada_b", PROOF)
    assert award(linked.store, linked.policy, linked.now) == 0
    assert page(linked) == page(linked, "ada_b") and page(linked).points == 15


def test_the_report_counts_one_of_the_tier(linked: World) -> None:
    """The other account wrote, too, and has none."""
    span = (linked.now - timedelta(days=1), linked.now + timedelta(minutes=1))
    with linked.store.read() as connection:
        assert report.count_club(connection, CLUB, *span).tiers == {"silver": 2}
    remove(linked)
    with linked.store.read() as connection:
        assert report.count_club(connection, CLUB, *span).tiers == {"silver": 1}


def test_the_account_by_which_they_joined_and_the_only_one_are_not_removed(linked: World) -> None:
    """The words of consent are that account's; who wants to end it all leaves."""
    for handle, other, why in (
        ("ada_b", "ada", "ada is the account by which they joined"),
        ("ada", "ada", "ada is the account by which they joined"),
        ("ada_b", "ada_b", "name the member by another account"),
        ("ada", "bo", "nobody called"),
    ):
        with pytest.raises(DeskError, match=why):
            remove(linked, handle, other)
    linked.said(COMPLAINT, author_id="bo", author_handle="bo")
    with pytest.raises(DeskError, match="bo is not an account of this member"):
        remove(linked, "ada", "bo")
    assert page(linked).accounts == ("memory:ada", "memory:u-b")


def test_forgetting_whose_account_it_was_leaves_no_name_with_the_member(linked: World) -> None:
    """Not in points, not in events; the member stays one."""
    remove(linked)
    forget(linked.store, linked.desk(), "ada_b", factories.author_of)
    with linked.store.read() as connection:
        named = connection.execute(select(event.c.what, event.c.detail)).all()
        assert "account_removed" in {row.what for row in named}
        assert "u-b" not in str([row.detail for row in named])
        assert "u-b" not in str(connection.execute(select(points)).all())
    assert page(linked).points == 15


def test_forgetting_the_member_takes_the_points(linked: World) -> None:
    """All of them."""
    remove(linked)
    forget(linked.store, linked.desk(), "ada", factories.author_of)
    with linked.store.read() as connection:
        assert connection.execute(select(points)).all() == []


def test_an_access_request_has_each_account_by_itself(linked: World) -> None:
    """Nobody reads the words of an account that was linked by mistake."""
    remove(linked)
    theirs = access.export_person(linked.store, "ada", linked.now)
    other = access.export_person(linked.store, "ada_b", linked.now)
    assert [kept.author_id for kept in theirs.accounts] == ["ada"] and len(theirs.points) == 6
    assert [kept.author_id for kept in other.accounts] == ["u-b"] and (other.member, other.points) == (None, ())
