"""HTTP for platforms against a loopback server: deadlines, caps, and what is known of a call that failed."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from listener.platforms.kit.http import HttpClient
from listener.platforms.kit.response import CallFailed
from tests.fakes.loopback import Call, Loopback, Reply


class Echo(Loopback):
    """Says what it was asked."""

    def route(self, call: Call) -> tuple[str, Callable[[], Reply]]:
        """One endpoint."""
        return "GET x" if call.method == "GET" else "POST x", lambda: (200, f'{{"path": "{call.path}"}}')


@pytest.fixture
def server() -> Iterator[Echo]:
    """A server for a test."""
    one = Echo()
    one.start()
    yield one
    one.stop()


def test_answer_of_any_status_is_an_answer(server: Echo) -> None:
    """Only a platform reads status codes."""
    server.fail_next("GET x", "body", status=503, text="<html>")
    answer = HttpClient().get(f"{server.url}/x")
    assert (answer.status, answer.object()) == (503, {})
    assert HttpClient().get(f"{server.url}/x").json() == {"path": "/x"}


@pytest.mark.parametrize("mode", ["stall", "drip"])
def test_slow_server_is_given_up_on(server: Echo, mode: str) -> None:
    """A byte now and then does not hold a call: the deadline is total."""
    server.fail_next("GET x", mode)
    began = time.monotonic()
    with pytest.raises(CallFailed) as caught:
        HttpClient(seconds=0.3).get(f"{server.url}/x")
    assert time.monotonic() - began < 5
    assert (caught.value.request_sent, caught.value.disconnected) == (True, False)


def test_reset_connection_is_tried_once_more_for_a_read_and_never_for_a_write(server: Echo) -> None:
    """A GET changes nothing; a POST that broke off may have."""
    for endpoint in ("GET x", "POST x"):
        server.fail_next(endpoint, "cut")
    assert HttpClient().get(f"{server.url}/x").status == 200
    with pytest.raises(CallFailed) as caught:
        HttpClient().post(f"{server.url}/x", {})
    assert caught.value.request_sent
    assert [name for name, _ in server.calls] == ["GET x", "GET x", "POST x"]


def test_read_that_is_reset_twice_is_told(server: Echo) -> None:
    """Once more is enough."""
    server.fail_next("GET x", "cut", times=2)
    with pytest.raises(CallFailed):
        HttpClient().get(f"{server.url}/x")


def test_kept_connection_is_used_again_and_may_be_forgotten(server: Echo) -> None:
    """The second read meets a reset of the kept connection, and is made anew."""
    web, server.forgets = HttpClient(), True
    assert [web.get(f"{server.url}/x").status for _ in range(5)] == [200] * 5


def test_nobody_there_means_nothing_was_written() -> None:
    """A refused connection is a sure sign."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    for url in (f"http://127.0.0.1:{port}/", "http://[::1", "http://127.0.0.1:99999/"):
        with pytest.raises(CallFailed) as caught:
            HttpClient().post(url, {})
        assert not caught.value.request_sent


def test_nothing_is_written_after_the_deadline(server: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that took too long to look up must not lead to a post minutes later."""
    asked, known = threading.Event(), socket.getaddrinfo

    def slow(*args: Any, **more: Any) -> Any:
        asked.wait(30)
        return known(*args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with pytest.raises(CallFailed):
        HttpClient(seconds=0.2).post(f"{server.url}/x", {})
    asked.set()
    for thread in threading.enumerate():
        if thread.name == "earshot-call":
            thread.join(10)
    assert server.calls == []


def test_large_answer_is_cut_off(server: Echo) -> None:
    """Also one that is small on the wire: nothing packed is asked for."""
    server.fail_next("GET x", "body", text="x" * 100_000)
    with pytest.raises(CallFailed) as caught:
        HttpClient(cap=50_000).get(f"{server.url}/x")
    assert "50000" in caught.value.message
    HttpClient().get(f"{server.url}/x")
    assert server.calls[-1][1].headers["accept-encoding"] == "identity"


def test_packed_answer_that_nobody_asked_for_stays_within_the_cap(
    server: Echo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """10 MB of nothing are 10 kB on the wire."""
    bomb = gzip.compress(b"\0" * (10 << 20))

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", str(len(bomb)))
        handler.end_headers()
        handler.wfile.write(bomb)

    monkeypatch.setattr(server._http.RequestHandlerClass, "do_GET", send)
    with pytest.raises(CallFailed):
        HttpClient(cap=1 << 20).get(f"{server.url}/x")


def test_redirect_is_not_followed(server: Echo) -> None:
    """It would carry the credentials away."""
    server.fail_next("GET x", "body", status=302, headers={"Location": f"{server.url}/elsewhere"})
    assert HttpClient().get(f"{server.url}/x", headers={"Authorization": "Bearer x"}).status == 302
    assert len(server.calls) == 1


def test_proxy_of_the_environment_is_not_used(server: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor are its .netrc and certificates."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert HttpClient().get(f"{server.url}/x").status == 200


@pytest.mark.parametrize("text", ["NaN", "[" * 200_000, "{", "\udc80"])
def test_json_that_is_none_is_told(server: Echo, text: str) -> None:
    """Depth, half a text, half a character."""
    server.fail_next("GET x", "body", text=text)
    answer = HttpClient().get(f"{server.url}/x")
    assert answer.object() == {}
    with pytest.raises(ValueError):
        answer.json()
