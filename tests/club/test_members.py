"""Members: they join in their own words, prove their accounts, earn, leave, and are forgotten."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from listener.club_rules import Club, Tier
from listener.desk import access, members, people, roles
from listener.desk.forget import forget
from listener.desk.queue import show
from listener.desk.roles import PeopleFilter
from listener.errors import ConfigError, DeskError
from listener.settings import load
from listener.store.tables import account, event, mention, points
from listener.store.tables import member as member_table
from listener.upkeep.award import award, replay
from tests import factories
from tests.desk.world import World

CLUB = Club(("join the club",), "the terms of 2026", tiers=(Tier("silver", 3, 0.75), Tier("gold", 13, 0.5)))
JOINS = "@fernhill I want to join the club please"
COMPLAINT = "my parcel is two weeks late and nobody answers"
ADA = {"author_id": "ada", "author_handle": "ada"}


@pytest.fixture
def club(world: World) -> World:
    """A desk with a club."""
    world.policy = replace(world.policy, club=CLUB)
    return world


def joined(club: World) -> World:
    """Ada has joined."""
    club.said(JOINS, **ADA)
    members.join(club.store, club.desk(), "ada", ("memory", "m1"))
    return club


def page(club: World, handle: str = "ada") -> Any:
    """How somebody is a member."""
    return people.person(club.store, handle, club.now, CLUB).member


def test_somebody_joins_by_words_of_their_own(club: World) -> None:
    """The words and the terms are kept; nobody is made a member by what others wrote or by other words."""
    club.said(JOINS, COMPLAINT, **ADA)
    club.said(JOINS, author_id="bo", author_handle="bo")
    for mention_id, why in (("m2", "does not ask to join"), ("m3", "by somebody else"), ("m9", "no mention memory:m9")):
        with pytest.raises(DeskError, match=why):
            members.join(club.store, club.desk(), "ada", ("memory", mention_id))
    members.join(club.store, club.desk(), "ada", ("memory", "m1"))
    known = page(club)
    assert (known.evidence, known.terms, known.accounts) == ("memory:m1", "the terms of 2026", ("memory:ada",))
    with pytest.raises(DeskError, match="is a member already"):
        members.join(club.store, club.desk(), "ada", ("memory", "m1"))
    assert page(club, "bo") is None


def test_staff_see_who_asks_to_join_until_they_did(club: World) -> None:
    """Beside the mention, in the review and in `show`."""
    (number,) = club.said(JOINS, **ADA)
    view = replace(club.view(), club=CLUB)
    assert show(club.store, view, number).person.asks_to_join
    members.join(club.store, club.desk(), "ada", ("memory", "m1"))
    assert not show(club.store, view, number).person.asks_to_join


def test_without_a_club_nobody_joins(world: World) -> None:
    """The starter's is off."""
    world.said(JOINS, **ADA)
    with pytest.raises(DeskError, match="there is no club"):
        members.join(world.store, world.desk(), "ada", ("memory", "m1"))


def test_minors_and_who_opted_out_do_not_join(club: World) -> None:
    """By a guard or by what staff know; staff may correct the guard."""
    club.policy = replace(club.policy, club=replace(CLUB, adults_only=True))
    club.said(JOINS, "I am 12 years old and my mum says hi", **ADA)
    with pytest.raises(DeskError, match="may be a minor"):
        members.join(club.store, club.desk(), "ada", ("memory", "m1"))
    roles.mark_role(club.store, club.desk(), "ada", "minor", "quoted her son", None, is_set=False)
    people.opt_out(club.store, club.desk(), "ada", None)
    with pytest.raises(DeskError, match="opted out"):
        members.join(club.store, club.desk(), "ada", ("memory", "m1"))
    people.opt_in(club.store, club.desk(), "ada")
    members.join(club.store, club.desk(), "ada", ("memory", "m1"))


def test_points_come_from_what_is_addressed_to_us_and_from_help(club: World) -> None:
    """A complaint earns as much as praise, a search hit nothing, and only since joining."""
    club.said(COMPLAINT, **ADA)
    club.said(JOINS, **ADA)
    club.after(minutes=1)
    members.join(club.store, club.desk(), "ada", ("memory", "m2"))
    club.after(hours=1).said(COMPLAINT, "I love it, thank you so much!", **ADA)
    club.said(COMPLAINT, is_addressed=False, **ADA)
    roles.mark_helped(club.store, club.desk(), "ada", ("memory", "m3"), "told bo", None)
    assert award(club.store, club.policy, club.now) == 3
    assert (page(club).points, page(club).tier) == (12, "silver")
    assert award(club.store, club.policy, club.now) == 0


def test_points_replayed_are_equal(club: World) -> None:
    """C9: week after week, late and early, and then all of it at once."""
    joined(club)
    for week in range(12):
        club.after(days=5, hours=week).said(*[COMPLAINT] * (week % 5), **ADA)
        award(club.store, club.policy, club.now)
    roles.mark_helped(club.store, club.desk(), "ada", ("memory", "m3"), "told bo", None)
    award(club.store, club.policy, club.now)
    columns = (points.c.platform, points.c.author_id, points.c.what, points.c.amount, points.c.source, points.c.at)
    with club.store.write() as connection:
        before = set(map(tuple, connection.execute(select(*columns))))
        connection.execute(delete(points))
        replay(connection)
        assert set(map(tuple, connection.execute(select(*columns)))) == before and len(before) > 15


def test_accounts_are_linked_by_proof_from_both_sides_and_add_up(club: World) -> None:
    """Never by name: each names the other, or nothing happens."""
    joined(club)
    club.said("my other account is @ada_b, say hi", **ADA)
    other = {"author_id": "u-b", "author_handle": "ada_b"}
    club.said("hello from @ada", "hello again", **other)
    for proof in ([], [("memory", "m2")], [("memory", "m2"), ("memory", "m4")], [("memory", "m3"), ("memory", "m2")]):
        with pytest.raises(DeskError):
            members.add_account(club.store, club.desk(), "ada", "ada_b", proof)
    members.add_account(club.store, club.desk(), "ada", "ada_b", [("memory", "m2"), ("memory", "m3")])
    with pytest.raises(DeskError, match="this member already"):
        members.add_account(club.store, club.desk(), "ada", "ada_b", [("memory", "m2"), ("memory", "m3")])
    club.after(hours=1).said(COMPLAINT, **other)
    award(club.store, club.policy, club.now)
    assert page(club) == page(club, "ada_b") and page(club).accounts == ("memory:ada", "memory:u-b")


def test_a_member_is_answered_sooner_and_nobody_later(club: World) -> None:
    """The tier moves the due time of a new reply and of an edited one, and nothing else."""
    joined(club)
    club.after(hours=1).said(COMPLAINT, COMPLAINT, **ADA)
    award(club.store, club.policy, club.now)
    member_reply, other_reply = club.said(COMPLAINT, **ADA)[0], club.said(COMPLAINT, author_id="bo")[0]
    sooner, usual = club.reply(member_reply), club.reply(other_reply)
    assert sooner.due_at is not None and usual.due_at is not None and sooner.due_at < usual.due_at
    assert (sooner.kind, sooner.urgency, sooner.state) == (usual.kind, usual.urgency, usual.state)
    assert [line.author_id for line in roles.list_people(club.store, PeopleFilter(tier="silver"), club.now, CLUB)] == [
        "ada"
    ]


def test_leaving_ends_it_and_joining_again_begins_at_nothing(club: World) -> None:
    """That they joined and left stays, with the terms; points and accounts go."""
    joined(club)
    award(club.store, club.policy, club.now)
    members.leave(club.store, club.desk(), "ada")
    with club.store.read() as connection:
        assert connection.execute(select(points)).all() == connection.execute(select(account)).all() == []
        (row,) = connection.execute(select(member_table)).all()
    assert row.ended_at == club.now and row.words == JOINS and page(club) is None
    with pytest.raises(DeskError, match="ada is not a member"):
        members.leave(club.store, club.desk(), "ada")
    members.join(club.store, club.desk(), "ada", ("memory", "m1"))
    assert page(club).points == 0


def test_forgetting_a_member_leaves_nothing_that_names_them(club: World) -> None:
    """The membership ends with its last account."""
    joined(club)
    award(club.store, club.policy, club.now)
    erased = forget(club.store, club.desk(), "ada", factories.author_of).erased
    assert erased["memberships"] >= 3
    with club.store.read() as connection:
        (row,) = connection.execute(select(member_table)).all()
        assert (row.words, row.evidence_key, row.ended_at) == (None, None, club.now)
        assert connection.execute(select(points)).all() == connection.execute(select(account)).all() == []
        details = connection.execute(select(event.c.detail).where(event.c.what == "member_joined")).scalars().all()
        assert details == [None] and "ada" not in str(connection.execute(select(mention.c.author_id)).all())


def test_an_access_request_is_answered_with_everything(club: World) -> None:
    """Of all accounts of a member: words, decisions, replies, events, notes, marks, points."""
    joined(club)
    people.note(club.store, club.desk(), "ada", "likes mail")
    roles.mark_role(club.store, club.desk(), "ada", "critic", "three letters", None)
    award(club.store, club.policy, club.now)
    record = access.export_person(club.store, "ada", club.now)
    (kept,) = record.accounts
    assert kept.exchanges[0].mention.text == JOINS and kept.exchanges[0].decided is not None
    assert [note.text for note in kept.notes] == ["likes mail"] and [mark.what for mark in kept.marks] == ["critic"]
    assert record.member is not None and record.member.words == JOINS and len(record.points) == 1
    assert any(happened.what == "decided" for happened in kept.events)


def test_an_access_request_has_memberships_that_ended(club: World) -> None:
    """That they joined, by which words, and when they left."""
    joined(club)
    members.leave(club.store, club.desk(), "ada")
    record = access.export_person(club.store, "ada", club.now)
    ((ended,),) = [account.ended for account in record.accounts]
    assert record.member is None and (ended.words, ended.ended_at) == (JOINS, club.now)


@pytest.mark.parametrize(
    ("toml", "fault"),
    [
        ('[club]\njoin = ["join us"]\n', "club.toml [club] terms: contains an empty text"),
        ("[tiers.gold]\npoints = 3\n", "club.toml [club] join: is empty, but there are tiers"),
        ('[club]\njoin = ["a club"]\nterms = "t"\n[tiers.gold]\npoints = 0\n', "[tiers.gold] points: is too small"),
        ('[club]\njoin = ["a club"]\nterms = "t"\n[tiers.gold]\npoints = 3\ndue = 0.4\n', "due: is out of bounds: 0.4"),
        (
            '[club]\njoin = ["a club"]\nterms = "t"\n[tiers.gold]\npoints = 3\ndue = 1.1\n',
            "write a share from 0.5 to 1",
        ),
        ('[clubb]\njoin = ["a club"]\n', "clubb: is an unknown key; did you mean club?"),
    ],
)
def test_a_club_that_cannot_work_is_refused(tmp_path: Path, toml: str, fault: str) -> None:
    """`check` names the key; nobody is made to wait longer by a tier."""
    (tmp_path / "club.toml").write_text(toml)
    with pytest.raises(ConfigError) as refused:
        load(tmp_path)
    assert any(fault in str(problem) for problem in refused.value.problems)
