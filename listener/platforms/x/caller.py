"""Reads through the gate: an open circuit is reported without a call, what fails becomes ReadFailed."""

import logging
import random
from datetime import datetime

from listener.model import Json
from listener.platforms.kit.breaker import OpenCircuit
from listener.platforms.kit.failures import read_error
from listener.platforms.kit.response import CallFailed, HttpResponse
from listener.platforms.kit.values import text_in
from listener.platforms.x.failures import classify
from listener.platforms.x.gate import ME, Gate
from listener.platforms.x.ids import is_id
from listener.platforms.x.items import clean
from listener.platforms.x.section import Section
from listener.platforms.x.wire import CredentialsMissing, XClient
from listener.protocols import Account

log = logging.getLogger(__name__)


class Caller:
    """GETs and who we are (asked once a process, and when the secrets are replaced)."""

    def __init__(self, section: Section, wire: XClient, gate: Gate, rng: random.Random) -> None:
        self._section, self._wire, self._gate, self._rng = section, wire, gate, rng
        self._account: Account | None = None
        self._of = ""  # the secrets whose account that is

    def get(self, endpoint: str, route: str, params: Json, now: datetime) -> HttpResponse:
        """Return a 200 or a 400, whose meaning the feed knows. Raises ReadFailed, Oversized."""
        self._gate.require_open(now, endpoint)
        if endpoint != ME and self._gate.probe_due(now):
            self.probe(now)
        return self._call(endpoint, route, params, now)

    def probe(self, now: datetime) -> None:
        """After a stop for money a free call comes first. Raises ReadFailed, and the stop stands."""
        self._call(ME, "/2/users/me", {}, now)
        self._gate.lift_billing()

    def _call(self, endpoint: str, route: str, params: Json, now: datetime) -> HttpResponse:
        try:
            answer = self._wire.get(route, params)
        except CredentialsMissing as error:
            do = "set the four OAuth 1.0a secrets of X's console"
            raise self._gate.fail_read(now, f"X: {error}", do, cause="account", kind=endpoint) from None
        except CallFailed as error:
            raise self._gate.fail_read(now, f"X cannot be reached: {error.message}", kind=endpoint) from None
        if answer.status == 200:
            self._gate.record_success(endpoint)
        elif answer.status != 400:
            trouble = read_error(classify(answer, now, self._rng))
            raise self._gate.record_failure(trouble, now, endpoint, whole=answer.status == 401)
        return answer

    def account(self, now: datetime) -> Account:
        """Return who the tokens belong to, asked again when they are replaced.

        Raises ReadFailed, also when it is not the configured account.
        """
        secrets = self._gate.fingerprint()
        if self._account is None or secrets != self._of:
            self._account, self._of = self._require_configured(self._who(now), now), secrets
        return self._account

    def _who(self, now: datetime) -> Account:
        answer = self.get(ME, "/2/users/me", {}, now)
        data = answer.object().get("data")
        if answer.status != 200 or not isinstance(data, dict) or not is_id(data.get("id")):
            raise self._gate.fail_read(now, "X does not show which account this is", kind=ME)
        handle = clean(str(data.get("username", "")))
        return Account(data["id"], handle, text_in(data.get("name")), _remarks(self._section, answer))

    def _require_configured(self, account: Account, now: datetime) -> Account:
        """Never read or speak for another account than the one configured; a test server may name its own."""
        if account.handle.casefold() == self._section.name.casefold():
            return account
        message = f"X: the tokens belong to @{account.handle}, the configuration has @{self._section.name}"
        if not self._section.loopback:
            raise self._gate.fail_read(now, message, "correct `handle` or the tokens", cause="account", kind=ME)
        log.warning("%s", message)
        return account


def _remarks(section: Section, answer: HttpResponse) -> tuple[str, ...]:
    remarks = []
    if level := answer.headers.get("x-access-level"):
        remarks.append(f"the app may {level.replace('-', ' and ')}" + ("" if "write" in level else ": it cannot post"))
    if not section.app_owned_by_brand:
        cost = f"a mention costs ${section.prices.post_read:g}; ${section.prices.owned_read:g} when this account"
        remarks.append(f"{cost} owns the developer app (app_owned_by_brand)")
    return tuple(remarks)


def blocked_message(stop: OpenCircuit) -> str:
    """Return one line for a post that a stop holds back."""
    return f"{stop.message} (no call before {stop.until:%Y-%m-%d %H:%M:%S} UTC)"
