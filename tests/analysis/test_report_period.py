"""The period before, who waits, each person's share, and the quotes: recomputed by hand as docs/report.md says."""

from dataclasses import replace
from datetime import timedelta

import pytest

from listener.analysis.report.opinions import QUOTE, categories, quote, sample_quote
from listener.cli.report_words import clocked, is_outside_hours
from listener.desk import transitions
from listener.desk.approve import Target, approve
from listener.store.period import Complaint
from tests.analysis.test_report import HOUR, IDLE, LATE, LAWYER, POLICY, PRAISE, answered, measured, world
from tests.desk.world import World

__all__ = ["world"]


def test_the_period_before_has_the_same_length_and_no_mention_twice(world: World) -> None:
    """Two days: on the first 1 of 2 answered in time after 1 h; on the second 3 mentions, none answered."""
    world.policy = replace(POLICY, business_hours=())
    first, _ = world.said(PRAISE, LATE)
    world.said(IDLE)
    answered(world, first, hours=1)
    world.after(hours=23).said(PRAISE, PRAISE, LATE)
    report = measured(world.after(hours=12), days=1)
    assert report["mentions"] == 3 and report["response"]["rate"] == 0.0
    assert report["previous"] == {
        "since": world.now - timedelta(days=2), "until": world.now - timedelta(days=1),
        "mentions": 3, "asked": 2, "answered_rate": 0.5,
        "median_seconds": HOUR, "wall_median_seconds": HOUR,
        "targets_rate": 0.5,  # the thanks were in time, the problem was due in an hour and is overdue
        "net_sentiment": 0.3333,
    }  # fmt: skip


def test_a_period_before_the_calendar_begins_is_cut(world: World) -> None:
    """Somebody asks for everything: no date lies before year one."""
    report = measured(world, days=739_000)
    assert report["previous"]["since"].year == 1 and report["previous"]["mentions"] == 0


def test_who_waits_has_waited_since_the_mention_was_written(world: World) -> None:
    """Drafted 5 h ago, escalated 3 h ago, approved 1 h ago; sent, rejected, expired and ignored ones do not wait."""
    sent, rejected, expired, _ = world.said(PRAISE, PRAISE, PRAISE, LATE)
    world.said(IDLE)
    answered(world, sent)
    transitions.reject(world.store, world.desk(), rejected, "irony")
    world.put(expired, "closed", closed_as="expired", reason="old")
    world.after(hours=2).said(LAWYER)
    (approved,) = world.after(hours=2).said(PRAISE)
    approve(world.store, world.desk(), [Target(approved)])
    report = measured(world.after(hours=1))
    assert report["response"]["waiting"] == 4  # with the expired one
    assert report["waiting"] == {
        "of": 3, "median_seconds": 3 * HOUR, "p90_seconds": 5 * HOUR,
        "wall_median_seconds": 3 * HOUR, "wall_p90_seconds": 5 * HOUR, "wall_longest_seconds": 5 * HOUR,
    }  # fmt: skip


def test_each_person_has_what_they_sent_and_reviewed(world: World) -> None:
    """Dana sends 2 after 1 h and 3 h and edits 1 that Bo sends; Bo rejects 1 and hands 1 on; the policy is nobody."""
    one, two, edited, rejected, handed, automatic = world.said(*[PRAISE] * 6)
    world.put(automatic, "sent", sent_at=world.now, approved_by="policy", approved_at=world.now)
    transitions.reject(world.store, world.desk("bo"), rejected, "irony")
    transitions.escalate(world.store, world.desk("bo"), handed)
    transitions.edit(world.store, world.desk("dana"), edited, "Thank you, Ada!")
    answered(world, one, "dana", hours=1)
    answered(world, edited, "bo", hours=1)
    answered(world, two, "dana", hours=1)
    people = measured(world.after(minutes=1))["people"]
    assert people == [
        {"name": "dana", "sent": 2, "approved": 2, "edited": 1, "rejected": 0, "escalated": 0,
         "first_responses": 2, "median_seconds": 2 * HOUR, "wall_median_seconds": 2 * HOUR},
        {"name": "bo", "sent": 1, "approved": 0, "edited": 0, "rejected": 1, "escalated": 1,
         "first_responses": 1, "median_seconds": 2 * HOUR, "wall_median_seconds": 2 * HOUR},
    ]  # fmt: skip


def test_where_no_business_hour_passed_the_time_around_the_clock_is_shown(world: World) -> None:
    """Asked at 20:00, answered at 21:30 on a Tuesday: 0 s in business hours says nothing."""
    (number,) = world.after(hours=10).said(PRAISE)
    answered(world, number, minutes=90)
    first = measured(world.after(minutes=1))["first_response"]
    assert (first["median_seconds"], first["wall_median_seconds"]) == (0, 1.5 * HOUR)
    assert clocked(first["median_seconds"], first["wall_median_seconds"]) == "1 h 30 min"
    assert (clocked(60, 1.5 * HOUR), clocked(0, 0), clocked(None, None)) == ("1 min", "0 s", "-")
    assert is_outside_hours(0.0, 5.0) and not is_outside_hours(None, None) and not is_outside_hours(0.0, 0.0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@shop @other my parcel\n\tis late", "my parcel is late"),
        ("write me at ada.l+x@mail.example.com or +44 20 7946 0958!", "write me at [mail] or [number]!"),
        ("see https://t.example/a?b=1 www.example.com, @bo@social.example", "see [link] [link] [handle]"),
        ("order 118, 3 days and 24 hours", "order 118, 3 days and 24 hours"),
        ("late " * 60, ("late " * 60)[: QUOTE - 1].rsplit(" ", 1)[0] + "…"),
    ],
)  # fmt: skip
def test_a_quote_is_one_short_line_that_names_nobody(text: str, expected: str) -> None:
    """The page is mailed around: handles, addresses, links and long numbers stay out of it."""
    assert quote(text) == expected and len(quote(text)) <= QUOTE


def test_what_a_guard_stopped_and_what_was_erased_is_not_quoted() -> None:
    """Lawyers, private data and slurs are not for a report; an erased text is empty."""
    cues = frozenset({"problem", "about_delivery"})
    stopped = [Complaint("my lawyer", "legal", cues), Complaint("call 0171", "personal_data", cues)]
    erased = [Complaint("", "support", cues)]
    assert sample_quote("delivery", [*stopped, *erased]) is None
    older, newer = Complaint("late", "support", cues), Complaint("lost", "unclear", cues)
    assert sample_quote("delivery", [*stopped, newer, older]) == "lost"
    assert sample_quote("delivery", [newer, older], used=["lost"]) == "late"
    assert sample_quote("delivery", [newer], used=["lost"]) == "lost"
    assert categories(Complaint("bad", "support", frozenset({"complaint"}))) == ["other"]
