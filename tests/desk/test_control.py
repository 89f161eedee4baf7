"""The operator's hand: pause, resume, notices, and what was set aside."""

from dataclasses import replace
from datetime import timedelta

import pytest

from listener.desk import control
from listener.desk.control import ResumeResult
from listener.desk.state_words import PHRASES
from listener.errors import DeskError
from listener.feed_page import Gap, QuarantinedItem
from listener.store import mentions, notices, platforms, states
from tests.desk.world import World


def opened(world: World) -> list[tuple[str, str]]:
    """The open notices as (kind, platform)."""
    with world.store.read() as connection:
        return [(one.kind, one.platform) for one in notices.list_open(connection)]


def test_a_pause_stands_until_it_is_lifted_and_opens_a_notice(world: World) -> None:
    """`status` and `once` exit with 3 meanwhile."""
    world.said("going to the shop")
    found = control.pause(world.store, world.desk(), "memory", None, "outage")
    assert (found.paused, found.until, found.by) == (("memory",), None, "dana")
    assert opened(world) == [("paused", "memory")]
    assert control.resume(world.store, world.desk(), None) == ResumeResult(1, ())
    assert opened(world) == []


def test_a_pause_with_an_end_ends_by_itself(world: World) -> None:
    """At the very second."""
    world.said("going to the shop")
    control.pause(world.store, world.desk(), None, timedelta(hours=2), None)
    with world.store.read() as connection:
        assert platforms.list_pauses(connection, world.after(hours=1, minutes=59).now)
        assert not platforms.list_pauses(connection, world.after(minutes=1).now)


def test_resuming_one_platform_tells_that_all_are_paused(world: World) -> None:
    """The other pause stands."""
    world.said("going to the shop")
    control.pause(world.store, world.desk(), None, None, None)
    assert control.resume(world.store, world.desk(), "memory") == ResumeResult(0, ("*",))
    assert opened(world) == [("paused", "*")]


def test_a_platform_that_is_not_on_cannot_be_paused(world: World) -> None:
    """A slip of the pen must not look like a pause."""
    world.said("going to the shop")
    with pytest.raises(DeskError, match="no platform 'memry' is on; choose one of: memory"):
        control.pause(world.store, world.desk(), "memry", None, None)


def test_anybody_may_pause_but_only_staff_resume(world: World) -> None:
    """Silence is safe."""
    world.said("going to the shop")
    stranger = world.desk("zed", replace(world.policy, staff=("dana",)))
    control.pause(world.store, stranger, None, None, None)
    with pytest.raises(DeskError, match="not on the staff list"):
        control.resume(world.store, stranger, None)


def test_a_gap_is_cleared_by_hand_and_nothing_else_is(world: World) -> None:
    """The others clear when their cause ends."""
    with world.store.write() as connection:
        notices.record_gap(connection, "x", Gap("mentions", "1", "9", "800 were too many"), world.now)
        notices.open_notice(connection, "account", "x", "suspended", "write to X", world.now)
    control.clear(world.store, world.desk(), 1)
    with pytest.raises(DeskError, match="clears when its cause ends"):
        control.clear(world.store, world.desk(), 2)
    with pytest.raises(DeskError, match="no open notice 1"):
        control.clear(world.store, world.desk(), 1)
    assert opened(world) == [("account", "x")]


def quarantined(world: World, stage: str, text: str = "going to the shop") -> None:
    """The first mention, set aside as item 1."""
    world.said(text)
    with world.store.write() as connection:
        mentions.set_stage(connection, [1], "quarantined")
        notices.quarantine(connection, "memory", stage, [QuarantinedItem("m1", "raw", "boom")], world.now)


def test_what_crashed_triage_is_put_back_and_decided(world: World) -> None:
    """And lies aside no longer."""
    quarantined(world, "route")
    assert control.requeue(world.store, world.desk(), 1).mention_id == "m1"
    world.route()
    with world.store.read() as connection:
        assert notices.quarantined_items(connection) == []
        assert mentions.undecided_mentions(connection, 10) == {}


def test_what_could_not_be_read_is_mended_at_its_source(world: World) -> None:
    """There is nothing to put back."""
    quarantined(world, "poll")
    with pytest.raises(DeskError, match="could not be read when it came in"):
        control.requeue(world.store, world.desk(), 1)


@pytest.mark.parametrize("state", states.DECIDED_AGAIN)
def test_a_reply_that_waits_follows_what_is_put_back(world: World, state: str) -> None:
    """The same reply, for a person now; the decision stops for no state of it."""
    quarantined(world, "route", "you will hear from my lawyer")
    reply_id = world.reply_to("m1")
    world.put(reply_id, state)
    control.requeue(world.store, world.desk(), 1)
    world.route()
    assert (world.reply_to("m1"), world.reply(reply_id).state) == (reply_id, "escalated")


def test_a_reply_that_follows_an_unedited_mention_does_not_say_that_it_was_edited(world: World) -> None:
    """It crashed, and nobody changed a word."""
    quarantined(world, "route", "you will hear from my lawyer")
    control.requeue(world.store, world.desk(), 1)
    world.route()
    (event,) = [event for event in world.events(world.reply_to("m1")) if event.what == "decided_again"]
    assert event.detail and "decided again" in event.detail["message"] and "edited" not in event.detail["message"]


@pytest.mark.parametrize("state", states.UNDER_WAY)
def test_what_is_being_answered_is_not_put_back(world: World, state: str) -> None:
    """Its reply could not follow the decision."""
    quarantined(world, "route", "you will hear from my lawyer")
    world.put(world.reply_to("m1"), state)
    with pytest.raises(DeskError, match=f"reply 1 to it {PHRASES[state]}"):
        control.requeue(world.store, world.desk(), 1)


def test_nothing_lies_aside_under_that_id(world: World) -> None:
    """One line."""
    with pytest.raises(DeskError, match="there is no quarantined item 5"):
        control.requeue(world.store, world.desk(), 5)
