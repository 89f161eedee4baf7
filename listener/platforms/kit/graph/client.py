"""Calls to the Graph API, through the gate and the day's budget of calls. Tokens travel in a header, never in a URL."""

import hashlib
import hmac
import random
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from listener.errors import NotSent, ReadFailed
from listener.platforms.kit.failures import not_sent, post_error, read_error, unconfirmed
from listener.platforms.kit.gate import Gate
from listener.platforms.kit.graph.failures import WINDOW, classify, is_missing, is_permission
from listener.platforms.kit.graph.listing import Params
from listener.platforms.kit.graph.usage import FULL, CallBudget, regain_time
from listener.platforms.kit.response import CallFailed, HttpResponse
from listener.platforms.kit.values import Untrusted
from listener.protocols import Purpose

if TYPE_CHECKING:
    from listener.platforms.kit.http import HttpClient

SEND = "send"  # the kind of calls that a refused post stops


class Graph:
    """One host and version, one token. name: of the platform, for messages; base: host and version.

    token: read anew at every call; app_secret: "" where the app does not demand a proof.
    """

    def __init__(
        self,
        name: str,
        base: tuple[str, str],
        token: Callable[[], str],
        app_secret: Callable[[], str],
        budget: CallBudget,
        web: "HttpClient",
        rng: random.Random,
    ) -> None:
        self.name, (self.host, self._version), self._token = name, base, token
        self._app_secret = app_secret
        self.budget, self.web, self.rng, self.gate = budget, web, rng, Gate(token, rng)

    def ready(self, now: datetime, purpose: Purpose = "read") -> None:
        """Raise ReadFailed while no call may be made."""
        self.gate.require_open(now)
        token = self._token()
        if not token or not token.isascii() or not token.isprintable():
            do = "set it to the token of docs/platforms.md"
            raise self.gate.fail_read(now, f"{self.name}: the token is missing, or is none", do, cause="account")
        self.budget.require(now, purpose)

    def get(self, path: str, params: Params, now: datetime, *, purpose: Purpose = "read") -> Untrusted:
        """Return the JSON object of a 200. Raises ReadFailed."""
        answer = self._read(path, params, now, purpose)
        return self._object(answer, now)

    def get_feed(self, path: str, params: Params, now: datetime) -> Untrusted:
        """Like get; a missing permission for this call alone stops no other."""
        answer = self._read(path, params, now, "read")
        if answer.status != 200 and is_permission(answer):
            failure = classify(answer, self.name, now, self.rng)
            raise self.gate.record_failure(ReadFailed(failure.message, failure.do, cause="item"), now)
        return self._object(answer, now)

    def find(self, path: str, params: Params, now: datetime, *, purpose: Purpose = "read") -> Untrusted | None:
        """Return the object, or None when it is gone. Raises ReadFailed.

        Meta answers the same when our rights are gone: then it answers nothing about ourselves either.
        """
        answer = self._read(path, params, now, purpose)
        if answer.status == 200 or not is_missing(answer):
            return self._object(answer, now)
        self.get("me", {"fields": "id"}, now, purpose=purpose)
        return None

    def post(self, path: str, body: Untrusted, now: datetime) -> Untrusted:
        """Write, once. Raises NotSent, Refused; after anything else nobody knows. The answer may lack an id."""
        try:
            answer = self.web.post(self._url(path), {**body, **self._proof()}, self._headers())
        except CallFailed as error:
            self.budget.count(None, now)
            if not error.request_sent:
                trouble = NotSent(f"{self.name} cannot be reached: {error.message}")
                raise self.gate.record_failure(trouble, now) from None
            raise unconfirmed(f"{self.name}: {error.message}") from None
        self.budget.count(answer.headers, now)
        if 200 <= answer.status < 300:
            return answer.object()
        raise self._refused(answer, now)

    def _refused(self, answer: HttpResponse, now: datetime) -> Exception:
        """A token that may not write still reads: then only sending stops."""
        failure = classify(answer, self.name, now, self.rng, posting=True)
        error = post_error(failure)
        if not isinstance(error, NotSent):
            return error
        if error.cause == "account" and (failure.name or is_permission(answer)):
            return self.gate.record_failure(error, now, SEND, whole=False)
        return self.gate.record_failure(error, now)

    def stop_sending(self, error: NotSent, now: datetime) -> NotSent:
        """Send nothing more for a while; reading goes on."""
        return self.gate.record_failure(error, now, SEND, whole=False)

    def require_sending(self, now: datetime) -> None:
        """Raise NotSent while nothing may be sent."""
        try:
            self.gate.require_open(now, SEND)
            self.ready(now, "send")
        except ReadFailed as error:
            raise not_sent(error) from None

    def _read(self, path: str, params: Params, now: datetime, purpose: Purpose) -> HttpResponse:
        self.ready(now, purpose)
        try:
            answer = self.web.get(self._url(path), {**params, **self._proof()}, self._headers())
        except CallFailed as error:
            self.budget.count(None, now)
            raise self.gate.fail_read(now, f"{self.name} cannot be reached: {error.message}") from None
        self.budget.count(answer.headers, now)
        return answer

    def _object(self, answer: HttpResponse, now: datetime) -> Untrusted:
        if answer.status != 200:
            raise self.gate.record_failure(read_error(classify(answer, self.name, now, self.rng)), now)
        body = answer.object()
        if not body or "error" in body:
            raise self.gate.fail_read(now, f"{self.name}'s answer cannot be read")
        self.gate.record_success()
        if self.budget.share >= FULL:  # more calls would make the wait longer
            until = now + (regain_time(answer.headers) or WINDOW)
            message = f"{self.name}: Meta's limit is reached"
            self.gate.record_failure(ReadFailed(message, cause="rate", retry_at=until), now)
        return body

    def _url(self, path: str) -> str:
        return f"{self.host}/{self._version}/{path}"

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token()}"}

    def _proof(self) -> dict[str, str]:
        """Return the proof that we know the app's secret, for apps that demand it."""
        secret = self._app_secret()
        if not secret:
            return {}
        digest = hmac.new(secret.encode(errors="replace"), self._token().encode(errors="replace"), hashlib.sha256)
        return {"appsecret_proof": digest.hexdigest()}
