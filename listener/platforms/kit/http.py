"""HTTP through httpx for platforms: a total deadline, a cap on bodies, no redirects, no proxies of the environment.

A GET, and a POST that may be repeated, keep their connection, and are made once more when that was cut: some servers
(snac) close kept connections without a word. Any other POST has a fresh connection and is never repeated, and httpx's
trace of its progress shows for certain whether any of it was written.
"""

import weakref
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from listener import elapsed, send_permit
from listener.model import Json
from listener.platforms.kit import network
from listener.platforms.kit.deadline import DeadlineExceeded, DeadlineRunner, TooLarge, read_capped
from listener.platforms.kit.response import CallFailed, HttpResponse, Query, one_line, secrets_of, without_secrets

Headers = Mapping[str, str] | None
MayConnect = Callable[[str], bool]  # by an IP address
_CAP = 8 * 1024 * 1024  # bytes of one answer: a page of 80 notifications is about 0.3 MB
_CONNECT, _READ = 5.0, 15.0  # seconds; both below the total deadline
_ALWAYS = {"User-Agent": "earshot", "Accept-Encoding": "identity"}  # a few packed bytes may unpack to very many


class HttpClient:
    """Makes calls; any HTTP status is an HttpResponse. Raises CallFailed. seconds: a call's total deadline."""

    def __init__(self, *, seconds: float = 30.0, cap: int = _CAP) -> None:
        self._seconds, self._cap, self._deadline = seconds, cap, DeadlineRunner(seconds)
        self._timeout = httpx.Timeout(min(_READ, seconds), connect=min(_CONNECT, seconds))
        self._way_out = network.current()
        self._trust = self._way_out.trust(httpx.create_ssl_context(trust_env=False))  # takes 20 ms: made once
        self._reading: httpx.Client | None = None

    def get(
        self, url: str, params: Query | None = None, headers: Headers = None, *, may_connect: MayConnect | None = None
    ) -> HttpResponse:
        """Read. params: a mapping, or pairs where a name comes several times.

        may_connect: asked for the address that was connected to, before anything is sent there: a name may lead
        elsewhere than when it was looked up. Not asked behind a proxy, which connects itself.
        """
        if may_connect is not None:
            with self._client() as client:
                return self._call(client, "GET", url, headers, may_connect, params=params)
        return self._repeat("GET", url, headers, params=params)

    def post_again(self, url: str, body: bytes, headers: Headers) -> HttpResponse:
        """Write these very bytes, twice where the connection is cut: who gets them must know them by an id."""
        return self._repeat("POST", url, headers, content=body)

    def _repeat(self, verb: str, url: str, headers: Headers, **what: Any) -> HttpResponse:
        try:
            return self._call_kept(verb, url, headers, **what)
        except CallFailed as error:
            if not error.disconnected:
                raise
        return self._call_kept(verb, url, headers, **what)

    def _call_kept(self, verb: str, url: str, headers: Headers, **what: Any) -> HttpResponse:
        client = self._reading = self._reading or self._kept()
        try:
            return self._call(client, verb, url, headers, **what)
        except CallFailed:
            self._reading = None
            self._close()  # a call given up on may still hold it: that one ends with its connection
            raise

    def post(self, url: str, body: Json | None, headers: Headers = None) -> HttpResponse:
        """Write, once. body: None for none."""
        with self._client() as client:
            return self._call(client, "POST", url, headers, json=body)

    def _kept(self) -> httpx.Client:
        client = self._client()
        self._close = weakref.finalize(self, client.close)
        return client

    def _client(self) -> httpx.Client:
        return httpx.Client(
            headers=_ALWAYS,
            timeout=self._timeout,
            verify=self._trust,
            proxy=self._way_out.proxy,
            trust_env=False,
            follow_redirects=False,
        )

    def _call(
        self,
        client: httpx.Client,
        verb: str,
        url: str,
        headers: Headers,
        may_connect: MayConnect | None = None,
        **what: Any,
    ) -> HttpResponse:
        guard = may_connect if self._way_out.proxy is None else None
        watch = _Watch(elapsed.seconds() + self._seconds, guard, send_permit.current() if verb == "POST" else None)
        secrets = secrets_of(headers, what.get("json"))

        def work() -> HttpResponse:
            with client.stream(verb, url, headers=headers, extensions={"trace": watch}, **what) as got:
                body = read_capped(got.iter_bytes(), self._cap, self._seconds)
                return HttpResponse(got.status_code, {name.lower(): value for name, value in got.headers.items()}, body)

        try:
            return without_secrets(self._deadline.call(work), secrets)
        except DeadlineExceeded as error:
            raise CallFailed(str(error), request_sent=error.started) from None
        except (TooLarge, httpx.TimeoutException) as error:
            raise CallFailed(one_line(error, secrets), request_sent=watch.written) from None
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError, ValueError, RuntimeError) as error:
            message = one_line(error, secrets)
            raise CallFailed(message, request_sent=watch.written, disconnected=watch.written) from None


class _Watch:
    """Follows every step of a call (httpcore's trace). Lets nothing be written after the deadline, or not permitted.

    Looking up a name has no timeout: a call given up on could otherwise post minutes later, after it was sent anew.
    A server carries out no request whose body does not come, so the permission is asked for before the body too.
    """

    def __init__(self, ends: float, may_connect: MayConnect | None, require: send_permit.Require | None) -> None:
        self._ends, self._may_connect, self._require, self.written = ends, may_connect, require, False

    def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        if event == "connection.connect_tcp.complete" and self._may_connect is not None:
            stream = info["return_value"]
            address = str(stream.get_extra_info("server_addr")[0])
            if not self._may_connect(address):
                stream.close()  # it is nobody's yet
                raise httpx.ConnectError(f"its name leads to {address}, which it may not")
        if event.endswith((".send_request_headers.started", ".send_request_body.started")) and self._require:
            self._require()
        if event.endswith(".send_request_headers.started"):
            if elapsed.seconds() > self._ends:
                raise httpx.ConnectTimeout("connected after the deadline")
            self.written = True
