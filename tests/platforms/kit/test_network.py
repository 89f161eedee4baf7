"""A proxy and an authority of our own reach both HTTP libraries, and nothing of the environment does."""

import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from listener import settings
from listener.errors import ConfigError
from listener.platforms.kit import network
from listener.platforms.kit.http import HttpClient
from listener.platforms.kit.response import CallFailed
from listener.platforms.x.wire import XClient
from tests.fakes.loopback import Call, Loopback, Reply

NOWHERE = "http://127.0.0.1:9"  # nobody listens there: only a proxy answers for it


class Keys:
    """Secrets that need no environment."""

    def get(self, name: str, /) -> str | None:
        """The same word for each."""
        return "word"


class Proxy(Loopback):
    """Answers for every host, as a proxy does that carries the call out."""

    def route(self, call: Call) -> tuple[str, Callable[[], Reply]]:
        """Say that it came this way."""
        return call.method, lambda: (200, '{"via": "proxy"}')


@pytest.fixture(autouse=True)
def _straight_afterwards() -> Iterator[None]:
    yield
    network.use(network.WayOut())


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """A proxy on loopback."""
    server = Proxy().start()
    yield server
    server.stop()


def test_both_libraries_take_the_proxy_for_reading_and_for_writing(proxy: Proxy) -> None:
    """With the whole address in the request line, which only a proxy is sent."""
    network.use(network.WayOut(proxy.url))
    web, x = HttpClient(), XClient(NOWHERE, Keys())
    answers = [web.get(f"{NOWHERE}/a"), web.post(f"{NOWHERE}/b", {}), x.get("/c", {}), x.post("hello", "7")]
    assert [answer.object() for answer in answers] == [{"via": "proxy"}] * 4
    assert [call.target for _, call in proxy.calls] == [f"{NOWHERE}/{path}" for path in ("a", "b", "c", "2/tweets")]


def test_a_proxy_of_the_environment_is_not_used(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a shell happens to have set must not lead our tokens elsewhere."""
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    with pytest.raises(CallFailed):
        HttpClient().get(f"{NOWHERE}/a")
    with pytest.raises(CallFailed):
        XClient(NOWHERE, Keys()).get("/c", {})
    assert proxy.calls == []


def test_a_proxy_that_is_down_means_surely_not_sent(proxy: Proxy) -> None:
    """No reply becomes unconfirmed because the proxy rests."""
    network.use(network.WayOut(proxy.url))
    proxy.stop()
    with pytest.raises(CallFailed) as by_httpx:
        HttpClient().post(f"{NOWHERE}/b", {})
    with pytest.raises(CallFailed) as by_tweepy:
        XClient(NOWHERE, Keys()).post("a", "7")
    assert (by_httpx.value.request_sent, by_tweepy.value.request_sent) == (False, False)


class Hello(BaseHTTPRequestHandler):
    """A server of our own, behind TLS."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server whose certificate an authority of our own signed (here: itself), and that authority."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate, and is not installed")
    key, certificate = tmp_path / "key.pem", tmp_path / "ca.pem"
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    make += ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run([*make, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hello)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"https://127.0.0.1:{server.server_address[1]}", certificate
    server.shutdown()
    server.server_close()


def test_an_authority_of_our_own_is_trusted_where_it_is_named(own_server: tuple[str, Path]) -> None:
    """By both libraries; before, its server is refused, and surely nothing was sent."""
    url, certificate = own_server
    with pytest.raises(CallFailed) as by_httpx:
        HttpClient().get(url)
    with pytest.raises(CallFailed) as by_tweepy:
        XClient(url, Keys()).get("/2/users/me", {})
    assert (by_httpx.value.request_sent, by_tweepy.value.request_sent) == (False, False)
    network.use(network.WayOut(ca_file=certificate))
    assert HttpClient().get(url).status == 200
    assert XClient(url, Keys()).get("/2/users/me", {}).status == 200


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('proxy = "http://user:word@proxy.internal:3128"', "proxy: is not the address of a proxy"),
        ('proxy = "proxy.internal"', "proxy: is not the address of a proxy"),
        ('ca_file = "earshot.toml"', "holds no certificate"),
        ('ca_file = "missing.pem"', "missing.pem"),
    ],
)
def test_a_way_out_that_cannot_work_is_refused_by_check(tmp_path: Path, line: str, message: str) -> None:
    """Before a platform is called."""
    (tmp_path / "earshot.toml").write_text(f"[daemon]\n{line}\n")
    with pytest.raises(ConfigError, match=message):
        settings.load(tmp_path)
