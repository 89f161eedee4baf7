"""The pause that every stage and platform makes between tries."""

from datetime import timedelta

import pytest

from listener.pauses import growing_pause

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("failures", "minutes"), [(-1, 1), (0, 1), (1, 1), (2, 2), (3, 4), (4, 8), (5, 15), (60, 15), (10**9, 15)]
)
def test_pause_doubles_up_to_its_cap(failures: int, minutes: int) -> None:
    """Years of failures overflow nothing."""
    assert growing_pause(failures, MINUTE, timedelta(minutes=15)) == minutes * MINUTE


def test_a_first_pause_beyond_the_cap_is_the_cap() -> None:
    """Whoever polls once a day is asked for sooner after a failure."""
    assert growing_pause(1, timedelta(days=1), timedelta(hours=1)) == timedelta(hours=1)


def test_pause_of_nothing_stays_nothing() -> None:
    """A stage of tests has no interval."""
    assert growing_pause(9, timedelta(0), MINUTE) == timedelta(0)
