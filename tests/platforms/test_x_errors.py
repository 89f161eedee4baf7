"""What stands in the way on X: rate limits in every header, money, tokens, outages."""

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from listener.errors import Cause, ReadFailed
from listener.model import Json
from listener.platforms.kit.response import HttpResponse
from listener.platforms.x.failures import RATE_PAUSE, classify, rate_end
from tests.fakes.x import XServer
from tests.platforms.x_world import XWorld

FEED = "GET /2/users/:id/mentions"
ME = "GET /2/users/me"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def unix(moment: datetime) -> str:
    """As X writes it."""
    return str(int(moment.timestamp()))


def begun(world: XWorld) -> Json:
    """The cursor after a first round; the own timeline is left out."""
    world.platform.set_own_posts_needed(False)
    return world.platform.fetch(None, world.server.x.posts.now()).cursor


def test_account_in_too_long_an_answer_is_an_answer_that_cannot_be_read(server: XServer) -> None:
    """It is read before each feed, and was a fault of the module, with a traceback."""
    server.fail_next(ME, "huge")
    with pytest.raises(ReadFailed, match="cannot be read"):
        XWorld(server).platform.fetch(None, server.x.posts.now())


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
    end = rate_end(HttpResponse(429, headers, b""), NOW, random.Random(1)) - NOW
    assert timedelta(minutes=minutes) <= end <= timedelta(minutes=minutes) * 1.1


@pytest.mark.parametrize("status", [401, 403, 404, 407, 408, 409, 413, 451])
def test_refusal_that_x_did_not_write_says_nothing_of_the_account(status: int) -> None:
    """A proxy's page, or a status that only what stands between us and X gives."""
    body = b'{"title": "x"}' if status in (407, 408, 409, 413, 451) else b"<html>Blocked: deleted or not visible</html>"
    failure = classify(HttpResponse(status, {}, body), NOW, random.Random(1))
    assert (failure.category, "proxy" in failure.do) == ("transient", True)


def test_refused_token_names_our_clock_when_it_is_off() -> None:
    """OAuth 1.0a signs the time: a wrong clock is refused like a wrong token."""
    body = b'{"title": "Unauthorized", "status": 401}'
    for hours, named in ((0, False), (2, True)):
        served = format_datetime(NOW - timedelta(hours=hours), usegmt=True)
        failure = classify(HttpResponse(401, {"date": served}, body), NOW, random.Random(1))
        assert (failure.category, "your clock is 120 minutes ahead" in failure.message) == ("account", named)


def test_outage_that_names_its_end_and_a_redirect_that_names_its_target() -> None:
    """Retry-After also comes with a 503; a target is told without its query."""
    failure = classify(HttpResponse(503, {"retry-after": "120"}, b""), NOW, random.Random(1))
    assert failure.retry_at == NOW + timedelta(minutes=2)
    moved = classify(HttpResponse(302, {"location": "https://portal.example/login?key=1"}, b""), NOW, random.Random(1))
    assert moved.category == "unclear" and moved.message.endswith("https://portal.example/login")


def test_reset_that_comes_twice_counts_by_its_later_end() -> None:
    """Two servers in a row each add theirs."""
    headers = {"x-rate-limit-reset": f"{unix(NOW + timedelta(minutes=2))}, {unix(NOW + timedelta(minutes=9))}"}
    assert rate_end(HttpResponse(429, headers, b""), NOW, random.Random(1)) - NOW >= timedelta(minutes=9)


def test_list_that_x_refuses_is_not_the_fault_of_one_item(server: XServer) -> None:
    """Whoever looks for a reply must not count on that reply what no other look would be spared."""
    server.fail_next(FEED, "body", status=422, text='{"title": "Unprocessable", "detail": "no"}')
    with pytest.raises(ReadFailed) as caught:
        XWorld(server).platform.fetch(None, server.x.posts.now())
    assert caught.value.cause == "transient"


def test_tokens_that_may_only_read_are_a_problem(server: XServer) -> None:
    """`check --online` fails; reading goes on."""
    assert XWorld(server).platform.whoami().problems == ()
    server.headers["x-access-level"] = "read"
    world = XWorld(server)
    ((what, do),) = world.platform.whoami().problems
    assert "no reply can be sent" in what and "Read and Write" in do
    assert world.platform.fetch(None, server.x.posts.now()).mentions == ()


def test_wrong_clock_of_ours_moves_no_reset() -> None:
    """The distance is reckoned from the server's Date."""
    served = NOW + timedelta(days=1)
    headers = {"x-rate-limit-reset": unix(served + timedelta(minutes=7)), "date": format_datetime(served, usegmt=True)}
    assert timedelta(minutes=7) <= rate_end(HttpResponse(429, headers, b""), NOW, random.Random(1)) - NOW < RATE_PAUSE


def test_no_call_before_the_limit_ends(server: XServer) -> None:
    """Whoever asks in between is told without a call; then reading goes on."""
    world = XWorld(server)
    cursor = begun(world)
    server.fail_next(FEED, "rate", headers={"x-rate-limit-reset": unix(server.x.posts.now() + timedelta(minutes=5))})
    with pytest.raises(ReadFailed) as caught:
        world.platform.fetch(cursor, server.x.posts.now())
    assert (caught.value.cause, server.x.ledger.count(FEED)) == ("rate", 2)
    until = caught.value.retry_at
    assert until is not None
    for _ in range(20):
        with pytest.raises(ReadFailed):
            world.platform.fetch(cursor, until - timedelta(seconds=1))
    assert server.x.ledger.count(FEED) == 2
    world.platform.fetch(cursor, until)
    assert server.x.ledger.count(FEED) == 3


def test_clock_set_back_does_not_stretch_a_stop(server: XServer) -> None:
    """A stop that seems to begin in the future is over."""
    world = XWorld(server)
    cursor = begun(world)
    server.fail_next(FEED, "rate")
    with pytest.raises(ReadFailed):
        world.platform.fetch(cursor, server.x.posts.now())
    world.platform.fetch(cursor, server.x.posts.now() - timedelta(hours=1))
    assert server.x.ledger.count(FEED) == 3


def test_first_run_that_fails_is_not_held_for_ever(server: XServer) -> None:
    """Its time stands still at its beginning until a page is stored: the stop goes by the clock all the same."""
    world = XWorld(server, start="now")
    world.platform.set_own_posts_needed(False)
    began = server.x.posts.now()
    server.fail_next(FEED, "rate", headers={"retry-after": "60"})
    with pytest.raises(ReadFailed) as caught:
        world.platform.fetch(None, began)
    until = caught.value.retry_at
    assert until is not None and until >= began + timedelta(seconds=60)
    world.ahead(timedelta(minutes=2))
    post = server.mention("@shop while we could not read", at=began + timedelta(minutes=1))
    assert [mention.id for mention in world.platform.fetch(None, began).mentions] == [post.id]


@pytest.mark.parametrize(
    ("mode", "cause"),
    [
        ("credits", "billing"),
        ("credits-depleted", "billing"),
        ("usage-capped", "billing"),
        ("unauthorized", "account"),
        ("suspended", "account"),
        ("list-body", "transient"),
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
    with pytest.raises(ReadFailed) as caught:
        world.platform.fetch(None, server.x.posts.now())
    assert caught.value.cause == cause
    assert caught.value.retry_at is not None and caught.value.retry_at > server.x.posts.now()
    assert bool(caught.value.do) == (cause in ("account", "billing") or mode in ("list-body", "missing-page"))


def test_pauses_of_an_outage_grow_and_end_with_it(server: XServer) -> None:
    """Capped and jittered; the first answer resets them."""
    world = XWorld(server)
    cursor = begun(world)
    server.fail_next(FEED, "unavailable", times=12)
    pauses = []
    for _ in range(12):
        now = server.x.posts.now()
        with pytest.raises(ReadFailed) as caught:
            world.platform.fetch(cursor, now)
        assert caught.value.retry_at is not None
        pauses.append((caught.value.retry_at - now).total_seconds())
        calls = server.x.ledger.count(FEED)
        with pytest.raises(ReadFailed):
            world.platform.fetch(cursor, server.x.posts.now())  # a moment later: no call
        assert server.x.ledger.count(FEED) == calls
        world.ahead(caught.value.retry_at - now)
    assert pauses[0] < 10 < pauses[3] < 60 < pauses[6]
    assert max(pauses) <= 900 * 1.25
    world.platform.fetch(cursor, server.x.posts.now())
    server.fail_next(FEED, "unavailable")
    with pytest.raises(ReadFailed) as again:
        world.platform.fetch(cursor, server.x.posts.now())
    assert again.value.retry_at is not None
    assert again.value.retry_at - server.x.posts.now() < timedelta(seconds=10)


def test_out_of_credits_a_free_call_comes_first(server: XServer) -> None:
    """Within the hour nothing is called; after it the probe decides whether a billed call follows."""
    world = XWorld(server)
    cursor = begun(world)
    server.fail_next(FEED, "credits")
    with pytest.raises(ReadFailed) as caught:
        world.platform.fetch(cursor, server.x.posts.now())
    until = caught.value.retry_at
    assert until is not None and until >= server.x.posts.now() + timedelta(minutes=59)
    with pytest.raises(ReadFailed):
        world.platform.fetch(cursor, until - timedelta(minutes=5))
    assert (server.x.ledger.count(FEED), server.x.ledger.count(ME)) == (2, 1)
    server.fail_next(ME, "credits")
    with pytest.raises(ReadFailed):
        world.platform.fetch(cursor, until)
    assert (server.x.ledger.count(FEED), server.x.ledger.count(ME)) == (2, 2)
    world.platform.fetch(cursor, until + timedelta(hours=2))
    assert (server.x.ledger.count(FEED), server.x.ledger.count(ME)) == (3, 3)
