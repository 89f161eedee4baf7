"""POST /2/tweets: the budget, the call, and which of the three outcomes it had."""

import logging
import random
from collections import deque
from datetime import datetime

from listener.errors import Cause, NotSent, OverBudget, PlatformError, Refused, Unavailable
from listener.model import Meter, Prepared, Receipt
from listener.platforms.x.caller import Caller, told
from listener.platforms.x.gate import Gate
from listener.platforms.x.ids import is_id
from listener.platforms.x.money import next_day
from listener.platforms.x.verdict import Verdict, judge, of_post
from listener.platforms.x.wire import Answer, Broken, Oversized, Unready, Wire

log = logging.getLogger(__name__)

POST = "POST /2/tweets"
_IN_A_ROW = 3  # unexplained refusals before sending pauses: x.md, table of errors


class Sender:
    """Posts replies. duplicates: keys of which X said that it has them already."""

    def __init__(self, wire: Wire, gate: Gate, caller: Caller, meter: Meter, rng: random.Random) -> None:
        self._wire, self._gate, self._caller, self._meter, self._rng = wire, gate, caller, meter, rng
        self._parked: deque[str] = deque(maxlen=1000)
        self._row = 0
        self.duplicates: set[str] = set()

    def post(self, prepared: Prepared, now: datetime) -> Receipt:
        """Post it. Raises NotSent, Refused; anything else: nobody knows."""
        self._ready(prepared, now)
        try:
            answer = self._wire.reply(prepared.request["text"], prepared.request["in_reply_to"])
        except Unready as error:
            raise self._not_sent("account", f"X: {error}", "set the four OAuth 1.0a secrets", now) from None
        except Broken as error:
            if not error.written:
                raise self._not_sent("transient", f"X cannot be reached: {error.says}", "", now) from None
            raise self._unknown(prepared, f"X: {error.says}") from None
        except Oversized as error:
            raise self._unknown(prepared, f"X: {error}") from None
        if 200 <= answer.status < 300:
            return self._receipt(prepared, answer)
        raise self._failed(prepared, answer, now)

    def _ready(self, prepared: Prepared, now: datetime) -> None:
        """Raises NotSent while something stands in the way: a stop, the wrong account, the budget."""
        stop = self._gate.stopped(now, POST)
        if stop:
            raise NotSent(told(stop), stop.do, cause=stop.cause, retry_at=stop.until)
        try:
            self._may(prepared, now)
        except OverBudget as error:
            until = error.until or next_day(now)
            raise NotSent(error.says, error.do, cause="billing", retry_at=until) from None
        except Unavailable as error:
            raise NotSent(error.says, error.do, cause=error.cause, retry_at=error.retry_at) from None
        except Exception as error:
            raise self._not_sent("transient", f"X was not called: {error}", "", now) from error

    def _may(self, prepared: Prepared, now: datetime) -> None:
        self._caller.account(now)
        if self._gate.probe_due(now):
            self._caller.probe(now)
        self._meter.reserve(prepared.request["usd"], purpose="send")

    def _receipt(self, prepared: Prepared, answer: Answer) -> Receipt:
        data = answer.object().get("data")
        if not isinstance(data, dict) or not is_id(data.get("id")):
            raise self._unknown(prepared, f"X answered {answer.status} without the post's id")
        self.charge(prepared)
        self._gate.worked(POST)
        self._row = 0
        return Receipt(data["id"], f"https://x.com/i/status/{data['id']}")

    def _failed(self, prepared: Prepared, answer: Answer, now: datetime) -> PlatformError:
        verdict = judge(answer, now, self._rng)
        error = of_post(verdict, answer)
        self._row = self._row + 1 if verdict.fate == "parked" else 0
        if verdict.fate == "duplicate":
            self.duplicates.add(prepared.key)
        if verdict.fate == "parked":
            return self._park(prepared, verdict, now)
        if isinstance(error, NotSent):
            until = self._gate.failed(error.cause, POST, now, error.says, error.do, error.retry_at)
            return NotSent(error.says, error.do, cause=error.cause, retry_at=until)
        if not isinstance(error, Refused) and verdict.fate != "duplicate":
            self.charge(prepared)
        return error

    def _park(self, prepared: Prepared, verdict: Verdict, now: datetime) -> PlatformError:
        """X refuses without a reason, now and then: once more later, then a person; three in a row pause sending."""
        if self._row >= _IN_A_ROW:
            self._row = 0
            return self._not_sent("account", f"{verdict.says} ({_IN_A_ROW} in a row)", verdict.do, now)
        if prepared.key in self._parked:
            return Refused(verdict.says, "by_hand", verdict.do)
        self._parked.append(prepared.key)
        return NotSent(verdict.says, verdict.do, cause="item", retry_at=verdict.retry_at)

    def _not_sent(self, cause: Cause, says: str, do: str, now: datetime) -> NotSent:
        until = self._gate.failed(cause, POST, now, says, do, None)
        return NotSent(says, do, cause=cause, retry_at=until)

    def _unknown(self, prepared: Prepared, says: str) -> PlatformError:
        """Nobody knows whether it was posted, so it may cost."""
        self.charge(prepared)
        return PlatformError(f"{says}; nobody knows whether it was posted", "it is looked for before anything else")

    def charge(self, prepared: Prepared) -> None:
        """Once a reply, also when it is found later. A ledger that cannot be written must not hide what went out."""
        try:
            self._meter.charge(POST, 1, prepared.request["usd"], key=prepared.key)
        except Exception:
            log.exception("x: %s USD for a post could not be recorded", prepared.request["usd"])
