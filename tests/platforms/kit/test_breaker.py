"""Pauses that grow, and open circuits."""

import random
from datetime import UTC, datetime, timedelta

from listener.platforms.kit.breaker import Backoff, Breaker, OpenCircuit, with_jitter

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


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
