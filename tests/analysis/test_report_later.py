"""What happens to a mention afterwards changes the figures of its time only where it should (docs/report.md)."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from listener.calendar import business_time
from listener.desk import autonomy, transitions
from listener.feed_page import FeedPage, OwnPost
from listener.intake.poll import poll
from listener.model import Json
from listener.policy import TimeWindow
from listener.store import notices
from tests import factories
from tests.analysis.test_report import LATE, PRAISE, answered, measured, world
from tests.desk.world import World, preview
from tests.fakes.scripted import Scripted

__all__ = ["world"]


def edited(world: World, number: int, text: str) -> int:
    """The author edits the mention of a reply. Returns the id of its reply then."""
    mention = world.item(number).mention
    world.heard(replace(mention, text=text, created_at=world.after(minutes=5).now))
    return world.reply_to(mention.id)


def rule(metrics: Json, name: str) -> Json:
    """A rule's line."""
    return {key: value for row in metrics["rules"] if row["rule"] == name for key, value in row.items()}


def test_a_draft_keeps_its_verdict_when_the_author_edits(world: World) -> None:
    """It is held against the decision that it came from, not against the last one; so is the one that follows."""
    (first,) = world.said(PRAISE)
    transitions.reject(world.store, world.desk(), first, "sarcasm")
    second = edited(world, first, LATE)
    answered(world, second, minutes=5)
    metrics = measured(world.after(minutes=1))
    assert second != first and {row["rule"] for row in metrics["rules"]} == {"thank_you", "support"}
    assert (rule(metrics, "thank_you")["rejected"], rule(metrics, "support")["approved"]) == (1, 1)
    assert metrics["volume"]["kinds"] == {"support": 1}


def test_what_was_approved_before_an_edit_is_open_again(world: World) -> None:
    """Nobody has decided on the draft for the words that stand there now."""
    (number,) = world.said(LATE)
    world.put(number, "approved", approved_by="dana", approved_at=world.now, what="approved")
    edited(world, number, f"{LATE}, please")
    metrics = rule(measured(world.after(minutes=1)), "support")
    assert (metrics["approved"], metrics["open"], metrics["decided"]) == (0, 1, 0)


@pytest.mark.parametrize(("state", "automatic", "open_"), [("approved", 1, 0), ("failed", 0, 1), ("by_hand", 0, 1)])
def test_an_automatic_reply_that_failed_is_not_done(world: World, state: str, automatic: int, open_: int) -> None:
    """It waits for staff like any other, and is late like any other."""
    world.policy = replace(
        world.policy,
        responders=tuple(replace(config, auto="always") for config in world.policy.responders),
        quiet_hours=(),
    )
    (number,) = world.said(PRAISE)
    autonomy.approve_automatically(world.store, world.policy, preview, "memory", world.now)
    if state != "approved":
        world.put(number, state)
    metrics = measured(world.after(days=6, hours=1))  # 24 business hours: over a holiday and a weekend
    assert (rule(metrics, "thank_you")["automatic"], rule(metrics, "thank_you")["open"]) == (automatic, open_)
    assert metrics["targets"]["missed"] == open_ and metrics["response"]["waiting"] == 1


def test_a_mention_that_nothing_decided_and_staff_took_is_counted(world: World) -> None:
    """It crashed triage; a person wrote an answer all the same."""
    mention = world._mention(1, LATE, {})
    world.polled(mention)
    with world.store.write() as connection:
        connection.exec_driver_sql("UPDATE mention SET stage = 'quarantined'")
    number = transitions.escalate_mention(world.store, world.desk(), "memory", mention.id)
    transitions.edit(world.store, world.desk(), number, "Hello")
    answered(world, number, minutes=5)
    metrics = measured(world.after(minutes=1))
    assert (metrics["response"]["asked"], metrics["response"]["staff"], metrics["rules"]) == (1, 1, [])


def test_an_answer_found_on_the_platform_that_was_ours_counts_once(world: World) -> None:
    """Nobody knew whether it went out, the timeline showed a post, and a person mention: that is it."""
    (number,) = world.said(LATE)
    world.put(number, "unconfirmed", approved_by="dana", approved_at=world.now, sending_at=world.now)
    own = OwnPost(id="o1", in_reply_to="m1", text="x", created_at=world.now)
    poll(world.store, Scripted(world.clock, pages=[FeedPage({}, brand_posts=(own,))]), world.clock)
    transitions.resolve(world.store, world.desk(), number, "o1")
    metrics = measured(world.after(minutes=1))
    assert (metrics["response"]["staff"], metrics["response"]["on_platform"], metrics["first_response"]["of"]) == (
        1,
        0,
        1,
    )


def test_outages_of_one_platform_that_overlap_count_once(world: World) -> None:
    """Unreachable from ten to twelve, refused from eleven on: two hours; another platform's hour beside it is added."""
    with world.store.write() as connection:
        notices.open_notice(connection, "unreachable", "memory", "x", "y", world.now, subject="reading")
        world.after(hours=1)
        notices.open_notice(connection, "account", "memory", "x", "y", world.now, subject="reading")
        notices.open_notice(connection, "billing", "x", "x", "y", world.now, subject="reading")
        world.after(hours=1)
        for kind, name in (("unreachable", "memory"), ("account", "memory"), ("billing", "x")):
            notices.clear(connection, kind, name, world.now)
    assert measured(world.after(minutes=1))["listening"]["outage_seconds"] == 3 * 3600


NIGHTS = (TimeWindow(time(22), time(6), frozenset(range(7))),)
SMALL_HOURS = (TimeWindow(time(1, 30), time(3), frozenset(range(7))),)


@pytest.mark.parametrize(
    ("spans", "start", "end", "hours"),
    [
        (NIGHTS, "2026-12-24T12:00", "2026-12-25T00:00", 2),
        (NIGHTS, "2026-12-25T00:00", "2026-12-26T00:00", 0),  # the holiday, from midnight to midnight
        (NIGHTS, "2026-12-26T00:00", "2026-12-26T12:00", 6),
        ((TimeWindow(time(22), time(6), frozenset({4})),), "2026-11-20T00:00", "2026-11-23T00:00", 8),  # Fridays alone
        (SMALL_HOURS, "2026-03-29T00:00", "2026-03-29T12:00", 1),  # from two, when the clock has jumped over one
        ((TimeWindow(time(0), time(1, 30), frozenset(range(7))),), "2026-03-29T00:00", "2026-03-29T12:00", 1),
        ((TimeWindow(time(0), time.max, frozenset(range(7))),), "2026-03-28T12:00", "2026-03-29T23:00", 35),
        ((TimeWindow(time(0), time.max, frozenset(range(7))),), "2026-10-24T23:00", "2026-10-26T00:00", 25),
    ],
)
def test_nights_holidays_and_the_jump_of_the_clock(
    spans: tuple[TimeWindow, ...], start: str, end: str, hours: float
) -> None:
    """A holiday takes its own hours, not those of the night that begins on it; hours that do not exist are none."""
    policy = factories.policy(timezone="Europe/London", business_hours=spans, holidays=frozenset({date(2026, 12, 25)}))
    begun, ended = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (start, end))
    assert business_time(policy, begun, ended) == timedelta(hours=hours)
