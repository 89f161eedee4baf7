"""The wire to X: deadlines, caps, what never leaks; and the fake at its other end."""

import logging
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from listener.errors import ReadFailed
from listener.model import Json
from tests.fakes.x import SECRETS, XServer
from tests.platforms.x_world import XWorld

FEED = "GET /2/users/:id/mentions"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def begun(world: XWorld) -> Json:
    """The cursor after a first round; the own timeline is left out."""
    world.platform.set_own_posts_needed(False)
    return world.platform.fetch(None, world.server.x.posts.now()).cursor


def test_dripping_and_stalling_reads_end_in_time(server: XServer) -> None:
    """Two hanging calls, and the third is answered by a session made anew."""
    world = XWorld(server, seconds=0.4)
    world.platform.set_own_posts_needed(False)
    world.platform.whoami()
    server.fail_next(FEED, "drip")
    server.fail_next(FEED, "stall")
    for _ in range(2):
        began = time.monotonic()
        with pytest.raises(ReadFailed):
            world.platform.fetch(None, server.x.posts.now())
        assert time.monotonic() - began < 1.5
        world.ahead(timedelta(minutes=1))
    assert world.platform.fetch(None, server.x.posts.now()).mentions == ()


def test_body_beyond_the_cap_is_not_taken_in_and_a_smaller_page_asked_for(server: XServer) -> None:
    """Ten megabytes end the page, not the process."""
    world = XWorld(server, cap=100_000)
    world.platform.set_own_posts_needed(False)
    server.fail_next(FEED, "body", text='{"data": "' + "x" * 200_000 + '"}')
    with pytest.raises(ReadFailed, match="smaller page"):
        world.platform.fetch(None, server.x.posts.now())
    world.ahead(timedelta(minutes=1))
    world.platform.fetch(None, server.x.posts.now())
    sizes = [params["max_results"] for _, name, _, params in server.x.ledger.calls if name == FEED]
    assert sizes == ["100", "25"]


def test_no_secret_is_logged_at_any_level(server: XServer, caplog: pytest.LogCaptureFixture) -> None:
    """tweepy, requests_oauthlib and urllib3 stay at INFO even when everything is at DEBUG; errors carry none either."""
    world = XWorld(server)
    with caplog.at_level(logging.DEBUG):
        world.platform.fetch(None, server.x.posts.now())
        server.fail_next(FEED, "unauthorized")
        with pytest.raises(ReadFailed) as caught:
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
