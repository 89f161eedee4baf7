"""Due times and quiet hours: on business hours, over midnight, over holidays and over both jumps of the clock."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from listener.calendar import business_time, due_at, duration_text, latest_time, quiet_until
from listener.policy import Policy, TimeWindow, WeekTime
from tests import factories

WEEKDAYS = frozenset(range(5))
OFFICE = (TimeWindow(time(9), time(17), WEEKDAYS),)
NIGHT_SHIFT = (TimeWindow(time(22), time(6)),)
ALWAYS = (TimeWindow(time.min, time.max),)
CHRISTMAS = frozenset({date(2026, 12, 25)})


def london(**changes: object) -> Policy:
    """A policy of a shop in London."""
    return factories.policy(timezone="Europe/London", **changes)


def utc(text: str) -> datetime:
    """A time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("business", "start", "hours", "due"),
    [
        (OFFICE, "2026-11-27T16:00", 4, "2026-11-30T12:00"),  # Friday afternoon: an hour today, three on Monday
        (OFFICE, "2026-11-24T10:00", 4, "2026-11-24T14:00"),
        (OFFICE, "2026-11-24T13:00", 4, "2026-11-24T17:00"),  # exactly at closing time, not the next morning
        (OFFICE, "2026-11-24T20:00", 1, "2026-11-25T10:00"),
        (OFFICE, "2026-11-28T12:00", 0.5, "2026-11-30T09:30"),
        (OFFICE, "2026-11-23T09:00", 40, "2026-11-27T17:00"),
        (OFFICE, "2026-12-24T16:00", 2, "2026-12-28T10:00"),  # Christmas and a weekend
        (OFFICE, "2026-03-27T16:00", 2, "2026-03-30T09:00"),  # summer time: nine in London is eight in UTC
        (OFFICE, "2026-10-23T15:00", 2, "2026-10-26T10:00"),  # and back: four in London, then nine is nine again
        (NIGHT_SHIFT, "2026-11-24T12:00", 5, "2026-11-25T03:00"),
        (NIGHT_SHIFT, "2026-11-25T05:00", 2, "2026-11-25T23:00"),
        (NIGHT_SHIFT, "2026-12-24T23:00", 2, "2026-12-26T01:00"),  # the holiday from midnight to midnight
        (NIGHT_SHIFT, "2026-03-28T22:00", 7, "2026-03-29T05:00"),  # one hour short: it ends at five in UTC
        (NIGHT_SHIFT, "2026-03-28T22:00", 8, "2026-03-29T22:00"),
        (NIGHT_SHIFT, "2026-10-24T21:00", 9, "2026-10-25T06:00"),  # one hour more
        (ALWAYS, "2026-03-28T12:00", 24, "2026-03-29T12:00"),
        ((), "2026-11-28T12:00", 4, "2026-11-28T16:00"),  # without business hours: around the clock
    ],
)
def test_a_due_time_counts_business_hours_only(
    business: tuple[TimeWindow, ...], start: str, hours: float, due: str
) -> None:
    """Nights, weekends and holidays do not count; the hours are London's, in winter and in summer."""
    policy = london(business_hours=business, holidays=CHRISTMAS)
    target = timedelta(hours=hours)
    assert due_at(policy, utc(start), target) == utc(due)
    assert business_time(policy, utc(start), utc(due)) == target


def test_a_target_that_never_ends_falls_due_within_ten_years() -> None:
    """A minute a week, and a target of ten years: a date, no error."""
    policy = london(business_hours=(TimeWindow(time(9), time(9, 1), frozenset({0})),))
    due = due_at(policy, utc("2026-11-24T10:00"), timedelta(days=3650))
    assert utc("2036-11-01T00:00") < due < utc("2036-12-01T00:00")


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        # the clock jumps from one to two in the night of 29 March
        ("00:00-04:00", "2026-03-29T00:30", "2026-03-29T03:00"),
        ("00:00-01:30", "2026-03-29T00:59", "2026-03-29T01:00"),  # half past one never comes
        ("00:00-01:30", "2026-03-29T01:00", None),
        ("01:15-01:45", "2026-03-29T01:00", None),  # nor does any of this
        ("01:30-03:00", "2026-03-29T00:59", None),
        ("01:30-03:00", "2026-03-29T01:00", "2026-03-29T02:00"),
        ("21:00-08:00", "2026-03-28T21:00", "2026-03-29T07:00"),
        ("21:00-08:00", "2026-03-29T06:59", "2026-03-29T07:00"),
        # and back from two to one in the night of 25 October
        ("00:00-04:00", "2026-10-24T23:00", "2026-10-25T04:00"),
        ("00:00-04:00", "2026-10-25T03:59", "2026-10-25T04:00"),
        ("00:00-01:30", "2026-10-25T00:29", "2026-10-25T00:30"),  # the first half past one
        ("00:00-01:30", "2026-10-25T01:10", None),  # never an end that has passed already
        ("01:30-03:00", "2026-10-25T00:29", None),
        ("01:30-03:00", "2026-10-25T01:10", "2026-10-25T03:00"),  # past the first half past one, before the second
        ("21:00-08:00", "2026-10-24T20:00", "2026-10-25T08:00"),
        ("21:00-08:00", "2026-10-25T07:59", "2026-10-25T08:00"),
    ],
)
def test_quiet_hours_are_right_in_the_nights_in_which_the_clock_jumps(quiet: str, now: str, until: str | None) -> None:
    """The end is a moment in UTC, later than now by as much time as really passes."""
    start, end = (time.fromisoformat(part) for part in quiet.split("-"))
    policy = london(quiet_hours=(TimeWindow(start, end),))
    assert quiet_until(policy, utc(now)) == (None if until is None else utc(until))


def test_quiet_hours_know_their_days() -> None:
    """Friday's night runs into Saturday; Saturday has none of its own."""
    policy = london(quiet_hours=(TimeWindow(time(22), time(6), frozenset({4})),))
    assert quiet_until(policy, utc("2026-11-28T05:59")) == utc("2026-11-28T06:00")
    assert quiet_until(policy, utc("2026-11-28T23:00")) is None


def test_a_duration_reads_as_people_write_it() -> None:
    """In the largest unit that needs no fraction."""
    spans = [timedelta(days=7), timedelta(days=1), timedelta(hours=36), timedelta(hours=1), timedelta(minutes=90)]
    assert [duration_text(span) for span in spans] == ["7 days", "1 day", "36 h", "1 h", "90 min"]


@pytest.mark.parametrize(
    ("times", "now", "latest"),
    [
        ((WeekTime(time(8)),), "2026-11-24T07:59", "2026-11-23T08:00"),
        ((WeekTime(time(8)),), "2026-11-24T08:00", "2026-11-24T08:00"),  # the very moment counts
        ((WeekTime(time(8)), WeekTime(time(17))), "2026-11-24T18:00", "2026-11-24T17:00"),
        ((WeekTime(time(8), WEEKDAYS),), "2026-11-29T12:00", "2026-11-27T08:00"),  # Sunday: Friday's was the last
        ((WeekTime(time(8), frozenset({1})),), "2026-11-24T07:00", "2026-11-17T08:00"),  # a week ago
        ((WeekTime(time(8)),), "2026-06-24T07:30", "2026-06-24T07:00"),  # eight in London is seven in UTC
        ((WeekTime(time(1, 30)),), "2026-03-29T12:00", "2026-03-29T01:00"),  # skipped by summer time: at the jump
        ((WeekTime(time(1, 30)),), "2026-10-25T12:00", "2026-10-25T00:30"),  # comes twice: the first
        ((), "2026-11-24T08:00", None),
    ],
)
def test_the_latest_of_some_times_of_the_week(times: tuple[WeekTime, ...], now: str, latest: str | None) -> None:
    """When a digest was last due, by London's clock."""
    assert latest_time(london(), times, utc(now)) == (None if latest is None else utc(latest))
