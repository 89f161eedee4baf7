"""When a platform may be called again, and to which addresses secrets may go."""

import random
from datetime import timedelta

import pytest

from listener.errors import NotSent, ReadFailed
from listener.platforms.kit.addresses import url_problem
from listener.platforms.kit.gate import Gate
from listener.platforms.kit.response import limit_ends
from tests.factories import NOW

WINDOW = timedelta(minutes=5)


def test_refused_secret_stops_all_calls_until_it_is_replaced() -> None:
    """No restart is needed, and no call is made meanwhile."""
    secrets = {"token": "old"}
    gate = Gate(lambda: secrets["token"], random.Random(1))
    trouble = gate.record_failure(ReadFailed("no", "mend", cause="account"), NOW)
    assert trouble.retry_at is not None and trouble.retry_at > NOW
    assert gate.stopped(NOW, "post") is not None
    secrets["token"] = "new"
    assert gate.stopped(NOW, "post") is None


def test_new_secret_ends_a_limit_too() -> None:
    """It may be another account's; a sign-in limit of 24 hours silenced Bluesky for 25."""
    secrets = {"token": "old"}
    gate = Gate(lambda: secrets["token"], random.Random(1))
    gate.record_failure(ReadFailed("slow", cause="rate", retry_at=NOW + WINDOW), NOW, "session")
    assert not gate.has_new_secret()
    secrets["token"] = "new"
    assert gate.has_new_secret()
    assert gate.stopped(NOW, "session") is None
    assert not gate.has_new_secret()


def test_limit_of_a_day_is_tested_earlier_and_says_its_end() -> None:
    """After some minutes, then longer each time; a limit of a window is kept as it was named."""
    gate, now = Gate(lambda: None, random.Random(1)), NOW
    end = now + timedelta(hours=24)
    pauses = []
    for _ in range(6):
        trouble = gate.record_failure(ReadFailed("slow", cause="rate", retry_at=end), now, "session")
        assert trouble.retry_at is not None and trouble.ends_at == end
        assert "2026-11-23" in trouble.message and gate.stopped(trouble.retry_at, "session") is None
        pauses.append((trouble.retry_at - now) / timedelta(minutes=1))
        now = trouble.retry_at
    assert 5 <= pauses[0] < 7 and 60 <= pauses[-1] < 76 and pauses[:4] == sorted(pauses[:4])
    window = gate.record_failure(ReadFailed("slow", cause="rate", retry_at=now + WINDOW), now, "read")
    assert (window.retry_at, window.ends_at, window.message) == (now + WINDOW, None, "slow")


def test_limit_of_one_kind_stops_no_other() -> None:
    """Writing may be limited while reading is not."""
    gate = Gate(lambda: None, random.Random(1))
    gate.record_failure(NotSent("slow", cause="rate", retry_at=NOW + WINDOW), NOW, "write")
    assert gate.stopped(NOW, "write") is not None
    assert gate.stopped(NOW, "read") is None
    assert gate.stopped(NOW + WINDOW, "write") is None


def test_pauses_grow_while_nothing_works_and_start_anew_after_that() -> None:
    """An outage of half an hour is not a thousand calls."""
    gate = Gate(lambda: None, random.Random(1))
    told = [gate.record_failure(ReadFailed("down"), NOW).retry_at for _ in range(9)]
    pauses = [(until - NOW).total_seconds() for until in told if until]
    assert pauses[0] < 10 < 600 < pauses[-1] <= 900 * 1.25
    gate.record_success()
    again = gate.record_failure(ReadFailed("down"), NOW).retry_at
    assert again is not None and again - NOW < timedelta(seconds=10)


def test_trouble_keeps_its_sort() -> None:
    """A post that was not sent stays one."""
    assert type(Gate(lambda: None, random.Random(1)).record_failure(NotSent("down"), NOW)) is NotSent


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({}, 300, 330),
        ({"x-reset": "2026-11-22T12:10:00.000Z"}, 600, 660),
        ({"x-reset": "2026-11-22T11:00:00Z"}, 5, 6),
        ({"x-reset": "2027-11-22T11:00:00Z"}, 90_000, 99_000),
        ({"x-reset": "soon", "retry-after": "30"}, 30, 33),
        ({"x-reset": "2026-11-22T12:01:00Z", "retry-after": "120"}, 120, 132),
        ({"x-reset": "2026-11-22T13:01:00Z", "date": "Sun, 22 Nov 2026 13:00:00 GMT"}, 60, 66),
    ],
)
def test_end_of_a_limit_in_every_shape(headers: dict[str, str], least: float, most: float) -> None:
    """By the server's clock, bounded on both sides, with some jitter."""
    pause = limit_ends(headers, ["x-reset"], WINDOW, NOW, random.Random(3)) - NOW
    assert least <= pause.total_seconds() <= most


@pytest.mark.parametrize(
    "url",
    ["ftp://a.example", "a.example", "https://u:p@a.example", "https://a.example/x", "http://a.example", "https://["],
)
def test_address_that_secrets_may_not_go_to_is_told(url: str) -> None:
    """Only https leaves the machine."""
    assert url_problem(url)


@pytest.mark.parametrize("url", ["https://a.example", "https://a.example:8443/", "http://127.0.0.1:1", "http://[::1]"])
def test_address_that_secrets_may_go_to(url: str) -> None:
    """Or a server on this machine."""
    assert url_problem(url) == ""
