"""Calls through the gate with a session: an open circuit is reported without a call, failures become ReadFailed."""

import random
from collections.abc import Callable
from datetime import datetime
from functools import partial

from listener.errors import ReadFailed
from listener.model import Json
from listener.platforms.bluesky.failures import ACCOUNT_DO, MOVED, classify
from listener.platforms.bluesky.session import CredentialsMissing, Session, Sessions, bearer, method
from listener.platforms.kit.failures import read_error
from listener.platforms.kit.gate import Gate
from listener.platforms.kit.http import HttpClient
from listener.platforms.kit.response import CallFailed, HttpResponse, Query
from listener.platforms.kit.values import Untrusted


class Absent(Exception):
    """What was asked for is not there, as Bluesky answers."""


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
        """Return the session in use; signs in where there is none. Raises ReadFailed."""
        return self._sign_in(partial(self._sessions.open, self._refusal(now)), now)

    def get(self, name: str, params: Query, now: datetime) -> Untrusted:
        """Return the answer of a query. Raises ReadFailed, Absent, Rejected."""

        def request(session: Session) -> HttpResponse:
            return self._web.get(method(session.base, name), params, bearer(session.access))

        answer = self.call("read", request, now)
        if answer.status == 200:
            body = answer.object()
            if not body:
                raise self.record_failure(ReadFailed("Bluesky's answer cannot be read"), "read", now)
            self._gate.record_success("read")
            return body
        failure = classify(answer, now, self._rng)
        if failure.category == "absent":
            raise Absent(failure.message)
        if failure.category == "invalid" or failure.name == "InternalServerError":
            raise Rejected(failure.message)
        raise self.record_failure(read_error(failure), "read", now)

    def post(self, name: str, body: Json, now: datetime) -> HttpResponse:
        """Return the answer of a procedure, whatever its status.

        Raises ReadFailed if it was surely not carried out, CallFailed if it may have been.
        """

        def request(session: Session) -> HttpResponse:
            return self._web.post(method(session.base, name), body, bearer(session.access))

        return self.call("write", request, now)

    def call(self, kind: str, request: Callable[[Session], HttpResponse], now: datetime) -> HttpResponse:
        """Call; a token that has run out is renewed, and the call made again: it was not carried out.

        An account that is not there may have moved: it is signed in anew, once a session.
        """
        self._gate.require_open(now, kind)  # read, write and session are limited separately
        session = self.session(now)
        for _ in range(2):
            answer = self._try(kind, request, session, now)
            failure = classify(answer, now, self._rng) if 400 <= answer.status < 500 else None
            if failure and failure.name in MOVED and self._sessions.may_have_moved(session):
                session = self._sign_in(partial(self._sessions.sign_in_anew, self._refusal(now)), now)
            elif failure and failure.category == "expired":
                session = self._sign_in(partial(self._sessions.renew, session, self._refusal(now)), now)
            else:
                return answer
        raise self.record_failure(read_error(classify(answer, now, self._rng)), kind, now)

    def record_failure(self, error: ReadFailed, kind: str, now: datetime) -> ReadFailed:
        """Note the error; return it with the time to try again."""
        return self._gate.record_failure(error, now, kind)

    def record_success(self, kind: str) -> None:
        """Note that a call was answered as it should be."""
        self._gate.record_success(kind)

    def has_new_secret(self) -> bool:
        """Return whether the secrets were replaced since a call was last stopped."""
        return self._gate.has_new_secret()

    def _try(
        self, kind: str, request: Callable[[Session], HttpResponse], session: Session, now: datetime
    ) -> HttpResponse:
        try:
            return request(session)
        except CallFailed as error:
            trouble = self.record_failure(ReadFailed(f"Bluesky cannot be reached: {error.message}"), kind, now)
            if kind == "read" or not error.request_sent:
                raise trouble from None
            raise

    def _sign_in(self, work: Callable[[], Session], now: datetime) -> Session:
        """Sign in or renew. Raises ReadFailed."""
        self._gate.require_open(now, "session")
        try:
            session = work()
        except CredentialsMissing as error:
            missing = ReadFailed(f"Bluesky: {error}", error.do, cause=error.cause)
            raise self.record_failure(missing, "session", now) from None
        except CallFailed as error:
            unreachable = ReadFailed(f"Bluesky cannot be reached: {error.message}")
            raise self.record_failure(unreachable, "session", now) from None
        except ReadFailed as error:
            raise self.record_failure(error, "session", now) from None
        self._gate.record_success("session")
        return session

    def _refusal(self, now: datetime) -> Callable[[HttpResponse], Exception]:
        """What a refused sign-in means: whatever is wrong with it, trying on would use up the day's sign-ins."""

        def refused(answer: HttpResponse) -> ReadFailed:
            error = read_error(classify(answer, now, self._rng))
            return error if error.cause != "item" else ReadFailed(error.message, ACCOUNT_DO, cause="account")

        return refused
