"""Answers that mislead: secrets given back, pages of proxies, wrong clocks, redirects, headers that come twice."""

import random
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime

import pytest

from listener.platforms.kit.failures import Failure, explain, foreign_failure
from listener.platforms.kit.http import HttpClient
from listener.platforms.kit.response import (
    HttpResponse,
    header_time,
    limit_ends,
    one_line,
    seconds_or_date,
    without_secrets,
)
from tests.factories import NOW
from tests.fakes.loopback import Call, Loopback, Reply

TOKEN = "canary-token/with+odd"
MINUTES = timedelta(minutes=10)
REFUSED = Failure("account", "it answered 401", "replace the token")


def answer(status: int, body: str = "", **headers: str) -> HttpResponse:
    """An answer."""
    return HttpResponse(status, {name.replace("_", "-"): value for name, value in headers.items()}, body.encode())


def test_secret_that_a_server_gives_back_reaches_nobody() -> None:
    """Plain, as JSON and as a URL write it, in body and headers; a success keeps its new tokens."""
    echoed = answer(401, '{"error": "canary-token/with+odd"} canary-token%2Fwith%2Bodd', location=f"/x?t={TOKEN}")
    clean = without_secrets(echoed, [TOKEN])
    assert b"canary" not in clean.body and "canary" not in clean.headers["location"]
    assert without_secrets(answer(200, TOKEN), [TOKEN]).body == TOKEN.encode()
    assert "canary" not in one_line(ValueError(f"Illegal header value b'Bearer {TOKEN}'"), [TOKEN])


class Gossip(Loopback):
    """Refuses every call, and gives back what it was sent."""

    def route(self, call: Call) -> tuple[str, Callable[[], Reply]]:
        """One endpoint."""
        return "any", lambda: (401, f"{call.headers.get('authorization')} {call.body.decode()}")


def test_client_knows_the_secrets_of_its_calls() -> None:
    """The token of the header, and the password of a sign-in."""
    server = Gossip().start()
    headers, body = {"Authorization": f"Bearer {TOKEN}"}, {"identifier": "us", "password": "pass-word-1"}
    web = HttpClient(seconds=5)
    answers = web.get(server.url, None, headers), web.post(server.url, body, headers)
    server.stop()
    for got in answers:
        assert b"[secret]" in got.body and b"canary" not in got.body and b"pass-word-1" not in got.body


@pytest.mark.parametrize(
    ("status", "is_own", "is_foreign"),
    [
        (403, False, True),
        (401, False, True),
        (403, True, False),
        *[(status, True, True) for status in (407, 408, 409, 413, 451)],
        (429, False, False),
        (502, False, False),
        (302, False, False),
    ],
)
def test_refusal_that_the_api_did_not_write_says_nothing_about_the_account(
    status: int, is_own: bool, is_foreign: bool
) -> None:
    """A firewall's page is transient; so are statuses that only proxies use."""
    failure = foreign_failure(answer(status), "Board", is_own=is_own)
    assert (failure is not None) == is_foreign
    assert failure is None or (failure.category, "proxy" in failure.do) == ("transient", True)


@pytest.mark.parametrize(("ahead", "words"), [(MINUTES, "10 minutes ahead of"), (-MINUTES, "10 minutes behind")])
def test_refusal_by_a_server_with_another_time_says_that_the_clock_is_wrong(ahead: timedelta, words: str) -> None:
    """Before somebody replaces good tokens."""
    served = format_datetime(NOW - ahead, usegmt=True)
    failure = explain(REFUSED, answer(401, date=served), NOW)
    assert words in failure.message and failure.do.startswith("correct your clock")
    assert explain(REFUSED, answer(401, date=format_datetime(NOW, usegmt=True)), NOW) == REFUSED


def test_target_of_a_redirect_is_named_without_its_query() -> None:
    """An operator corrects the address by it."""
    moved = answer(301, location="https://new.example/api?token=abc")
    assert explain(Failure("account", "moved"), moved, NOW).message == "moved, redirecting to https://new.example/api"


def test_server_in_trouble_is_left_alone_for_as_long_as_it_asks() -> None:
    """503 with Retry-After, an hour at most."""
    waits = [explain(Failure("unclear", "503"), answer(503, retry_after=wait), NOW).retry_at for wait in ("60", "9999")]
    assert waits == [NOW + timedelta(minutes=1), NOW + timedelta(hours=1)]
    assert explain(Failure("unclear", "503"), answer(503, retry_after="soon"), NOW).retry_at is None


def test_header_that_comes_twice_counts_with_its_later_time() -> None:
    """Clients join them by a comma, which an HTTP date has of its own."""
    unix = int(NOW.timestamp())
    assert header_time(NOW, f"{unix + 60}, {unix + 120}") == NOW + timedelta(minutes=2)
    assert header_time(NOW, format_datetime(NOW + MINUTES, usegmt=True)) == NOW + MINUTES
    assert seconds_or_date(NOW, "30, 90") == NOW + timedelta(seconds=90)
    pause = limit_ends({"x-reset": f"{unix + 60}, {unix + 60}"}, ["x-reset"], MINUTES, NOW, random.Random(1)) - NOW
    assert pause < timedelta(seconds=70)
