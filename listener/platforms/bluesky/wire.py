"""XRPC over httpx with what it lacks: a total deadline, a cap on bodies. No redirects, no proxies of the environment.

A GET keeps its connection and is made once more when a kept one proved dead; a POST has a fresh one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from listener.model import Json
from listener.net import GivenUp, Patience, TooLarge, read_capped

_CAP = 8 * 1024 * 1024  # bytes of one answer: a page of 100 notifications is about 0.2 MB
_CONNECT, _READ = 5.0, 15.0  # seconds; both below the total deadline
_BEFORE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.LocalProtocolError)


class Broken(Exception):
    """No answer, or none that can be read. written: False when the server surely never saw the request."""

    def __init__(self, says: str, *, written: bool) -> None:
        super().__init__(says)
        self.says, self.written = says, written


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, whatever its status. headers: names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Json:
        """The body as a JSON object. Raises ValueError, also for NaN and depth beyond the parser's."""
        try:
            parsed = json.loads(self.body, parse_constant=_no_constant)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
        if not isinstance(parsed, dict):
            raise ValueError("not an object")
        return parsed

    def object(self) -> Json:
        """The body as a JSON object, or an empty one when it is anything else."""
        try:
            return self.json()
        except ValueError:
            return {}


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


class Wire:
    """Calls a server's XRPC methods. Raises Broken; any HTTP status is an Answer. seconds: a call's total deadline."""

    def __init__(self, *, seconds: float = 30.0, cap: int = _CAP) -> None:
        self._seconds, self._cap, self._patience = seconds, cap, Patience(seconds)
        self._timeout = httpx.Timeout(min(_READ, seconds), connect=min(_CONNECT, seconds))
        self._reading: httpx.Client | None = None

    def get(self, base: str, method: str, params: Any, token: str | None) -> Answer:
        """A query. params: a mapping, or pairs where a name comes several times."""
        kept = self._reading is not None
        try:
            return self._read(base, method, params, token)
        except Broken:
            if not kept:
                raise
        return self._read(base, method, params, token)

    def _read(self, base: str, method: str, params: Any, token: str | None) -> Answer:
        client = self._reading = self._reading or self._client()
        try:
            return self._call(client, "GET", _url(base, method), token, params=params)
        except Broken:
            self._reading = None  # a call given up on may still hold it
            raise

    def post(self, base: str, method: str, body: Json | None, token: str | None) -> Answer:
        """A procedure. body: None for none."""
        client = self._client()
        try:
            return self._call(client, "POST", _url(base, method), token, json=body)
        finally:
            client.close()

    def _client(self) -> httpx.Client:
        return httpx.Client(timeout=self._timeout, trust_env=False, follow_redirects=False)

    def _call(self, client: httpx.Client, verb: str, url: str, token: str | None, **what: Any) -> Answer:
        headers = {"Authorization": f"Bearer {token}"} if token else {}

        def work() -> Answer:
            with client.stream(verb, url, headers=headers, **{k: v for k, v in what.items() if v is not None}) as got:
                body = read_capped(got.iter_bytes(), self._cap, self._seconds)
                return Answer(got.status_code, {k.lower(): v for k, v in got.headers.items()}, body)

        try:
            return self._patience.call(work)
        except GivenUp as error:
            raise Broken(str(error), written=error.begun) from None
        except (TooLarge, httpx.InvalidURL, UnicodeError) as error:
            raise Broken(str(error), written=isinstance(error, TooLarge)) from None
        except (httpx.HTTPError, httpx.StreamError, OSError, RuntimeError) as error:
            raise Broken(_short(error), written=not isinstance(error, _BEFORE)) from None


def _url(base: str, method: str) -> str:
    return f"{base.rstrip('/')}/xrpc/{method}"


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
