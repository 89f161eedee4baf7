"""POST /2/tweets: the budget, the call, and which of the three outcomes it had."""

import logging
import random
from collections import deque
from datetime import datetime, timedelta

from listener.errors import NotSent, OverBudget, PlatformError, ReadFailed, Refused
from listener.model import Prepared, Receipt
from listener.pauses import growing_pause
from listener.platforms.kit.breaker import with_jitter
from listener.platforms.kit.failures import Failure, not_sent, post_error, unconfirmed
from listener.platforms.kit.response import CallFailed, HttpResponse
from listener.platforms.x.caller import Caller, blocked_message
from listener.platforms.x.failures import RATE_PAUSE, classify
from listener.platforms.x.find_reply import post_receipt
from listener.platforms.x.gate import Gate
from listener.platforms.x.ids import is_id
from listener.platforms.x.money import next_day
from listener.platforms.x.wire import CredentialsMissing, Oversized, XClient
from listener.protocols import Meter

log = logging.getLogger(__name__)

POST = "POST /2/tweets"
_IN_A_ROW = 3  # unexplained refusals before sending pauses
_LONGEST_PAUSE = timedelta(hours=8)  # between tries after these


class Sender:
    """Posts replies. duplicates: keys of which X said that it has them already; cheapest: of any reply, US dollars."""

    def __init__(
        self, wire: XClient, gate: Gate, caller: Caller, meter: Meter, rng: random.Random, cheapest: float
    ) -> None:
        self._wire, self._gate, self._caller, self._meter, self._rng = wire, gate, caller, meter, rng
        self._cheapest = cheapest
        self._refused_once: deque[str] = deque(maxlen=1000)
        self._refusals = 0  # in a row, without a reason
        self.duplicates: set[str] = set()

    def post(self, prepared: Prepared, now: datetime) -> Receipt:
        """Post it. Raises NotSent, Refused, OverBudget; after anything else the reply is unconfirmed."""
        self._ready(prepared, now)
        try:
            answer = self._wire.post(prepared.request["text"], prepared.request["in_reply_to"])
        except CredentialsMissing as error:
            do = "set the four OAuth 1.0a secrets"
            raise self._gate.record_failure(NotSent(f"X: {error}", do, cause="account"), now, POST) from None
        except CallFailed as error:
            if not error.request_sent:
                raise self._gate.record_failure(NotSent(f"X cannot be reached: {error.message}"), now, POST) from None
            raise self._unconfirmed(prepared, f"X: {error.message}") from None
        except Oversized as error:
            raise self._unconfirmed(prepared, f"X: {error}") from None
        if 200 <= answer.status < 300:
            return self._receipt(prepared, answer)
        raise self._failed(prepared, answer, now)

    def _ready(self, prepared: Prepared, now: datetime) -> None:
        """Raises NotSent while something stands in the way of all: a stop, the wrong account, no money for any reply;
        OverBudget when this one alone costs too much."""
        stop = self._gate.stopped(now, POST)
        if stop:
            raise NotSent(blocked_message(stop), stop.do, cause=stop.cause, retry_at=stop.until)
        try:
            self._may(prepared, now)
        except OverBudget as error:
            if self._affords(self._cheapest):
                raise
            until = error.until or next_day(now)
            raise NotSent(error.message, error.do, cause="billing", retry_at=until) from None
        except ReadFailed as error:
            raise not_sent(error) from None
        except Exception as error:
            raise self._gate.record_failure(NotSent(f"X was not called: {error}"), now, POST) from error

    def _may(self, prepared: Prepared, now: datetime) -> None:
        self._caller.account(now)
        if self._gate.probe_due(now):
            self._caller.probe(now)
        self._meter.reserve(prepared.request["usd"], purpose="send")

    def _affords(self, usd: float) -> bool:
        try:
            self._meter.reserve(usd, purpose="send")
        except OverBudget:
            return False
        return True

    def _receipt(self, prepared: Prepared, answer: HttpResponse) -> Receipt:
        data = answer.object().get("data")
        if not isinstance(data, dict) or not is_id(data.get("id")):
            raise self._unconfirmed(prepared, f"X answered {answer.status} without the post's id")
        self.charge(prepared)
        self._gate.record_success(POST)
        self._refusals = 0
        return post_receipt(data["id"])

    def _failed(self, prepared: Prepared, answer: HttpResponse, now: datetime) -> PlatformError:
        failure = classify(answer, now, self._rng)
        error = post_error(failure)
        if failure.category == "parked":
            return self._park(prepared, failure, now)
        self._refusals = 0
        if failure.category == "duplicate":  # whether by a lost attempt of ours, the outbox knows
            self.duplicates.add(prepared.key)
            return error
        if isinstance(error, NotSent):  # what X forbids this app to post, it may well let it read
            return self._gate.record_failure(error, now, POST, whole=answer.status == 401)
        return error if isinstance(error, Refused) else self._unconfirmed(prepared, failure.message)

    def _park(self, prepared: Prepared, failure: Failure, now: datetime) -> PlatformError:
        """X refuses without a reason, now and then: once more later, then a person; three in a row pause sending."""
        self._refusals += 1
        if self._refusals >= _IN_A_ROW:
            pause = growing_pause(self._refusals - _IN_A_ROW + 1, RATE_PAUSE, _LONGEST_PAUSE)
            until = now + with_jitter(pause, self._rng)
            message = f"{failure.message} ({self._refusals} in a row)"
            return self._gate.record_failure(
                NotSent(message, failure.do, cause="account", retry_at=until), now, POST, whole=False
            )
        if prepared.key in self._refused_once:
            return Refused(failure.message, "by_hand", failure.do)
        self._refused_once.append(prepared.key)
        return NotSent(failure.message, failure.do, cause="item", retry_at=failure.retry_at)

    def _unconfirmed(self, prepared: Prepared, message: str) -> PlatformError:
        """Nobody knows whether it was posted, so it may cost."""
        self.charge(prepared)
        return unconfirmed(message)

    def charge(self, prepared: Prepared) -> None:
        """Once a reply, also when it is found later. A ledger that cannot be written must not hide what went out."""
        try:
            self._meter.charge(POST, 1, prepared.request["usd"], key=prepared.key)
        except Exception:
            fields = {"event": "cost_not_recorded", "platform": "x", "usd": prepared.request["usd"]}
            log.exception("%(platform)s: %(usd)s USD for a post could not be recorded", fields)
