"""What may not be reopened, and what a reopened reply leaves in due times, reviews and retention."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from listener.desk import people, transitions
from listener.desk.approve import Target, approve
from listener.errors import DeskError
from listener.store import mentions
from listener.store.tables import draft_review
from listener.upkeep.expire import expire
from tests.desk.world import World, praise

INJURY = "@fernhill your charger exploded and hurt my hand"


def reviews(world: World, reply_id: int) -> list[str]:
    """What the record of staff's reviews says of a reply."""
    with world.store.read() as connection:
        return list(
            connection.execute(select(draft_review.c.what).where(draft_review.c.reply_id == reply_id)).scalars()
        )


def test_what_a_person_answered_on_the_platform_is_not_reopened(world: World) -> None:
    """It would be answered twice."""
    (reply_id,) = world.said(*praise())
    transitions.reject(world.store, world.desk(), reply_id, "no")
    with world.store.write() as connection:
        mentions.record_remote_answer(connection, world.item(reply_id).key, "own-1")
    with pytest.raises(DeskError, match=r"was answered on the platform \(post own-1\)"):
        transitions.reopen(world.store, world.desk(), reply_id)


def test_nothing_is_reopened_for_who_opted_out(world: World) -> None:
    """Nobody could approve it."""
    (reply_id,) = world.said(*praise(), author_id="u1", author_handle="ada")
    transitions.reject(world.store, world.desk(), reply_id, "no")
    people.opt_out(world.store, world.desk(), "ada", "asked on the phone")
    with pytest.raises(DeskError, match="opted out of replies"):
        transitions.reopen(world.store, world.desk(), reply_id)


def test_an_urgent_mention_that_staff_escalate_again_is_due_around_the_clock(world: World) -> None:
    """Danger does not wait for business hours, whoever calls it in."""
    (reply_id,) = world.said(INJURY)
    first = world.reply(reply_id)
    transitions.close(world.store, world.desk(), reply_id, "called her")
    second = world.reply(transitions.escalate_mention(world.store, world.desk(), "memory", "m1"))
    assert (second.urgency, second.due_at) == (first.urgency, first.due_at) == (2, world.now + timedelta(minutes=15))


def test_a_reopened_draft_does_not_expire_at_once(world: World) -> None:
    """It counts from when a person opened it again."""
    (reply_id,) = world.said(*praise())
    world.after(days=6, hours=23)
    transitions.reject(world.store, world.desk(), reply_id, "no")
    transitions.reopen(world.store, world.desk(), reply_id)
    world.after(hours=2)
    assert expire(world.store, world.policy, world.now) == 0 and world.reply(reply_id).state == "drafted"
    world.after(days=7)
    assert expire(world.store, world.policy, world.now) == 1


def test_a_rejection_that_was_taken_back_leaves_no_review(world: World) -> None:
    """Approved after all, it counts as approved."""
    (reply_id,) = world.said(*praise())
    transitions.reject(world.store, world.desk(), reply_id, "no")
    assert reviews(world, reply_id) == ["rejected"]
    transitions.reopen(world.store, world.desk(), reply_id)
    assert reviews(world, reply_id) == []
    approve(world.store, world.desk(), [Target(reply_id)])
    assert reviews(world, reply_id) == ["approved"]


def test_a_reopened_draft_that_staff_had_edited_counts_as_edited(world: World) -> None:
    """What goes out is theirs, not ours."""
    (reply_id,) = world.said(*praise())
    transitions.edit(world.store, world.desk(), reply_id, "Hello!")
    transitions.reject(world.store, world.desk(), reply_id, "no")
    transitions.reopen(world.store, world.desk(), reply_id)
    assert reviews(world, reply_id) == ["edited"]
