"""tweepy's client with what it lacks: the host of the configuration, deadlines, a cap on bodies, no redirects.

Every method of tweepy's Client funnels through `request`, which is replaced here, so OAuth 1.0a signs the URL that is
called. A GET keeps its connection; a POST has a fresh one, because a stale one makes the outcome unknowable.
"""

import logging
import ssl
from collections.abc import Callable
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import tweepy
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from listener import elapsed, send_permit
from listener.model import Json
from listener.platforms.kit import network
from listener.platforms.kit.deadline import DeadlineExceeded, DeadlineRunner, TooLarge, read_capped
from listener.platforms.kit.response import CallFailed, HttpResponse, Query, one_line, without_secrets
from listener.platforms.x.section import SECRETS, Section
from listener.protocols import Secrets

for _name in Section.chatty_loggers:
    logging.getLogger(_name).setLevel(max(logging.INFO, logging.getLogger(_name).level))

_CAP = 8 * 1024 * 1024  # bytes of one answer: a page of 100 posts is about 0.2 MB
_CONNECT, _READ = 5.0, 15.0  # seconds; both below the total deadline


class CredentialsMissing(Exception):
    """Nothing was called: a secret is missing or cannot sign."""


class Oversized(Exception):
    """The answer is longer than the cap: a smaller page may do."""


class _Client(tweepy.Client):  # type: ignore[misc]  # tweepy has no types
    """tweepy.Client that calls `base` and hands back the raw response, status and all."""

    def __init__(
        self, base: str, keys: tuple[str, ...], session: requests.Session, timeouts: tuple[float, float]
    ) -> None:
        names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
        super().__init__(**dict(zip(names, keys, strict=True)), return_type=requests.Response, wait_on_rate_limit=False)
        self.session, self._base, self._timeouts = session, base, timeouts

    def request(
        self, method: str, route: str, params: Query | None = None, json: Json | None = None, user_auth: bool = False
    ) -> requests.Response:
        """Sign and send; raise no exception of tweepy's (their constructors fail on a body that is a list)."""
        signer = tweepy.OAuth1UserHandler(
            self.consumer_key, self.consumer_secret, self.access_token, self.access_token_secret
        ).apply_auth()
        headers = {"User-Agent": self.user_agent}
        request = requests.Request(method, self._base + route, headers=headers, params=params, json=json, auth=signer)
        try:
            prepared = self.session.prepare_request(request)
        except (ValueError, TypeError, requests.RequestException) as error:
            raise CredentialsMissing(f"the request could not be signed ({type(error).__name__})") from None
        return self.session.send(prepared, timeout=self._timeouts, allow_redirects=False, stream=True)


class XClient:
    """Calls X; any HTTP status is an HttpResponse. Raises CredentialsMissing, CallFailed, Oversized. Thread-safe."""

    def __init__(self, base: str, secrets: Secrets, *, seconds: float = 30.0, cap: int = _CAP) -> None:
        self._base, self._secrets, self._cap = base.rstrip("/"), secrets, cap
        self._seconds, self._deadline = seconds, DeadlineRunner(seconds)
        self._timeouts = (min(_CONNECT, seconds), min(_READ, seconds))
        self._reading: requests.Session | None = None

    def keys(self) -> tuple[str, ...]:
        """The four secrets, read anew each time, so that a replaced one counts at once. Raises CredentialsMissing."""
        values = {name: (self._secrets.get(name) or "").strip() for name in SECRETS}
        missing = [name for name, value in values.items() if not value]
        if missing:
            raise CredentialsMissing(f"{', '.join(missing)} not set")
        return tuple(values.values())

    def get(self, route: str, params: Query) -> HttpResponse:
        """GET a route below the host, such as /2/users/me."""
        if self._reading is None:
            self._reading = _session()
        try:
            return self._call(self._reading, lambda client: client.request("GET", route, params=params, user_auth=True))
        except CallFailed:
            self._reading = None  # a call given up on may still hold it
            raise

    def post(self, text: str, target: str | None) -> HttpResponse:
        """POST /2/tweets: a reply to the post `target`, or a post that answers nothing."""
        session = _session()
        _mount(session, _Punctual(self._seconds, send_permit.current()))
        try:
            return self._call(session, lambda client: client.create_tweet(text=text, in_reply_to_tweet_id=target))
        finally:
            session.close()

    def _call(self, session: requests.Session, send: Callable[[_Client], requests.Response]) -> HttpResponse:
        client = _Client(self._base, self.keys(), session, self._timeouts)
        try:
            return without_secrets(self._deadline.call(lambda: self._answer(send(client))), self.keys())
        except DeadlineExceeded as error:
            raise CallFailed(str(error), request_sent=error.started) from None
        except TooLarge as error:
            raise Oversized(str(error)) from None
        except requests.RequestException as error:
            raise CallFailed(_short(error), request_sent=not is_before_writing(error)) from None
        except (HTTPError, OSError) as error:
            raise CallFailed(_short(error), request_sent=True) from None

    def _answer(self, response: requests.Response) -> HttpResponse:
        with response:
            chunks = iter(lambda: response.raw.read1(65536, decode_content=True), b"")  # returns what came
            body = read_capped(chunks, self._cap, self._seconds)
            return HttpResponse(response.status_code, {k.lower(): v for k, v in response.headers.items()}, body)


class _Trusting(HTTPAdapter):
    """Trusts our own authorities too."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Called by the constructor."""
        super().init_poolmanager(*args, **{**kwargs, **_trust()})

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        """Called for each request that goes through a proxy."""
        return super().proxy_manager_for(proxy, **{**kwargs, **_trust()})


def _trust() -> dict[str, ssl.SSLContext]:
    way_out = network.current()
    return {"ssl_context": way_out.trust(ssl.create_default_context())} if way_out.ca_file else {}


class _Punctual(_Trusting):
    """Writes nothing on a connection that came about after the deadline, and nothing that is not permitted any more.

    Looking up a name has no timeout: a call given up on could otherwise post minutes later, after it was sent anew.
    """

    def __init__(self, seconds: float, require: send_permit.Require) -> None:
        self._ends, self._require = elapsed.seconds() + seconds, require
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Called by the constructor: pools whose connections look at the clock."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools()

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        """Look at the clock behind a proxy too."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = self._pools()
        return manager

    def _pools(self) -> dict[str, type[HTTPConnectionPool]]:
        return {
            "http": type("Pool", (HTTPConnectionPool,), {"ConnectionCls": self._late(HTTPConnection)}),
            "https": type("Pool", (HTTPSConnectionPool,), {"ConnectionCls": self._late(HTTPSConnection)}),
        }

    def _late(self, kind: type[HTTPConnection]) -> type[HTTPConnection]:
        ends, require = self._ends, self._require

        def connect(self: HTTPConnection) -> None:
            kind.connect(self)
            if elapsed.seconds() > ends:
                self.close()
                raise NewConnectionError(self, "connected after the deadline")

        def send(self: HTTPConnection, data: bytes) -> None:
            if self.sock is None:
                self.connect()
            require()
            kind.send(self, data)

        return type(kind.__name__, (kind,), {"connect": connect, "send": send})


def _mount(session: requests.Session, adapter: HTTPAdapter) -> None:
    for scheme in ("http://", "https://"):
        session.mount(scheme, adapter)


def _session() -> requests.Session:
    """No proxies or .netrc of the environment, no cookies."""
    session = requests.Session()
    session.trust_env = False
    if proxy := network.current().proxy:
        session.proxies = {"http": proxy, "https": proxy}
    _mount(session, _Trusting())
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


_BEFORE = (NewConnectionError, ConnectTimeoutError, requests.ConnectTimeout, ssl.SSLCertVerificationError)


def is_before_writing(error: BaseException) -> bool:
    """True when the failure came before a byte of the request left: refused, no such host, too late, no trust."""
    return any(isinstance(cause, _BEFORE) for cause in _causes(error))


def _causes(error: BaseException) -> list[BaseException]:
    """The error and what it wraps, outermost first; requests and urllib3 keep it in `reason` or among the arguments."""
    chain = [error]
    while len(chain) < 8:
        inner = (getattr(chain[-1], "reason", None), *chain[-1].args)
        cause = next((value for value in inner if isinstance(value, BaseException)), None)
        if cause is None:
            break
        chain.append(cause)
    return chain


def _short(error: BaseException) -> str:
    """One line: the innermost cause, without the URL, whose query may be long."""
    inner = _causes(error)[-1]
    message = getattr(inner, "strerror", None) or str(inner)
    return one_line(str(message) or type(inner).__name__)
