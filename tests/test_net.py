"""Deadlines, pauses, breakers, and times told by headers."""

import random
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from listener.net import (
    Backoff,
    Breaker,
    DeadlineExceeded,
    DeadlineRunner,
    OpenCircuit,
    TooLarge,
    header_time,
    read_capped,
    seconds_or_date,
    with_jitter,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_call_returns_and_raises_as_if_it_ran_here() -> None:
    """The thread is invisible."""
    patience = DeadlineRunner(5)
    assert patience.call(lambda: 7) == 7
    assert isinstance(patience.call(lambda: ValueError("a value")), ValueError)
    with pytest.raises(ZeroDivisionError):
        patience.call(lambda: 1 // 0)


def test_call_that_hangs_is_given_up_on() -> None:
    """After the deadline, not after the hang."""
    held = threading.Event()
    began = time.monotonic()
    with pytest.raises(DeadlineExceeded) as caught:
        DeadlineRunner(0.1).call(lambda: held.wait(30))
    assert caught.value.started
    assert time.monotonic() - began < 5
    held.set()


def test_no_call_is_begun_while_too_many_hang() -> None:
    """Threads are bounded; when the hanging ones end, calls go on."""
    held, patience = threading.Event(), DeadlineRunner(0.05, most=2)
    for _ in range(2):
        with pytest.raises(DeadlineExceeded):
            patience.call(lambda: held.wait(30))
    with pytest.raises(DeadlineExceeded) as caught:
        patience.call(lambda: 7)
    assert not caught.value.started
    held.set()
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        try:
            assert patience.call(lambda: 7) == 7
        except DeadlineExceeded:
            continue
        return
    raise AssertionError("calls never went on")


def test_body_is_read_up_to_its_cap() -> None:
    """The cap counts bytes; the time counts too."""
    assert read_capped(iter([b"ab", b"cd"]), 4, 5) == b"abcd"
    with pytest.raises(TooLarge):
        read_capped(iter([b"ab", b"cde"]), 4, 5)
    with pytest.raises(DeadlineExceeded):
        read_capped(iter([b"a"]), 4, -1)


def test_pauses_double_up_to_the_cap() -> None:
    """With jitter from the generator that is handed in."""
    backoff, rng = Backoff(timedelta(seconds=5), timedelta(minutes=1), jitter=0), random.Random(1)
    assert [backoff.pause(n, rng).total_seconds() for n in (0, 1, 2, 3, 4, 5, 10**6)] == [5, 5, 10, 20, 40, 60, 60]
    assert timedelta(seconds=10) <= with_jitter(timedelta(seconds=10), rng) <= timedelta(seconds=11)
    assert Backoff().pause(3, random.Random(1)) == Backoff().pause(3, random.Random(1))


def test_breaker_tells_the_longest_stop_of_the_keys_asked_for() -> None:
    """One key a cause; ends by time, by hand, or when the clock was set back before its beginning."""
    breaker = Breaker()
    breaker.open("rate", OpenCircuit("rate", "slow", "", NOW, NOW + timedelta(minutes=1)))
    breaker.open("billing", OpenCircuit("billing", "broke", "pay", NOW, NOW + timedelta(hours=1)))
    told = breaker.stopped(NOW, "rate", "billing")
    assert told is not None and told.message == "broke"
    assert breaker.stopped(NOW + timedelta(minutes=2), "rate") is None
    assert breaker.stopped(NOW - timedelta(minutes=2), "rate", "billing") is None
    assert breaker.stopped(NOW, "account") is None
    breaker.close("billing", "account")
    assert breaker.stopped(NOW, "billing") is None


@pytest.mark.parametrize("value", [None, "", "soon", "nan", "inf", "-inf", "1e400", "-1e18", "2026-13-01", "٣"])
def test_time_that_cannot_be_read_is_none(value: str | None) -> None:
    """Or at least a time: never an exception."""
    told = header_time(NOW, value)
    assert told is None or told.tzinfo is not None


def test_time_of_a_header_is_reckoned_by_the_servers_clock() -> None:
    """Unix seconds, milliseconds, ISO 8601, HTTP dates; a distance in Retry-After."""
    wanted = NOW + timedelta(minutes=5)
    for value in (str(int(wanted.timestamp())), str(int(wanted.timestamp() * 1000)), "2026-11-22T12:05:00Z"):
        assert header_time(NOW, value) == wanted
    assert header_time(NOW, "Sun, 22 Nov 2026 12:05:00 GMT") == wanted
    assert header_time(NOW, "Sun, 22 Nov 2026 13:05:00 GMT", "Sun, 22 Nov 2026 13:00:00 GMT") == wanted
    assert seconds_or_date(NOW, "300") == wanted
    assert seconds_or_date(NOW, "Sun, 22 Nov 2026 12:05:00 GMT") == wanted
    assert seconds_or_date(NOW, "9" * 30) is None
