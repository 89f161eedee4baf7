"""Posts a reply in the mention's own visibility, and finds out whether one arrived."""

from datetime import datetime, timedelta

from listener.errors import Indeterminate, NotSent, PlatformError, ReadFailed, Refused
from listener.model import Json, Prepared, Receipt
from listener.platforms.kit.response import CallFailed, HttpResponse
from listener.platforms.mastodon.caller import Caller
from listener.platforms.mastodon.failures import post_error, unknown
from listener.platforms.mastodon.items import moment
from listener.platforms.mastodon.text import words

_SKEW = timedelta(minutes=5)  # by which the server's clock may be behind ours
IN_KIND = frozenset(("public", "unlisted", "private", "direct", "local", "mutuals_only"))


class Sender:
    """Posts and finds. lag: of the server's listings, at most."""

    def __init__(self, caller: Caller, lag: timedelta) -> None:
        self._caller, self._lag = caller, lag

    def post(self, prepared: Prepared, now: datetime) -> Receipt:
        """Post it. Raises NotSent, Refused; anything else: nobody knows."""
        body = self._body(prepared, now)
        headers = {**self._caller.headers(), "Idempotency-Key": prepared.key}  # some servers keep to it, some do not
        try:
            answer = self._caller.web.post(self._caller.url("/api/v1/statuses"), body, headers)
        except CallFailed as error:
            if not error.request_sent:
                raise self._caller.gate.record_failure(
                    NotSent(f"Mastodon cannot be reached: {error.message}"), now
                ) from None
            raise unknown(f"Mastodon: {error.message}") from None
        if not 200 <= answer.status < 300:
            raise self._refused(answer, now)
        return self._receipt(answer)

    def _body(self, prepared: Prepared, now: datetime) -> Json:
        """The request, as visible as the mention and no more. Raises NotSent, Refused: nothing was posted yet."""
        target = str(prepared.request["in_reply_to"])
        try:
            mention = self._caller.status(target, now)
        except ReadFailed as error:
            raise NotSent(error.message, error.do, cause=error.cause, retry_at=error.retry_at) from None
        if mention is None:
            raise Refused("Mastodon: the mention is gone, or its author has blocked us", "withdrawn")
        seen_by = mention.get("visibility")
        visibility = seen_by if seen_by in IN_KIND else "direct"
        return {"status": prepared.request["text"], "in_reply_to_id": target, "visibility": visibility}

    def _refused(self, answer: HttpResponse, now: datetime) -> PlatformError:
        """A token that may not write still reads: the outbox alone pauses then, and tells an operator."""
        error = post_error(answer, now, self._caller.rng)
        return (
            self._caller.gate.record_failure(error, now)
            if isinstance(error, NotSent) and answer.status != 403
            else error
        )

    def _receipt(self, answer: HttpResponse) -> Receipt:
        told = answer.object()
        if not isinstance(told.get("id"), str) or not told["id"]:
            raise unknown(f"Mastodon answered {answer.status} without the post's id")
        self._caller.gate.record_success()
        return _receipt(told)

    def find(self, prepared: Prepared, now: datetime) -> Receipt | None:
        """Our reply, by its words: below the mention, or among our newest posts. Raises CannotTell, Unavailable.

        An answer in other words is a colleague's. Ours may still follow within twice the listings' lag; then a person
        says which it is, for the mention must not be answered twice.
        """
        target, me = str(prepared.request["in_reply_to"]), self._caller.account(now).id
        below = answers(self._caller.thread(target, now) or {}, target, me)
        newest = self._caller.items(f"/api/v1/accounts/{me}/statuses", now, {"limit": "40"})
        text = words(str(prepared.request["text"]))
        whole = [one for one in newest if isinstance(one, dict) and isinstance(one.get("content"), str)]
        answered = [*below, *(one for one in whole if one.get("in_reply_to_id") == target)]
        same = [one for one in answered if words(one["content"], markup=True) == text]
        prepared_at = moment(str(prepared.request["prepared_at"]))
        if same:
            return _receipt(same[0])
        if answered and now < prepared_at + 2 * self._lag:
            raise ReadFailed("Mastodon lists an answer in other words; ours may follow", cause="item")
        if answered:
            message = f"Mastodon lists an answer of ours in other words (post {answered[0]['id']})"
            raise Indeterminate(message, "look at the account, then resolve it")
        return _orphan(whole, text, prepared_at - _SKEW)


def answers(thread: Json, target: str, me: str) -> list[Json]:
    """Our own answers to a status in its thread. Raises CannotTell when the server leaves out what is needed."""
    below = thread.get("descendants") or []
    if not isinstance(below, list):
        raise Indeterminate("Mastodon gives a thread that cannot be read", "look at the account, then resolve it")
    return [one for one in below if isinstance(one, dict) and _ours(one, target, me)]


def _ours(status: Json, target: str, me: str) -> bool:
    account = status.get("account")
    mine = isinstance(account, dict) and account.get("id") == me
    return mine and status.get("in_reply_to_id") == target and isinstance(status.get("content"), str)


def _orphan(newest: list[Json], text: str, since: datetime) -> Receipt | None:
    """When the mention was deleted its answer names no target any more: then the words and the time tell."""
    for one in newest:
        lost = one.get("in_reply_to_id") is None and words(one["content"], markup=True) == text
        if lost and text and isinstance(one.get("created_at"), str) and moment(one["created_at"]) >= since:
            return _receipt(one)
    return None


def _receipt(status: Json) -> Receipt:
    url = status.get("url")
    return Receipt(str(status["id"]), url if isinstance(url, str) else None)
