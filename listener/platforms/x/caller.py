"""Reads through the gate: an open circuit is reported without a call, what fails becomes ReadFailed."""

import logging
import random
from collections.abc import Callable
from datetime import datetime

from listener.errors import ReadFailed
from listener.platforms.kit.breaker import OpenCircuit
from listener.platforms.kit.failures import read_error
from listener.platforms.kit.response import CallFailed, HttpResponse, Query
from listener.platforms.kit.values import text_in
from listener.platforms.x.failures import classify, is_refusal
from listener.platforms.x.gate import ME, Gate
from listener.platforms.x.ids import is_id
from listener.platforms.x.post import clean
from listener.platforms.x.section import Section
from listener.platforms.x.wire import CredentialsMissing, Oversized, XClient
from listener.protocols import Account

log = logging.getLogger(__name__)

_READ_ONLY = (
    "the tokens may only read: no reply can be sent",
    "set Read and Write in the app's user authentication settings, then create the access token and secret again",
)
Free = Callable[[], None]


class Caller:
    """GETs and who we are (asked once a process, and when the secrets are replaced)."""

    def __init__(self, section: Section, wire: XClient, gate: Gate, rng: random.Random) -> None:
        self._section, self._wire, self._gate, self._rng = section, wire, gate, rng
        self._account: Account | None = None
        self._of = ""  # the secrets whose account that is

    def require_ready(self, endpoint: str, now: datetime) -> None:
        """Raise ReadFailed while this endpoint must not be called. After a stop for money a free call comes first."""
        self._gate.require_open(now, endpoint)
        if endpoint != ME and self._gate.probe_due(now):
            self.probe(now)

    def probe(self, now: datetime) -> None:
        """Ask X for what is free. Raises ReadFailed, and the stop stands."""
        self._who(now)
        self._gate.lift_billing()

    def get(self, endpoint: str, route: str, params: Query, now: datetime, free: Free = lambda: None) -> HttpResponse:
        """Return a 200, or X's 400, whose meaning the feed knows. Raises ReadFailed, Oversized.

        Whether a 200 can be read its reader knows, and calls record_success or unreadable. free: called when the call
        surely cost nothing; after anything else that is raised X may have billed it.
        """
        answer = self._call(endpoint, route, params, now, free)
        if answer.status == 200:
            return answer
        if is_refusal(answer):  # X bills no request that it refuses
            free()
            if answer.status == 400:
                return answer
        trouble = read_error(classify(answer, now, self._rng))
        if trouble.cause == "item":  # a list is not one item: no other call would fare better
            trouble.cause = "transient"
        raise self._gate.record_failure(trouble, now, endpoint, whole=answer.status == 401)

    def record_success(self, endpoint: str) -> None:
        """Note that a call brought what was asked for."""
        self._gate.record_success(endpoint)

    def unreadable(self, endpoint: str, why: str, now: datetime) -> ReadFailed:
        """Return the error of an answer that cannot be read: its endpoint rests, longer each time."""
        return self._gate.fail_read(now, f"X's answer cannot be read ({why})", kind=endpoint)

    def _call(self, endpoint: str, route: str, params: Query, now: datetime, free: Free) -> HttpResponse:
        try:
            return self._wire.get(route, params)
        except CredentialsMissing as error:
            free()
            do = "set the four OAuth 1.0a secrets of X's console"
            raise self._gate.fail_read(now, f"X: {error}", do, cause="account", kind=endpoint) from None
        except CallFailed as error:
            if not error.request_sent:
                free()
            raise self._gate.fail_read(now, f"X cannot be reached: {error.message}", kind=endpoint) from None

    def account(self, now: datetime) -> Account:
        """Return who the tokens belong to, asked again when they are replaced.

        Raises ReadFailed, also when it is not the configured account.
        """
        secrets = self._gate.fingerprint()
        if self._account is None or secrets != self._of:
            self.require_ready(ME, now)
            self._account, self._of = self._require_configured(self._who(now), now), secrets
        return self._account

    def _who(self, now: datetime) -> Account:
        try:
            answer = self.get(ME, "/2/users/me", {}, now)
        except Oversized as error:
            raise self.unreadable(ME, str(error), now) from None
        data = answer.object().get("data")
        if answer.status != 200 or not isinstance(data, dict) or not is_id(data.get("id")):
            raise self.unreadable(ME, "it does not show which account this is", now)
        self.record_success(ME)
        handle = clean(str(data.get("username", "")))
        level = answer.headers.get("x-access-level", "")
        problems = () if not level or "write" in level else (_READ_ONLY,)
        return Account(data["id"], handle, text_in(data.get("name")), _remarks(self._section, level), problems)

    def _require_configured(self, account: Account, now: datetime) -> Account:
        """Never read or speak for another account than the one configured; a test server may name its own."""
        if account.handle.casefold() == self._section.name.casefold():
            return account
        message = f"X: the tokens belong to @{account.handle}, the configuration has @{self._section.name}"
        if not self._section.loopback:
            raise self._gate.fail_read(now, message, "correct `handle` or the tokens", cause="account", kind=ME)
        log.warning("%(why)s", {"event": "account_not_known", "platform": "x", "why": message})
        return account


def _remarks(section: Section, level: str) -> tuple[str, ...]:
    remarks = [f"the app may {level.replace('-', ' and ')}"] if level else []
    if not section.app_owned_by_brand:
        cost = f"a mention costs ${section.prices.post_read:g}; ${section.prices.owned_read:g} when this account"
        remarks.append(f"{cost} owns the developer app (app_owned_by_brand)")
    return tuple(remarks)


def blocked_message(stop: OpenCircuit) -> str:
    """Return one line for a post that a stop holds back."""
    return f"{stop.message} (no call before {stop.until:%Y-%m-%d %H:%M:%S} UTC)"
