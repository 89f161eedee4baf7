"""Reads through the gate: an open circuit is reported without a call, what fails becomes ReadFailed."""

import random
from datetime import datetime

from listener.platforms.kit.failures import read_error
from listener.platforms.kit.gate import Gate
from listener.platforms.kit.http import HttpClient
from listener.platforms.kit.response import CallFailed, HttpResponse, Query
from listener.platforms.kit.values import Untrusted, object_in, objects_in
from listener.platforms.mastodon.failures import classify, classify_single, is_gone
from listener.platforms.mastodon.section import TOKEN, Section
from listener.platforms.mastodon.status import identity, original
from listener.protocols import Account, Secrets

STATUSES, NOTIFICATIONS = "/api/v1/statuses/", "/api/v1/notifications"
MENTIONS_ONLY = (("types[]", "mention"), ("types[]", "quote"), ("include_filtered", "true"), ("limit", "80"))
"""Who speaks to us, also where Mastodon (4.3 and newer) filters it, as it does private mentions by default."""
NO_TOKEN = f"set {TOKEN}, or {TOKEN}_FILE to a file that holds it"


class Caller:
    """GETs below the server's address, who we are, and threads."""

    def __init__(self, section: Section, secrets: Secrets, web: HttpClient, rng: random.Random) -> None:
        self._base, self._secrets = section.server_url.rstrip("/"), secrets
        self.web, self.rng, self.gate = web, rng, Gate(self.token, rng)
        self._account: tuple[str, Account] | None = None

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

    def get(self, path: str, now: datetime, params: Query | None = None) -> object:
        """Return the JSON of a 200, or None when the server says that it is gone. Raises ReadFailed."""
        self.ready(now)
        answer = self._call(path, now, params)
        if answer.status not in (200, 401, 429) and path.startswith(STATUSES) and not is_gone(answer):
            return self._look_again(path, now)
        return self._json(answer, now)

    def _call(self, path: str, now: datetime, params: Query | None = None) -> HttpResponse:
        try:
            return self.web.get(self.url(path), params, self.headers())
        except CallFailed as error:
            raise self.gate.fail_read(now, f"Mastodon cannot be reached: {error.message}") from None

    def _json(self, answer: HttpResponse, now: datetime) -> object:
        if is_gone(answer):
            return None
        if answer.status != 200:
            raise self.gate.record_failure(read_error(classify(answer, now, self.rng)), now)
        try:
            body = answer.json()
        except ValueError as error:
            raise self.gate.fail_read(now, f"Mastodon's answer cannot be read ({error})") from None
        self.gate.record_success()
        return body

    def _look_again(self, path: str, now: datetime) -> object:
        """Return what the server answers while its API works otherwise: then a failure concerns this post alone.

        snac answers 404 like any web server: a post is gone if the API works and answers 404 again.
        """
        self._who(now)
        answer = self._call(path, now)
        if answer.status in (404, 410):
            return None
        if answer.status in (200, 401, 429):
            return self._json(answer, now)
        raise self.gate.record_failure(read_error(classify_single(answer, now, self.rng)), now)

    def status(self, status_id: str, now: datetime) -> Untrusted | None:
        """Return a post, or None when it is gone. Raises ReadFailed."""
        status = self.get(STATUSES + status_id, now)
        if status is None:
            return None
        post = original(status) if isinstance(status, dict) else None
        if post is not None and isinstance(post.get("content"), str):
            return post
        raise self.gate.fail_read(now, "Mastodon gives a post that cannot be read", cause="item")

    def find_status(self, status_id: str, known_as: str, now: datetime) -> Untrusted | None:
        """Return a post under the id that it has now, or None when it is gone. Raises ReadFailed.

        An edit gives a post another id on some servers. known_as: its identity, by which our mentions are searched.
        """
        if (status := self.status(status_id, now)) is not None or not known_as or known_as == status_id:
            return status
        notices = objects_in(self.items(NOTIFICATIONS, now, MENTIONS_ONLY))
        posts = [original(status) for notice in notices if (status := object_in(notice.get("status")))]
        named = (post for post in posts if post and isinstance(post.get("content"), str) and post.get("id"))
        return next((post for post in named if identity(post) == known_as), None)

    def items(self, path: str, now: datetime, params: Query | None = None) -> list[object]:
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

    def thread(self, status_id: str, now: datetime) -> Untrusted | None:
        """Return what stands before and after a status; None when it is gone. Raises ReadFailed."""
        context = self.get(f"{STATUSES}{status_id}/context", now)
        return context if isinstance(context, dict) else None
