"""Bounds on what goes out by itself, and the warnings before an approval."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from listener import holds
from listener.policy import Limits, Policy, TimeWindow
from listener.store import platforms
from tests import factories
from tests.desk.world import World, praise

NIGHT = TimeWindow(time(21), time(8))
WEEKEND = TimeWindow(time.min, time.max, frozenset({5, 6}))


def held(world: World, reply_id: int, **changes: Any) -> holds.Hold | None:
    """What stops a reply that would go out by itself."""
    policy: Policy = replace(factories.policy(), timezone="UTC", **changes)
    with world.store.read() as connection:
        return holds.automatic(connection, policy, world.item(reply_id), world.now)


def automatic(world: World, *ids: int) -> None:
    """These went out by themselves just now."""
    for reply_id in ids:
        world.sent(reply_id, by="policy")


@pytest.mark.parametrize(
    ("span", "zone", "now", "until"),
    [
        (NIGHT, "UTC", "2026-11-22T20:59:59", None),
        (NIGHT, "UTC", "2026-11-22T21:00:00", "2026-11-23T08:00:00"),
        (NIGHT, "UTC", "2026-11-23T07:59:59", "2026-11-23T08:00:00"),
        (NIGHT, "UTC", "2026-11-23T08:00:00", None),
        (NIGHT, "Asia/Tokyo", "2026-11-22T12:00:00", "2026-11-22T23:00:00"),
        (WEEKEND, "UTC", "2026-11-20T23:59:59", None),
        (WEEKEND, "UTC", "2026-11-21T00:00:00", "2026-11-22T00:00:00"),
        (WEEKEND, "UTC", "2026-11-23T00:00:00", None),
        (TimeWindow(time(22), time(6), frozenset({4})), "UTC", "2026-11-21T05:00:00", "2026-11-21T06:00:00"),
        (TimeWindow(time(22), time(6), frozenset({4})), "UTC", "2026-11-21T22:00:00", None),
        (TimeWindow(time(0), time(4)), "Europe/London", "2026-10-25T00:30:00", "2026-10-25T04:00:00"),  # clocks go back
    ],
)
def test_quiet_hours_end_when_the_policy_says(
    world: World, span: TimeWindow, zone: str, now: str, until: str | None
) -> None:
    """Over midnight, by weekday, in the policy's zone; both ends to the second."""
    (reply_id,) = world.said(*praise())
    world.now = datetime.fromisoformat(now).replace(tzinfo=UTC)
    policy = replace(factories.policy(), timezone=zone, quiet_hours=(span,))
    with world.store.read() as connection:
        hold = holds.automatic(connection, policy, world.item(reply_id), world.now)
    assert (None if hold is None else hold.until) == (until and datetime.fromisoformat(until).replace(tzinfo=UTC))
    assert hold is None or hold.reason == "quiet_hours"


def test_the_hours_cap_opens_when_the_oldest_leaves_the_window(world: World) -> None:
    """To the second: 59:59 holds, an hour later lets go."""
    ids = world.said(*praise(3))
    automatic(world, ids[0])
    world.after(minutes=20)
    automatic(world, ids[1])
    hold = held(world, ids[2], limits=Limits(auto_per_hour=2))
    end = world.now + timedelta(minutes=40)
    assert hold == holds.Hold("cap", "limit of 2 automatic replies per hour reached", end, platform_wide=True)
    world.after(minutes=40, seconds=1)
    assert held(world, ids[2], limits=Limits(auto_per_hour=2)) is None


def test_the_days_cap_stands_beside_the_hours(world: World) -> None:
    """A slow trickle meets it."""
    ids = world.said(*praise(3))
    for reply_id in ids[:2]:
        automatic(world, reply_id)
        world.after(hours=2)
    hold = held(world, ids[2], limits=Limits(auto_per_hour=2, auto_per_day=2))
    assert hold is not None and (hold.reason, hold.until) == ("cap", world.now + timedelta(hours=20))


def test_a_cap_of_none_lets_nothing_go(world: World) -> None:
    """Zero is a cap too."""
    (reply_id,) = world.said(*praise())
    hold = held(world, reply_id, limits=Limits(auto_per_hour=0))
    assert hold is not None and hold.reason == "cap" and hold.until is not None


def test_an_approval_does_not_count_against_itself(world: World) -> None:
    """At sending the reply is among those that were approved."""
    ids = world.said(*praise(2))
    for reply_id in ids:
        world.put(reply_id, "approved", approved_by="policy", approved_at=world.now)
    assert held(world, ids[0], limits=Limits(auto_per_hour=2)) is None
    assert held(world, ids[0], limits=Limits(auto_per_hour=1)) is not None


def test_replies_that_a_person_approved_use_up_no_cap(world: World) -> None:
    """Caps bound what goes out by itself."""
    ids = world.said(*praise(3))
    world.sent(ids[0])
    world.sent(ids[1])
    assert held(world, ids[2], limits=Limits(auto_per_hour=1)) is None


@pytest.mark.parametrize("state", ["approved", "sending", "unconfirmed", "sent"])
def test_a_conversation_gets_one_automatic_reply_however_it_stands(world: World, state: str) -> None:
    """Without an end: the second goes back to staff."""
    first, second = world.said(*praise(2), conversation_id="c")
    world.put(first, state, approved_by="policy", approved_at=world.now, sent_at=world.now)
    assert held(world, second) == holds.Hold("one_per_conversation", "this conversation already had an automatic reply")
    assert held(world, first) is None


def test_a_pause_holds_its_platform_or_all(world: World) -> None:
    """Until its end, with who and why."""
    with world.store.write() as connection:
        platforms.set_pause(connection, "x", world.now, None, "outage", "dana")
    with world.store.read() as connection:
        assert holds.paused(connection, "memory", world.now) is None
        assert holds.paused(connection, "x", world.now) == holds.Hold(
            "paused", "sending is paused by dana: outage", platform_wide=True
        )
    end = world.now + timedelta(hours=1)
    with world.store.write() as connection:
        platforms.set_pause(connection, "*", world.now, end, None, "bo")
    with world.store.read() as connection:
        assert holds.paused(connection, "memory", world.now) == holds.Hold(
            "paused", "sending is paused by bo", end, platform_wide=True
        )
        assert holds.paused(connection, "memory", end) is None


def warned(world: World, reply_id: int) -> list[str]:
    """The warnings at a reply."""
    item = world.item(reply_id)
    with world.store.read() as connection:
        return [
            warning.message
            for warning in holds.warnings(holds.load_warning_context(connection, [item], world.now), item)
        ]


def test_a_text_that_went_out_today_is_a_duplicate_of_no_older_one(world: World) -> None:
    """Platforms compare within a day; what is sent is no duplicate of itself."""
    first, second = world.said(*praise(2))
    for reply_id in (first, second):
        world.put(reply_id, "drafted", text="Thank you!")
    world.sent(first)
    assert warned(world, second) == ["this text was sent or approved once today"]
    assert warned(world, first) == []
    world.after(days=1)
    assert warned(world, second) == []


def test_the_warning_sees_what_is_approved_and_not_sent_yet(world: World) -> None:
    """One command may approve the same text to many; what is approved is no duplicate of itself."""
    first, second = world.said(*praise(2))
    for reply_id in (first, second):
        world.put(reply_id, "drafted", text="Thank you!")
    assert warned(world, second) == []
    world.put(first, "approved", text="Thank you!")
    assert (warned(world, first), warned(world, second)) == ([], ["this text was sent or approved once today"])


def test_a_paused_platform_is_told_before_the_approval(world: World) -> None:
    """The approval is kept, and goes later."""
    (reply_id,) = world.said(*praise())
    with world.store.write() as connection:
        platforms.set_pause(connection, "*", world.now, None, None, "bo")
    assert warned(world, reply_id) == ["sending is paused by bo"]
