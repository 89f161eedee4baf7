"""Reads through the gate: an open circuit is reported without a call, what fails becomes ReadFailed."""

import random
from collections import OrderedDict
from contextlib import suppress
from datetime import datetime
from typing import Any

from listener.errors import ReadFailed
from listener.model import Json
from listener.platforms.kit.failures import read_error
from listener.platforms.kit.gate import Gate
from listener.platforms.kit.http import HttpClient
from listener.platforms.kit.response import CallFailed, HttpResponse
from listener.platforms.kit.values import objects_in
from listener.platforms.mastodon.failures import classify, is_gone
from listener.platforms.mastodon.section import TOKEN, Section
from listener.protocols import Account, Secrets

STATUSES = "/api/v1/statuses/"
_ROOTS = 5_000  # threads remembered
NO_TOKEN = f"set {TOKEN}, or {TOKEN}_FILE to a file that holds it"


class Caller:
    """GETs below the server's address, who we are, and threads."""

    def __init__(self, section: Section, secrets: Secrets, web: HttpClient, rng: random.Random) -> None:
        self._base, self._limit, self._secrets = section.server_url.rstrip("/"), section.characters, secrets
        self.web, self.rng, self.gate = web, rng, Gate(self.token, rng)
        self._account: tuple[str, Account] | None = None
        self._roots: OrderedDict[str, str] = OrderedDict()
        self._unread: set[str] = set()  # statuses whose thread could not be read once

    def token(self) -> str:
        """Return the token, read anew each time, so that a replaced one counts at once; "" while there is none."""
        return (self._secrets.get(TOKEN) or "").strip()

    def url(self, path: str) -> str:
        """Return an address on the server."""
        return self._base + path

    def headers(self) -> dict[str, str]:
        """Return the headers of every call."""
        return {"Authorization": f"Bearer {self.token()}"}

    def ready(self, now: datetime) -> None:
        """Raise ReadFailed while no call may be made."""
        self.gate.require_open(now)
        if not self.token().isascii() or not self.token().isprintable() or not self.token():
            message = f"Mastodon: {TOKEN} is not set, or is not a token"
            raise self.gate.fail_read(now, message, NO_TOKEN, cause="account")

    def get(self, path: str, now: datetime, params: Any = None) -> Any:
        """Return the JSON of a 200, or None when the server says that it is gone. Raises ReadFailed."""
        self.ready(now)
        try:
            answer = self.web.get(self.url(path), params, self.headers())
            if answer.status == 200:
                body = answer.json()
                self.gate.record_success()
                return body
        except CallFailed as error:
            raise self.gate.fail_read(now, f"Mastodon cannot be reached: {error.message}") from None
        except ValueError as error:
            raise self.gate.fail_read(now, f"Mastodon's answer cannot be read ({error})") from None
        if is_gone(answer) or (path.startswith(STATUSES) and self._twice_missing(answer, path, now)):
            return None
        raise self.gate.record_failure(read_error(classify(answer, now, self.rng)), now)

    def status(self, status_id: str, now: datetime) -> Json | None:
        """Return a status, or None when it is gone. Raises ReadFailed."""
        status = self.get(STATUSES + status_id, now)
        if status is None or (isinstance(status, dict) and isinstance(status.get("content"), str)):
            return status
        raise self.gate.fail_read(now, "Mastodon gives a post that cannot be read")

    def _twice_missing(self, answer: HttpResponse, path: str, now: datetime) -> bool:
        """snac answers 404 like any web server: it counts if the API works and answers 404 again."""
        if answer.status not in (404, 410):
            return False
        self._who(now)
        try:
            return self.web.get(self.url(path), None, self.headers()).status in (404, 410)
        except CallFailed:
            return False

    def items(self, path: str, now: datetime, params: Any = None) -> list[Any]:
        """Return the items of a page. Raises ReadFailed, also when there is none."""
        items = self.get(path, now, params)
        if isinstance(items, list):
            return items
        message = f"Mastodon does not give a list at {path}"
        raise self.gate.fail_read(now, message, "is server_url right?", cause="item")

    def account(self, now: datetime) -> Account:
        """Return who the token belongs to, asked once a process and token. Raises ReadFailed."""
        token = self.token()
        if self._account is None or self._account[0] != token:
            self._account = (token, self._who(now))
        return self._account[1]

    def _who(self, now: datetime) -> Account:
        account = self.get("/api/v1/accounts/verify_credentials", now)
        if not isinstance(account, dict) or not isinstance(account.get("id"), str) or not account["id"]:
            message = "Mastodon does not show which account this is"
            raise self.gate.fail_read(now, message, "is server_url right?", cause="account")
        name = account.get("display_name")
        handle = str(account.get("acct") or account.get("username") or account["id"])
        return Account(account["id"], handle, name if isinstance(name, str) and name else None)

    def remarks(self, now: datetime) -> tuple[str, ...]:
        """Where the server's limit is another than the section's, for `check --online`; nothing where it names none."""
        most = None
        for path in ("/api/v1/instance", "/api/v2/instance"):
            with suppress(ReadFailed):
                most = _most(self.get(path, now)) or most
        if most is None or most == self._limit:
            return ()
        why = "it refuses longer replies" if most < self._limit else "longer replies are possible"
        return (f"this server takes {most} characters and not {self._limit}: {why}; set characters = {most}",)

    def thread(self, status_id: str, now: datetime) -> Json | None:
        """Return what stands before and after a status; None when it is gone. Raises ReadFailed."""
        context = self.get(f"{STATUSES}{status_id}/context", now)
        return context if isinstance(context, dict) else None

    def root(self, status: Json, now: datetime) -> str:
        """Return the first status of a thread: Mastodon names no conversation. One call a thread. Raises ReadFailed."""
        parent = status.get("in_reply_to_id")
        known = self._roots.get(parent, "") if isinstance(parent, str) else str(status["id"])
        if not known:
            before = self._above(str(status["id"]), now)
            ids = [ancestor["id"] for ancestor in objects_in(before) if isinstance(ancestor.get("id"), str)]
            known = ids[0] if ids else str(parent)
            self._roots |= dict.fromkeys([*ids, str(parent)], known) if ids else {}
        self._roots[str(status["id"])] = known
        while len(self._roots) > _ROOTS:
            self._roots.popitem(last=False)
        return known

    def _above(self, status_id: str, now: datetime) -> Any:
        """Return what stands before a status; None where it cannot be read twice: that must not stop all mentions."""
        try:
            return (self.thread(status_id, now) or {}).get("ancestors")
        except ReadFailed as error:
            if error.cause in ("rate", "account") or status_id not in self._unread:
                self._unread.add(status_id)
                raise
            return None


def _most(instance: Any) -> int | None:
    """The server's limit: Mastodon's and GoToSocial's place, or Pleroma's."""
    try:
        most = instance["configuration"]["statuses"]["max_characters"]
    except (KeyError, TypeError):
        most = instance.get("max_toot_chars") if isinstance(instance, dict) else None
    return most if isinstance(most, int) and most > 0 else None
