"""What goes out without a person: never with less care than a person's approval."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from listener.desk import autonomy, control, marks, transitions
from listener.desk.approve import Target, approve
from listener.policy import Auto, Limits, Policy, TimeWindow
from listener.store import events, mentions, people
from tests import factories
from tests.desk.world import World, praise, preview


def trusting(auto: Auto = "always", **changes: Any) -> Policy:
    """A policy that lets every kind go out by itself."""
    told = factories.policy()
    return replace(told, responders=tuple(replace(one, auto=auto) for one in told.responders), **changes)


def go(world: World, policy: Policy | None = None) -> Counter[str]:
    """One round."""
    return autonomy.approve_automatically(world.store, policy or trusting(), preview, "memory", world.now)


def states(world: World, ids: list[int]) -> list[str]:
    """How these replies stand."""
    return [world.reply(one).state for one in ids]


def test_a_draft_inside_its_band_goes_by_itself_with_its_words_kept(world: World) -> None:
    """approved_by is "policy", and the approval is marked as automatic."""
    (reply_id,) = world.said(*praise())
    assert go(world) == Counter()
    reply = world.reply(reply_id)
    with world.store.read() as connection:
        (kept,) = events.approvals(connection, world.reply(reply_id))
    assert (reply.state, reply.approved_by, kept.automatic) == ("approved", "policy", True)
    assert kept.text == f"@user1 {reply.text}"


@pytest.mark.parametrize("auto", ["never", "earned"])
def test_nothing_goes_by_itself_unless_the_policy_lets_it(world: World, auto: Auto) -> None:
    """`earned` behaves as `never` without a record."""
    ids = world.said(*praise())
    assert go(world, trusting(auto)) == Counter() and states(world, ids) == ["drafted"]


def test_what_a_colleague_has_is_left_alone(world: World) -> None:
    """A live claim, an assignee or a snooze."""
    ids = world.said(*praise(4))
    marks.claim(world.store, world.desk(), ids[0])
    marks.assign(world.store, world.desk(), ids[1], "bo", is_new=True)
    marks.snooze(world.store, world.desk(), ids[2], timedelta(hours=1))
    go(world)
    assert states(world, ids) == ["drafted", "drafted", "drafted", "approved"]


def test_a_draft_outside_its_band_waits_for_a_person(world: World) -> None:
    """As does one whose mention was edited, or that takes no reply."""
    ids = world.said(*praise(3))
    world.put(ids[0], "drafted", auto=False)
    with world.store.write() as connection:
        mention = world.item(ids[1]).mention
        mentions.record_edit(connection, world.item(ids[1]).key, mention, world.now, again=False)
    ids += world.said(*praise(), can_reply=False)
    go(world)
    assert states(world, ids) == ["drafted", "drafted", "approved", "drafted"]


def test_an_unfit_text_and_an_opted_out_author_wait_for_a_person(world: World) -> None:
    """The same looks as at a person's approval."""
    ids = world.said(*praise(3))
    world.put(ids[0], "drafted", text="See http://evil.test")
    with world.store.write() as connection:
        people.opt_out(connection, ("memory", "u2"), "author", None, world.now)
    go(world)
    assert states(world, ids) == ["drafted", "drafted", "approved"]


def test_the_cap_lets_so_many_go_and_counts_the_rest_as_held(world: World) -> None:
    """An hour later the next ones go."""
    ids = world.said(*praise(5))
    told = trusting(limits=Limits(auto_per_hour=2))
    assert go(world, told) == Counter(cap=3)
    assert states(world, ids).count("approved") == 2
    world.after(hours=1, seconds=1)
    assert go(world, told) == Counter(cap=1)
    assert states(world, ids).count("approved") == 4


def test_one_conversation_gets_one_automatic_reply(world: World) -> None:
    """And holds up no other conversation."""
    ids = world.said(*praise(2), conversation_id="c")
    ids += world.said(*praise())
    assert go(world) == Counter(one_per_conversation=1)
    assert states(world, ids) == ["approved", "drafted", "approved"]


def test_quiet_hours_and_a_pause_hold_everything(world: World) -> None:
    """Each draft counts under the reason."""
    ids = world.said(*praise(3))
    night = trusting(quiet_hours=(TimeWindow(time(21), time(8)),), timezone="UTC")
    world.now = datetime(2026, 11, 22, 23, tzinfo=UTC)
    assert go(world, night) == Counter(quiet_hours=3)
    world.now = datetime(2026, 11, 23, 8, tzinfo=UTC)
    control.pause(world.store, world.desk(), None, None, None)
    assert go(world, night) == Counter(paused=3)
    control.resume(world.store, world.desk(), None)
    assert go(world, night) == Counter() and set(states(world, ids)) == {"approved"}


def test_what_went_by_itself_and_was_taken_back_waits_for_a_person(world: World) -> None:
    """Undone by a colleague, it must not go out again five seconds later."""
    (reply_id,) = world.said(*praise())
    go(world)
    transitions.undo(world.store, world.desk(), reply_id)
    go(world)
    assert world.reply(reply_id).state == "drafted"


@pytest.mark.parametrize("back", [transitions.undo, transitions.retry])
def test_what_a_person_approved_and_took_back_does_not_go_by_itself(world: World, back: Callable[..., None]) -> None:
    """Nor what failed and is tried again: whoever did that wants to look at it."""
    (reply_id,) = world.said(*praise())
    assert approve(world.store, world.desk(), [Target(reply_id)])[0].ok
    if back is transitions.retry:
        world.put(reply_id, "failed", error="no")
    back(world.store, world.desk(), reply_id)
    go(world)
    assert (world.reply(reply_id).state, world.reply(reply_id).approved_by) == ("drafted", None)
