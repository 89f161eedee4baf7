"""What stands in the way on X: rate limits in every header, money, tokens, outages; and what never leaks."""

import logging
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from listener.errors import Cause, Unavailable
from listener.model import Json
from listener.platforms.x.verdict import RATE_PAUSE, rate_end
from listener.platforms.x.wire import Answer
from tests.fakes.x import SECRETS, XServer
from tests.platforms.x_world import XWorld, serving

FEED = "GET /2/users/:id/mentions"
ME = "GET /2/users/me"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[XServer]:
    """A fake X."""
    with serving() as one:
        yield one


def unix(moment: datetime) -> str:
    """As X writes it."""
    return str(int(moment.timestamp()))


def begun(world: XWorld) -> Json:
    """The cursor after a first round; the own timeline is left out."""
    world.platform.watch_own = False
    return world.platform.fetch(None, world.server.x.posts.now()).cursor


@pytest.mark.parametrize(
    ("headers", "minutes"),
    [
        ({"x-rate-limit-reset": unix(NOW + timedelta(minutes=7))}, 7),
        ({"x-rate-limit-reset": (NOW + timedelta(minutes=7)).isoformat()}, 7),
        ({"x-rate-limit-reset": unix(NOW + timedelta(hours=1))}, 60),
        ({"retry-after": "120"}, 2),
        ({"retry-after": format_datetime(NOW + timedelta(minutes=3), usegmt=True)}, 3),
        ({"retry-after": "120", "x-rate-limit-reset": unix(NOW + timedelta(minutes=1))}, 2),
        ({}, 15),
        ({"x-rate-limit-reset": "soon"}, 15),
        ({"x-rate-limit-reset": "1e999"}, 15),
        ({"x-rate-limit-reset": unix(NOW - timedelta(hours=1))}, 5 / 60),
        ({"x-rate-limit-reset": unix(NOW + timedelta(days=400))}, 25 * 60),
        (
            {
                "x-rate-limit-reset": unix(NOW + timedelta(minutes=1)),
                "x-user-limit-24hour-remaining": "0",
                "x-user-limit-24hour-reset": unix(NOW + timedelta(hours=9)),
            },
            540,
        ),
        (
            {
                "x-rate-limit-reset": unix(NOW + timedelta(minutes=1)),
                "x-app-limit-24hour-remaining": "5",
                "x-app-limit-24hour-reset": unix(NOW + timedelta(hours=9)),
            },
            1,
        ),
    ],
)
def test_end_of_a_rate_limit_is_read_from_any_header(headers: dict[str, str], minutes: float) -> None:
    """Never before the time, and at most a tenth of jitter after it."""
    end = rate_end(Answer(429, headers, b""), NOW, random.Random(1)) - NOW
    assert timedelta(minutes=minutes) <= end <= timedelta(minutes=minutes) * 1.1


def test_wrong_clock_of_ours_moves_no_reset() -> None:
    """The distance is reckoned from the server's Date."""
    served = NOW + timedelta(days=1)
    headers = {"x-rate-limit-reset": unix(served + timedelta(minutes=7)), "date": format_datetime(served, usegmt=True)}
    assert timedelta(minutes=7) <= rate_end(Answer(429, headers, b""), NOW, random.Random(1)) - NOW < RATE_PAUSE


def test_no_call_before_the_limit_ends(server: XServer) -> None:
    """Whoever asks in between is told without a call; then reading goes on."""
    world = XWorld(server)
    cursor = begun(world)
    server.fail_next(FEED, "rate", headers={"x-rate-limit-reset": unix(server.x.posts.now() + timedelta(minutes=5))})
    with pytest.raises(Unavailable) as caught:
        world.platform.fetch(cursor, server.x.posts.now())
    assert (caught.value.cause, server.x.ledger.count(FEED)) == ("rate", 2)
    until = caught.value.retry_at
    assert until is not None
    for _ in range(20):
        with pytest.raises(Unavailable):
            world.platform.fetch(cursor, until - timedelta(seconds=1))
    assert server.x.ledger.count(FEED) == 2
    world.platform.fetch(cursor, until)
    assert server.x.ledger.count(FEED) == 3


def test_clock_set_back_does_not_stretch_a_stop(server: XServer) -> None:
    """A stop that seems to begin in the future is over."""
    world = XWorld(server)
    cursor = begun(world)
    server.fail_next(FEED, "rate")
    with pytest.raises(Unavailable):
        world.platform.fetch(cursor, server.x.posts.now())
    world.platform.fetch(cursor, server.x.posts.now() - timedelta(hours=1))
    assert server.x.ledger.count(FEED) == 3


def test_first_run_that_fails_is_not_held_for_ever(server: XServer) -> None:
    """Its time stands still at its beginning until a page is stored: the stop goes by the clock all the same."""
    world = XWorld(server, start="now")
    world.platform.watch_own = False
    began = server.x.posts.now()
    server.fail_next(FEED, "rate", headers={"retry-after": "60"})
    with pytest.raises(Unavailable) as caught:
        world.platform.fetch(None, began)
    until = caught.value.retry_at
    assert until is not None and until >= began + timedelta(seconds=60)
    world.ahead(timedelta(minutes=2))
    post = server.mention("@shop while we could not read", at=began + timedelta(minutes=1))
    assert [one.id for one in world.platform.fetch(None, began).mentions] == [post.id]


@pytest.mark.parametrize(
    ("mode", "cause"),
    [
        ("credits", "billing"),
        ("credits-depleted", "billing"),
        ("usage-capped", "billing"),
        ("unauthorized", "account"),
        ("suspended", "account"),
        ("list-body", "account"),
        ("unavailable", "transient"),
        ("internal", "transient"),
        ("missing-page", "transient"),
        ("cut", "transient"),
        ("half", "transient"),
    ],
)
def test_failed_read_names_its_cause_and_its_time(server: XServer, mode: str, cause: Cause) -> None:
    """And a line that says what an operator can do, where he can."""
    world = XWorld(server)
    server.fail_next(FEED, mode)
    with pytest.raises(Unavailable) as caught:
        world.platform.fetch(None, server.x.posts.now())
    assert caught.value.cause == cause
    assert caught.value.retry_at is not None and caught.value.retry_at > server.x.posts.now()
    assert bool(caught.value.do) == (cause in ("account", "billing"))


def test_pauses_of_an_outage_grow_and_end_with_it(server: XServer) -> None:
    """Capped and jittered; the first answer resets them."""
    world = XWorld(server)
    cursor = begun(world)
    server.fail_next(FEED, "unavailable", times=12)
    pauses = []
    for _ in range(12):
        now = server.x.posts.now()
        with pytest.raises(Unavailable) as caught:
            world.platform.fetch(cursor, now)
        assert caught.value.retry_at is not None
        pauses.append((caught.value.retry_at - now).total_seconds())
    assert pauses[0] < 10 < pauses[3] < 60 < pauses[6]
    assert max(pauses) <= 900 * 1.25
    world.platform.fetch(cursor, server.x.posts.now())
    server.fail_next(FEED, "unavailable")
    with pytest.raises(Unavailable) as again:
        world.platform.fetch(cursor, server.x.posts.now())
    assert again.value.retry_at is not None
    assert again.value.retry_at - server.x.posts.now() < timedelta(seconds=10)


def test_out_of_credits_a_free_call_comes_first(server: XServer) -> None:
    """Within the hour nothing is called; after it the probe decides whether a billed call follows."""
    world = XWorld(server)
    cursor = begun(world)
    server.fail_next(FEED, "credits")
    with pytest.raises(Unavailable) as caught:
        world.platform.fetch(cursor, server.x.posts.now())
    until = caught.value.retry_at
    assert until is not None and until >= server.x.posts.now() + timedelta(minutes=59)
    with pytest.raises(Unavailable):
        world.platform.fetch(cursor, until - timedelta(minutes=5))
    assert (server.x.ledger.count(FEED), server.x.ledger.count(ME)) == (2, 1)
    server.fail_next(ME, "credits")
    with pytest.raises(Unavailable):
        world.platform.fetch(cursor, until)
    assert (server.x.ledger.count(FEED), server.x.ledger.count(ME)) == (2, 2)
    world.platform.fetch(cursor, until + timedelta(hours=2))
    assert (server.x.ledger.count(FEED), server.x.ledger.count(ME)) == (3, 3)


def test_dripping_and_stalling_reads_end_in_time(server: XServer) -> None:
    """Two hanging calls, and the third is answered by a session made anew."""
    world = XWorld(server, seconds=0.4)
    world.platform.watch_own = False
    world.platform.whoami()
    server.fail_next(FEED, "drip")
    server.fail_next(FEED, "stall")
    for _ in range(2):
        began = time.monotonic()
        with pytest.raises(Unavailable):
            world.platform.fetch(None, server.x.posts.now())
        assert time.monotonic() - began < 1.5
    assert world.platform.fetch(None, server.x.posts.now()).mentions == ()


def test_body_beyond_the_cap_is_not_taken_in_and_a_smaller_page_asked_for(server: XServer) -> None:
    """Ten megabytes end the page, not the process."""
    world = XWorld(server, cap=100_000)
    world.platform.watch_own = False
    server.fail_next(FEED, "body", text='{"data": "' + "x" * 200_000 + '"}')
    with pytest.raises(Unavailable, match="smaller page"):
        world.platform.fetch(None, server.x.posts.now())
    world.platform.fetch(None, server.x.posts.now())
    sizes = [params["max_results"] for _, name, _, params in server.x.ledger.calls if name == FEED]
    assert sizes == ["100", "25"]


def test_no_secret_is_logged_at_any_level(server: XServer, caplog: pytest.LogCaptureFixture) -> None:
    """tweepy, requests_oauthlib and urllib3 stay at INFO even when everything is at DEBUG; errors carry none either."""
    world = XWorld(server)
    with caplog.at_level(logging.DEBUG):
        world.platform.fetch(None, server.x.posts.now())
        server.fail_next(FEED, "unauthorized")
        with pytest.raises(Unavailable) as caught:
            world.again().fetch(None, server.x.posts.now())
    seen = caplog.text + repr(caught.value) + str(vars(caught.value))
    assert not any(value in seen for value in SECRETS.values())
    assert "oauth_signature" not in seen


def test_fake_runs_as_a_program_that_a_person_can_talk_to() -> None:
    """It prints its URL, takes mentions by curl's door, and shows its ledger."""
    import requests

    command = [sys.executable, "-m", "tests.fakes.x_server", "--port", "0", "--handle", "acme"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            url = running.stdout.readline().strip()
            made = requests.post(f"{url}/_control/mentions", json=[{"text": "@acme hello"}], timeout=10).json()
            assert made[0]["id"].isdigit()
            assert requests.get(f"{url}/_control/ledger", timeout=10).json()["posted"] == []
            wrong = requests.post(f"{url}/_control/mentions", json=[{"txt": "a"}], timeout=10)
            assert (wrong.status_code, "unknown: txt" in wrong.text) == (400, True)
            assert requests.get(f"{url}/2/users/me", timeout=10).status_code == 401
        finally:
            running.terminate()
