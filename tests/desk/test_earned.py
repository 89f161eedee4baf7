"""Autonomy that is earned: the record of staff's decisions, the share that still goes to them, and its end."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from listener.desk import autonomy, marks, transitions
from listener.desk.approve import Target, approve
from listener.desk.autonomy_views import AutonomyEnd, Progress
from listener.errors import DeskError
from listener.model import Mention, Preview
from listener.policy import Autonomy, Holds, Limits, Policy
from listener.store import draft_reviews, notices
from listener.upkeep.expire import expire
from tests import factories
from tests.desk.world import World, praise, preview

KIND = "thank_you"


def earning(record: int = 3, changes: int = 1, sample: float = 0.0, **changed: Any) -> Policy:
    """A policy in which thank-yous may earn it, by a record that a test can write."""
    told = factories.policy(autonomy=Autonomy(record, changes, sample), quiet_hours=(), timezone="UTC", **changed)
    return replace(told, responders=tuple(replace(one, auto="earned") for one in told.responders))


def approved(world: World, number: int) -> list[int]:
    """So many drafts come in, and staff approve each as it is."""
    ids = world.said(*praise(number))
    assert all(one.ok for one in approve(world.store, world.desk(), [Target(one) for one in ids]))
    return ids


def rejected(world: World) -> int:
    """A draft comes in, and staff reject it."""
    (reply_id,) = world.said(*praise())
    transitions.reject(world.store, world.desk(), reply_id, "not meant for us")
    return reply_id


def go(world: World, policy: Policy) -> None:
    """One round."""
    autonomy.approve_automatically(world.store, policy, preview, "memory", world.now)


def goes(world: World, policy: Policy) -> bool:
    """Does a new draft go out by itself?"""
    (reply_id,) = world.said(*praise())
    go(world, policy)
    return world.reply(reply_id).state == "approved"


def progress(world: World, policy: Policy) -> Progress:
    """What `earshot status` says of it."""
    with world.store.read() as connection:
        return autonomy.progress(connection, policy, KIND)


def counted(world: World) -> tuple[int, int]:
    """The record: decisions, and those that left the draft as it was."""
    with world.store.read() as connection:
        return draft_reviews.count_reviews(connection, KIND, 500)


def noticed(world: World) -> list[tuple[str, str, str]]:
    """The open notices."""
    with world.store.read() as connection:
        return [(one.kind, one.subject, one.do) for one in notices.list_open(connection)]


def test_a_kind_goes_out_by_itself_when_its_record_is_long_enough(world: World) -> None:
    """Two of three decisions: not yet; the third: from then on."""
    policy = earning(record=3)
    approved(world, 2)
    assert not goes(world, policy) and progress(world, policy).earned is False
    approved(world, 1)
    assert goes(world, policy)
    assert progress(world, policy) == Progress(
        auto="earned", reviewed=3, approved_unchanged=3, earned=True, needs=3, ended=None
    )


@pytest.mark.parametrize(("changes", "lets"), [(0, False), (1, False), (2, True)])
def test_so_many_rejections_may_stand_in_the_record_and_no_more(world: World, changes: int, lets: bool) -> None:
    """Two of five; before a kind goes by itself they only count."""
    for _ in range(2):
        rejected(world)
    approved(world, 3)
    assert goes(world, earning(record=5, changes=changes)) is lets
    assert counted(world) == (5, 3)


def test_old_mistakes_leave_the_record(world: World) -> None:
    """The last decisions count, not all."""
    rejected(world)
    approved(world, 3)
    assert goes(world, earning(record=3, changes=0))
    assert counted(world) == (4, 3)


def test_a_share_still_goes_to_staff_and_it_is_always_the_same(world: World) -> None:
    """Drawn from the mention's id: 5 of 100, whoever asks and whenever."""
    policy = earning(sample=0.05)
    (reply_id,) = world.said(*praise())
    item = world.item(reply_id)
    ids = [f"post-{number}" for number in range(4_000)]

    def drawn_of(names: list[str]) -> list[str]:
        return [one for one in names if autonomy.sampled(policy, replace(item, mention=replace(item.mention, id=one)))]

    drawn = drawn_of(ids)
    assert drawn == drawn_of(ids)
    assert 0.04 < len(drawn) / len(ids) < 0.06
    world.heard(replace(item.mention, id=drawn[0], interaction_id=drawn[0], conversation_id=drawn[0]))
    approved(world, 3)
    go(world, policy)
    assert world.reply(world.reply_to(drawn[0])).state == "drafted"


def test_with_auto_always_nobody_is_asked(world: World) -> None:
    """No record, no share."""
    told = earning(sample=1.0)
    policy = replace(told, responders=tuple(replace(one, auto="always") for one in told.responders))
    assert goes(world, policy)


def test_one_rejection_ends_it_at_once_and_takes_back_what_has_not_gone(world: World) -> None:
    """The record would allow it; a notice says what to do; a person switches it on again."""
    policy = earning(record=3, changes=2)
    approved(world, 5)
    assert goes(world, policy)
    waiting = world.said(*praise())[0]
    go(world, policy)
    assert world.reply(waiting).state == "approved"
    bad = rejected(world)
    assert world.reply(waiting).state == "drafted" and world.reply(waiting).approved_by is None
    assert world.events(waiting)[-1].what == "returned_to_staff"
    assert not goes(world, policy)
    said = progress(world, policy)
    assert said.earned is False and said.reviewed - said.approved_unchanged == 1
    assert said.ended == AutonomyEnd(world.now, "dana", f"dana rejected reply {bad}")
    ((kind, subject, do),) = noticed(world)
    assert (kind, subject) == ("autonomy", KIND) and "`earshot resume --kind thank_you`" in do


def test_a_person_lets_it_go_again(world: World) -> None:
    """With the rejection still in the record; only who is on the staff list, and only what was stopped."""
    policy = earning(record=3, changes=2)
    approved(world, 3)
    assert goes(world, policy)
    rejected(world)
    with pytest.raises(DeskError, match="not on the staff list"):
        autonomy.resume_kind(world.store, world.desk(policy=replace(policy, staff=("bo",))), KIND)
    found = autonomy.resume_kind(world.store, world.desk(policy=policy), KIND)
    assert (found.resumed, found.earned) == (True, True) and noticed(world) == []
    assert goes(world, policy)
    with pytest.raises(DeskError, match="was not stopped"):
        autonomy.resume_kind(world.store, world.desk(), KIND)


def test_resumed_it_still_needs_its_record(world: World) -> None:
    """A person's word replaces no decisions."""
    policy = earning(record=3, changes=0)
    approved(world, 3)
    assert goes(world, policy)
    rejected(world)
    autonomy.resume_kind(world.store, world.desk(), KIND)
    assert not goes(world, policy)


def test_what_a_colleague_ended_just_now_does_not_go(world: World) -> None:
    """The round had read its drafts before; each is asked again in its own transaction."""
    policy = earning()
    approved(world, 3)
    assert goes(world, policy)
    (reply_id,) = world.said(*praise())
    seen = world.item(reply_id)
    rejected(world)
    assert autonomy._approve(world.store, policy, preview, seen, world.now) is None
    assert world.reply(reply_id).state == "drafted"


def test_what_is_a_decision(world: World) -> None:
    """Approved, rejected, escalated, changed; each reply once, by its last word."""
    approved(world, 2)
    one, two, three = world.said(*praise(3))
    transitions.escalate(world.store, world.desk(), one)
    transitions.edit(world.store, world.desk(), two, "Something else")
    assert counted(world) == (4, 2)
    approve(world.store, world.desk(), [Target(three)])
    transitions.edit(world.store, world.desk(), three, "Something else")
    assert counted(world) == (5, 2)
    approve(world.store, world.desk(), [Target(two), Target(three)])
    assert counted(world) == (5, 2)


def test_what_is_no_decision(world: World) -> None:
    """Handled elsewhere, expired, undone; a draft outside its band; what went by itself."""
    one, two, three, four = world.said(*praise(4))
    transitions.close(world.store, world.desk(), one, "settled on the phone")
    approve(world.store, world.desk(), [Target(two)])
    transitions.undo(world.store, world.desk(), two)
    world.put(three, "drafted", auto=False)
    approve(world.store, world.desk(), [Target(three)])
    world.after(days=30)
    expire(world.store, world.policy, world.now)
    assert world.reply(four).closed_as == "expired"
    world.said("My order arrived broken")
    assert counted(world) == (0, 0)


def test_an_approval_of_other_words_is_no_decision(world: World) -> None:
    """The author edits the mention: the approval is taken back, and nobody has decided."""
    (number,) = world.said(*praise())
    approve(world.store, world.desk(), [Target(number)])
    assert counted(world) == (1, 1)
    said = world.item(number).mention
    world.heard(replace(said, text=f"{said.text} Really!", created_at=world.after(minutes=1).now))
    assert (world.reply(number).state, counted(world)) == ("drafted", (0, 0))


def test_an_edit_that_alters_nothing_is_no_change(world: World) -> None:
    """Opened in an editor and saved, with the platform's own prefix in front: the draft is still the program's."""
    (reply_id,) = world.said(*praise())
    drafted = world.reply(reply_id).text or ""
    transitions.edit(world.store, world.desk(), reply_id, f"@user1 {drafted}\n")
    assert world.reply(reply_id).auto and world.reply(reply_id).variant and counted(world) == (0, 0)
    approve(world.store, world.desk(), [Target(reply_id)])
    assert counted(world) == (1, 1)


@pytest.mark.parametrize("do", ["edit", "escalate", "reject"])
def test_taking_back_what_went_by_itself_ends_it_too(world: World, do: str) -> None:
    """Staff saw it in the undo window and did not like it."""
    policy = earning()
    approved(world, 3)
    (reply_id,) = world.said(*praise())
    go(world, policy)
    assert world.reply(reply_id).approved_by == "policy"
    {
        "edit": lambda: transitions.edit(world.store, world.desk(), reply_id, "Something else"),
        "escalate": lambda: transitions.escalate(world.store, world.desk(), reply_id),
        "reject": lambda: transitions.reject(world.store, world.desk(), reply_id, "no"),
    }[do]()
    assert progress(world, policy).ended is not None


def test_a_longer_record_in_the_policy_is_waited_for(world: World) -> None:
    """The same past, a stricter policy: nothing goes until it is met, and nothing has ended."""
    approved(world, 3)
    assert goes(world, earning(record=3))
    assert not goes(world, earning(record=4)) and progress(world, earning(record=4)).ended is None


def test_beginning_and_end_stand_in_the_log(world: World) -> None:
    """Once each, however many rounds there are."""
    policy = earning()
    approved(world, 3)
    for _ in range(3):
        assert goes(world, policy)
        world.now += timedelta(minutes=1)
    rejected(world)
    rejected(world)
    with world.store.read() as connection:
        query = text("SELECT what FROM event WHERE what LIKE 'autonomy%' ORDER BY id")
        told = list(connection.execute(query).scalars())
    assert told == ["autonomy_began", "autonomy_ended"]


@pytest.mark.parametrize("head_start", [0, 5, 15])
def test_a_rejection_in_the_middle_of_a_round_leaves_nothing_approved(world: World, head_start: int) -> None:
    """Two threads on one database: whatever went before the rejection comes back, nothing goes after it."""
    policy = earning(
        record=3, changes=2, limits=Limits(auto_per_hour=1_000, auto_per_day=1_000), holds=Holds(max_similar_per_day=0)
    )
    approved(world, 3)
    ids = world.said(*praise(25))
    begun, last = threading.Event(), ids.pop()

    def shown(text: str, mention: Mention) -> Preview:
        if mention.id == world.item(ids[head_start]).mention.id:
            begun.set()
        return preview(text, mention)

    marks.claim(world.store, world.desk(), last)
    sending = threading.Thread(
        target=autonomy.approve_automatically, args=(world.store, policy, shown, "memory", world.now)
    )
    sending.start()
    assert begun.wait(30)
    transitions.reject(world.store, world.desk(), last, "no")
    sending.join(30)
    assert {world.reply(one).state for one in ids} == {"drafted"}
    assert progress(world, policy).ended is not None
