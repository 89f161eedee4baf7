"""Claim, assignee and snooze: columns, not states."""

from dataclasses import replace
from datetime import timedelta

import pytest

from listener.desk import marks, queue
from listener.desk.forget import forget
from listener.desk.queue import QueueFilter, listing, single
from listener.errors import DeskError
from tests import factories
from tests.desk.world import World, praise


def test_a_claim_is_renewed_by_its_owner_and_refused_to_others(world: World) -> None:
    """A lease, with an end."""
    (reply_id,) = world.said(*praise())
    marks.claim(world.store, world.desk("bo"), reply_id)
    with pytest.raises(DeskError, match="claimed by bo until 12:15"):
        marks.claim(world.store, world.desk(), reply_id)
    world.after(minutes=10)
    marks.claim(world.store, world.desk("bo"), reply_id)
    assert world.reply(reply_id).claimed_until == world.now + timedelta(minutes=15)


def test_a_claim_that_ended_is_free_and_no_longer_shown(world: World) -> None:
    """Upkeep takes it out of the row later; nobody sees it till then."""
    (reply_id,) = world.said(*praise())
    marks.claim(world.store, world.desk("bo"), reply_id)
    assert single(world.store, world.view(), reply_id).claimed_by == "bo"
    world.after(minutes=15)
    assert single(world.store, world.view(), reply_id).claimed_by is None
    marks.claim(world.store, world.desk(), reply_id)
    assert world.reply(reply_id).claimed_by == "dana"


def test_only_the_owner_releases_a_claim(world: World) -> None:
    """Others wait, or ask."""
    (reply_id,) = world.said(*praise())
    marks.claim(world.store, world.desk("bo"), reply_id)
    with pytest.raises(DeskError, match="claimed by bo"):
        marks.release(world.store, world.desk(), reply_id)
    marks.release(world.store, world.desk("bo"), reply_id)
    assert world.reply(reply_id).claimed_by is None


def test_a_reply_that_nobody_claims_cannot_be_released(world: World) -> None:
    """Neither before a claim nor after its end; no event is left."""
    (reply_id,) = world.said(*praise())
    for _ in range(2):
        before = world.events(reply_id)
        with pytest.raises(DeskError, match=f"reply {reply_id} was not claimed; nothing was changed"):
            marks.release(world.store, world.desk(), reply_id)
        assert world.events(reply_id) == before
        marks.claim(world.store, world.desk(), reply_id)
        world.after(minutes=15)


def test_assigning_takes_a_name_of_the_staff_list(world: World) -> None:
    """Any name without a list; never an empty one."""
    (reply_id,) = world.said(*praise())
    listed = world.desk(policy=replace(world.policy, staff=("dana", "bo")))
    with pytest.raises(DeskError, match="zed is not on the staff list"):
        marks.assign(world.store, listed, reply_id, "zed")
    with pytest.raises(DeskError, match="the name is empty"):
        marks.assign(world.store, world.desk(), reply_id, " ")
    marks.assign(world.store, listed, reply_id, "bo")
    assert world.reply(reply_id).assigned_to == "bo"


def test_without_a_staff_list_a_name_that_is_new_has_to_be_meant(world: World) -> None:
    """A misspelled colleague would never see the reply."""
    first, second = world.said(*praise(2))
    with pytest.raises(DeskError, match=r"nobody named bo has acted here yet \(known: dana\); add --new"):
        marks.assign(world.store, world.desk(), first, "bo")
    marks.assign(world.store, world.desk(), first, "bo", is_new=True)
    marks.assign(world.store, world.desk(), second, "bo")
    marks.claim(world.store, world.desk("eve"), second)
    assert marks.list_colleagues(world.store, world.desk("cy")) == ("bo", "dana", "eve", "cy")
    with pytest.raises(DeskError, match=r"did you mean dana\?"):
        marks.assign(world.store, world.desk(), first, "Dana")


def test_a_note_about_a_reply_is_seen_with_it_and_erased_with_its_mention(world: World) -> None:
    """Whoever takes the reply reads why it waits, also while somebody has claimed it."""
    first, second = world.said(*praise(2))
    marks.claim(world.store, world.desk("bo"), first)
    marks.note(world.store, world.desk(), first, " waits for the warehouse ")
    shown = {view.id: view.notes for view in listing(world.store, world.view(), QueueFilter())[0]}
    assert [(note.by, note.text) for note in shown[first]] == [("dana", "waits for the warehouse")]
    assert shown[second] == ()
    with pytest.raises(DeskError, match="the note is empty"):
        marks.note(world.store, world.desk(), first, " ")
    forget(world.store, world.desk(), "memory:u1", factories.author_of)
    assert single(world.store, world.view(), first).notes == ()


def test_a_snoozed_reply_is_out_of_sight_until_it_wakes(world: World) -> None:
    """The default queue leaves it out, naming its state shows it, and it comes back by itself."""
    first, second = world.said(*praise(2))
    marks.snooze(world.store, world.desk(), first, timedelta(hours=2))

    def shown(states: tuple[str, ...] | None = None) -> list[int]:
        return [one.reply_id for one in listing(world.store, world.view(), QueueFilter(states))[0]]

    assert shown() == [second]
    assert shown(("drafted",)) == [first, second]
    assert listing(world.store, world.view(), QueueFilter())[1].snoozed == 1
    world.after(hours=2)
    assert shown() == [first, second]
    assert single(world.store, world.view(), first).snoozed_until is None


def test_what_is_approved_cannot_be_snoozed(world: World) -> None:
    """It would go out all the same."""
    (reply_id,) = world.said(*praise())
    world.put(reply_id, "approved")
    with pytest.raises(DeskError, match="is approved"):
        marks.snooze(world.store, world.desk(), reply_id, timedelta(hours=2))


def test_who_leaves_gives_back_only_their_own_lease(world: World) -> None:
    """In passing: nothing is wrong when it is somebody else's, or over."""
    (reply_id,) = world.said(*praise())
    marks.claim_quietly(world.store, world.desk("bo"), reply_id)
    marks.release_quietly(world.store, world.desk(), reply_id)
    assert world.reply(reply_id).claimed_by == "bo"
    marks.release_quietly(world.store, world.desk("bo"), reply_id)
    marks.release_quietly(world.store, world.desk("bo"), reply_id)
    assert world.reply(reply_id).claimed_by is None


def test_only_an_explicit_claim_is_logged(world: World) -> None:
    """Looking at a reply claims it, and leaves no event; what others see of it changes all the same."""
    (reply_id,) = world.said(*praise())
    before, stamp = len(world.events(reply_id)), queue.stamp(world.store)
    marks.claim_quietly(world.store, world.desk("bo"), reply_id)
    assert single(world.store, world.view(), reply_id).claimed_by == "bo" and queue.stamp(world.store) != stamp
    with pytest.raises(DeskError, match="claimed by bo"):
        marks.claim_quietly(world.store, world.desk(), reply_id)
    marks.release_quietly(world.store, world.desk("bo"), reply_id)
    assert len(world.events(reply_id)) == before and queue.stamp(world.store) == stamp
    marks.claim(world.store, world.desk("bo"), reply_id)
    marks.release(world.store, world.desk("bo"), reply_id)
    assert [event.what for event in world.events(reply_id)[before:]] == ["claimed", "released"]
