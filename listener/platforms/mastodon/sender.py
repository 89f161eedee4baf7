"""Posts replies in the mention's own visibility, and finds out whether one arrived."""

from collections.abc import Collection
from datetime import datetime, timedelta

from listener.errors import Indeterminate, NotSent, PlatformError, ReadFailed, Refused
from listener.model import Json, Prepared, Receipt
from listener.platforms.kit.failures import not_sent, post_error, unconfirmed
from listener.platforms.kit.find_reply import CHECK_ACCOUNT, Answer, choose_answer
from listener.platforms.kit.response import CallFailed, HttpResponse
from listener.platforms.kit.values import Untrusted, object_in, objects_in, require_time, time_in
from listener.platforms.mastodon.caller import Caller
from listener.platforms.mastodon.failures import classify
from listener.platforms.mastodon.status import is_private, original
from listener.platforms.mastodon.text import other_handles, words

_SKEW = timedelta(minutes=5)  # by which the server's clock may be behind ours
_MOST_PAGES = 10  # of our own posts; past that a person looks
IN_KIND = frozenset(("public", "unlisted", "private", "direct", "local", "mutuals_only"))


class Sender:
    """Posts and finds. lag: of the server's listings, at most."""

    def __init__(self, caller: Caller, lag: timedelta) -> None:
        self._caller, self._lag = caller, lag

    def post(self, prepared: Prepared, now: datetime) -> Receipt:
        """Post it. Raises NotSent, Refused; after anything else the reply is unconfirmed."""
        body = self._body(prepared, now)
        headers = {**self._caller.headers(), "Idempotency-Key": prepared.key}  # some servers keep to it, some do not
        try:
            answer = self._caller.web.post(self._caller.url("/api/v1/statuses"), body, headers)
        except CallFailed as error:
            if not error.request_sent:
                trouble = NotSent(f"Mastodon cannot be reached: {error.message}")
                raise self._caller.gate.record_failure(trouble, now) from None
            raise unconfirmed(f"Mastodon: {error.message}") from None
        if not 200 <= answer.status < 300:
            raise self._refused(answer, now)
        return self._receipt(answer)

    def _body(self, prepared: Prepared, now: datetime) -> Json:
        """The request, as visible as the mention and no more. Raises NotSent, Refused: nothing was posted yet."""
        text = str(prepared.request["text"])
        if not _answers_mention(prepared):
            return {"status": text, "visibility": "public"}
        try:
            us = self._caller.account(now).handle
            mention = self._caller.find_status(*_target(prepared), now)
        except ReadFailed as error:
            raise not_sent(error) from None
        if mention is None:
            raise Refused("Mastodon: the mention is gone, or its author has blocked us", "withdrawn")
        whispers = prepared.request.get("private") is True
        if whispers or is_private(mention):
            _require_no_others(text, mention, us)
        seen_by = "direct" if whispers else mention.get("visibility")
        visibility = seen_by if seen_by in IN_KIND else "direct"
        return {"status": text, "in_reply_to_id": mention["id"], "visibility": visibility}

    def _refused(self, answer: HttpResponse, now: datetime) -> PlatformError:
        """A token that may not write still reads: then only the outbox pauses, and a notice opens."""
        error = post_error(classify(answer, now, self._caller.rng, posting=True))
        if isinstance(error, NotSent) and answer.status != 403:
            return self._caller.gate.record_failure(error, now)
        return error

    def _receipt(self, answer: HttpResponse) -> Receipt:
        posted = answer.object()
        if not isinstance(posted.get("id"), str) or not posted["id"]:
            raise unconfirmed(f"Mastodon answered {answer.status} without the post's id")
        self._caller.gate.record_success()
        return _receipt(posted)

    def find_reply(self, prepared: Prepared, now: datetime) -> Receipt | None:
        """Return our reply, by its words: below the mention, or among our newest posts.

        Raises ReadFailed, Indeterminate.
        """
        if not _answers_mention(prepared):
            return self._find_announcement(prepared, now)
        me, (target, known_as) = self._caller.account(now).id, _target(prepared)
        mention = self._caller.find_status(target, known_as, now) or {"id": target}
        ids = {target, str(mention["id"])}
        below = answers(self._caller.thread(str(mention["id"]), now) or {}, ids, me)
        newest = _own_posts(self._caller.items(f"/api/v1/accounts/{me}/statuses", now, {"limit": "40"}), me)
        text = words(str(prepared.request["text"]))
        posts = [*below, *(status for status in newest if status.get("in_reply_to_id") in ids)]
        answered = [Answer(_receipt(status), words(str(status["content"]), markup=True) == text) for status in posts]
        receipt = choose_answer("Mastodon", answered, prepared, self._lag, now)
        return receipt or _unattached(newest, text, require_time(str(prepared.request["prepared_at"])) - _SKEW)

    def _find_announcement(self, prepared: Prepared, now: datetime) -> Receipt | None:
        """Return our post in these words, among all since it was prepared. Raises ReadFailed, Indeterminate."""
        text, since = words(str(prepared.request["text"])), require_time(str(prepared.request["prepared_at"])) - _SKEW
        me, oldest = self._caller.account(now).id, ""
        path = f"/api/v1/accounts/{me}/statuses"
        for _ in range(_MOST_PAGES):
            listed = self._caller.items(path, now, {"limit": "40", **({"max_id": oldest} if oldest else {})})
            if receipt := _unattached(_own_posts(listed, me), text, since):
                return receipt
            last = objects_in(listed)[-1:]
            if not last or (time_in(last[0].get("created_at")) or now) < since or str(last[0].get("id")) == oldest:
                return None
            oldest = str(last[0].get("id"))
        raise Indeterminate("Mastodon lists too many posts of ours since then", CHECK_ACCOUNT)


def _answers_mention(prepared: Prepared) -> bool:
    """Return whether it is a reply; an announcement answers nothing."""
    return "in_reply_to" in prepared.request


def _target(prepared: Prepared) -> tuple[str, str]:
    """The id of the mention when the reply was prepared, and its identity (an earlier version stored none)."""
    return str(prepared.request["in_reply_to"]), str(prepared.request.get("identity", ""))


def _require_no_others(text: str, mention: Untrusted, us: str) -> None:
    """Raise Refused when the text names anybody but the author: whoever it names would get the private reply."""
    author = object_in(mention.get("account")).get("acct")
    if others := other_handles(text, us, str(author)):
        named = ", ".join(f"@{other}" for other in others)
        message = f"Mastodon: the mention is private, and the reply would also be sent to {named}"
        raise Refused(message, "failed", "take the handle out of the text, then approve it again")


def answers(thread: Untrusted, targets: Collection[str], me: str) -> list[Untrusted]:
    """Our own answers in a thread to the status with these ids. Raises Indeterminate when the thread is unreadable."""
    below = thread.get("descendants") or []
    if not isinstance(below, list):
        raise Indeterminate("Mastodon gives a thread that cannot be read", CHECK_ACCOUNT)
    return [status for status in _own_posts(below, me) if status.get("in_reply_to_id") in targets]


def _own_posts(listed: object, me: str) -> list[Untrusted]:
    """The posts of a list that we wrote (of a boost, the post that was boosted): we may have boosted others' words."""
    posts = [original(status) for status in objects_in(listed)]
    readable = [post for post in posts if post and isinstance(post.get("content"), str)]
    return [post for post in readable if object_in(post.get("account")).get("id") == me]


def _unattached(newest: list[Untrusted], text: str, since: datetime) -> Receipt | None:
    """Return our announcement, or our reply to a deleted mention: it names no target, so words and time decide."""
    for status in newest:
        is_lost = status.get("in_reply_to_id") is None and words(str(status["content"]), markup=True) == text
        created = time_in(status.get("created_at"))
        if is_lost and text and created is not None and created >= since:
            return _receipt(status)
    return None


def _receipt(status: Untrusted) -> Receipt:
    url = status.get("url")
    return Receipt(str(status["id"]), url if isinstance(url, str) else None)
