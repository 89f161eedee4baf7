"""Calls through the gate with a session: what stands in the way is told without a call; failures are Unavailable."""

import random
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from listener.errors import Unavailable
from listener.gate import Gate
from listener.model import Json
from listener.net import Answer
from listener.platforms.bluesky.session import Session, Sessions, Unready, bearer, method
from listener.platforms.bluesky.verdict import ACCOUNT_DO, judge, of_read
from listener.web import Broken, Web


class Absent(Exception):
    """Bluesky says that what was asked for is not there."""


class Rejected(Exception):
    """Bluesky understood the call and takes it not: a parameter is at fault. says: one line."""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


class Caller:
    """Queries, procedures and who we are."""

    def __init__(self, sessions: Sessions, web: Web, gate: Gate, rng: random.Random) -> None:
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
                raise self.failed(Unavailable("Bluesky's answer cannot be read"), "read", now)
            self._gate.worked("read")
            return body
        verdict = judge(answer, now, self._rng)
        if verdict.fate == "absent":
            raise Absent(verdict.says)
        if verdict.fate == "invalid" or verdict.name == "InternalServerError":
            raise Rejected(verdict.says)
        raise self.failed(of_read(verdict), "read", now)

    def post(self, name: str, body: Json, now: datetime) -> Answer:
        """The answer of a procedure, whatever its status. Raises Unavailable when nothing was carried out, Broken."""
        return self.called("write", lambda one: self._web.post(method(one.base, name), body, bearer(one.access)), now)

    def called(self, kind: str, call: Callable[[Session], Answer], now: datetime) -> Answer:
        """Call; a token that has run out is renewed, and the call made again: it was not carried out."""
        self._pass(kind, now)
        session = self.session(now)
        for _ in range(2):
            answer = self._tried(kind, call, session, now)
            if answer.status not in (400, 401) or judge(answer, now, self._rng).fate != "expired":
                return answer
            session = self._signed(partial(self._sessions.renew, session, self._refusal(now)), now)
        raise self.failed(of_read(judge(answer, now, self._rng)), kind, now)

    def failed(self, error: Unavailable, kind: str, now: datetime) -> Unavailable:
        """The same error, noted, with the time to try again."""
        return self._gate.noted(error, now, kind)

    def worked(self, kind: str) -> None:
        """A call was answered as it should be."""
        self._gate.worked(kind)

    def _pass(self, kind: str, now: datetime) -> None:
        """Raise Unavailable while something stands in the way. kind: read, write or session, each limited by itself."""
        if stop := self._gate.stopped(now, kind):
            raise Unavailable(stop.says, stop.do, cause=stop.cause, retry_at=stop.until)

    def _tried(self, kind: str, call: Callable[[Session], Answer], session: Session, now: datetime) -> Answer:
        try:
            return call(session)
        except Broken as error:
            trouble = self.failed(Unavailable(f"Bluesky cannot be reached: {error.says}"), kind, now)
            if kind == "read" or not error.written:
                raise trouble from None
            raise

    def _signed(self, work: Callable[[], Session], now: datetime) -> Session:
        """Sign in or renew. Raises Unavailable."""
        self._pass("session", now)
        try:
            session = work()
        except Unready as error:
            raise self.failed(Unavailable(f"Bluesky: {error}", error.do, cause=error.cause), "session", now) from None
        except Broken as error:
            raise self.failed(Unavailable(f"Bluesky cannot be reached: {error.says}"), "session", now) from None
        except Unavailable as error:
            raise self.failed(error, "session", now) from None
        return session

    def _refusal(self, now: datetime) -> Callable[[Answer], Exception]:
        """What a refused sign-in means: whatever is wrong with it, trying on would use up the day's sign-ins."""

        def refused(answer: Answer) -> Unavailable:
            error = of_read(judge(answer, now, self._rng))
            return error if error.cause != "item" else Unavailable(error.says, ACCOUNT_DO, cause="account")

        return refused
