"""Calls through the gate with a session: what stands in the way is told without a call; failures are Unavailable."""

import random
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from listener.errors import ReadFailed
from listener.model import Json
from listener.platforms.bluesky.failures import ACCOUNT_DO, classify
from listener.platforms.bluesky.session import CredentialsMissing, Session, Sessions, bearer, method
from listener.platforms.kit.failures import read_error
from listener.platforms.kit.gate import Gate
from listener.platforms.kit.http import HttpClient
from listener.platforms.kit.response import CallFailed, HttpResponse


class Absent(Exception):
    """Bluesky says that what was asked for is not there."""


class Rejected(Exception):
    """Bluesky understood the call and takes it not: a parameter is at fault. message: one line."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Caller:
    """Queries, procedures and who we are."""

    def __init__(self, sessions: Sessions, web: HttpClient, gate: Gate, rng: random.Random) -> None:
        self._sessions, self._web, self._gate, self._rng = sessions, web, gate, rng

    def session(self, now: datetime) -> Session:
        """The session in use; signs in where there is none. Raises Unavailable."""
        return self._signed(partial(self._sessions.open, self._refusal(now)), now)

    def get(self, name: str, params: Any, now: datetime) -> Json:
        """The answer of a query. Raises Unavailable, Absent, Rejected."""
        answer = self.called("read", lambda one: self._web.get(method(one.base, name), params, bearer(one.access)), now)
        if answer.status == 200:
            body = answer.object()
            if not body:
                raise self.failed(ReadFailed("Bluesky's answer cannot be read"), "read", now)
            self._gate.record_success("read")
            return body
        failure = classify(answer, now, self._rng)
        if failure.category == "absent":
            raise Absent(failure.message)
        if failure.category == "invalid" or failure.name == "InternalServerError":
            raise Rejected(failure.message)
        raise self.failed(read_error(failure), "read", now)

    def post(self, name: str, body: Json, now: datetime) -> HttpResponse:
        """The answer of a procedure, whatever its status. Raises Unavailable when nothing was carried out, Broken."""
        return self.called("write", lambda one: self._web.post(method(one.base, name), body, bearer(one.access)), now)

    def called(self, kind: str, call: Callable[[Session], HttpResponse], now: datetime) -> HttpResponse:
        """Call; a token that has run out is renewed, and the call made again: it was not carried out."""
        self._gate.require_open(now, kind)  # read, write and session are limited separately
        session = self.session(now)
        for _ in range(2):
            answer = self._tried(kind, call, session, now)
            if answer.status not in (400, 401) or classify(answer, now, self._rng).category != "expired":
                return answer
            session = self._signed(partial(self._sessions.renew, session, self._refusal(now)), now)
        raise self.failed(read_error(classify(answer, now, self._rng)), kind, now)

    def failed(self, error: ReadFailed, kind: str, now: datetime) -> ReadFailed:
        """The same error, noted, with the time to try again."""
        return self._gate.record_failure(error, now, kind)

    def worked(self, kind: str) -> None:
        """A call was answered as it should be."""
        self._gate.record_success(kind)

    def _tried(
        self, kind: str, call: Callable[[Session], HttpResponse], session: Session, now: datetime
    ) -> HttpResponse:
        try:
            return call(session)
        except CallFailed as error:
            trouble = self.failed(ReadFailed(f"Bluesky cannot be reached: {error.message}"), kind, now)
            if kind == "read" or not error.request_sent:
                raise trouble from None
            raise

    def _signed(self, work: Callable[[], Session], now: datetime) -> Session:
        """Sign in or renew. Raises Unavailable."""
        self._gate.require_open(now, "session")
        try:
            session = work()
        except CredentialsMissing as error:
            raise self.failed(ReadFailed(f"Bluesky: {error}", error.do, cause=error.cause), "session", now) from None
        except CallFailed as error:
            raise self.failed(ReadFailed(f"Bluesky cannot be reached: {error.message}"), "session", now) from None
        except ReadFailed as error:
            raise self.failed(error, "session", now) from None
        return session

    def _refusal(self, now: datetime) -> Callable[[HttpResponse], Exception]:
        """What a refused sign-in means: whatever is wrong with it, trying on would use up the day's sign-ins."""

        def refused(answer: HttpResponse) -> ReadFailed:
            error = read_error(classify(answer, now, self._rng))
            return error if error.cause != "item" else ReadFailed(error.message, ACCOUNT_DO, cause="account")

        return refused
