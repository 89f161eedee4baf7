"""Posts a reply by putRecord, and finds out whether it is there.

The record's key is ours and `swapRecord: null` means "only where nothing stands": whatever repeats, arrives late or is
sent by two, one record comes of it (docs/decisions/0019-bluesky-one-place-for-an-answer.md).
"""

import random
from datetime import datetime

from listener.errors import Indeterminate, NotSent, PlatformError, ReadFailed, Refused
from listener.model import Json, Prepared, Receipt
from listener.platforms.bluesky.caller import Absent, Caller, Rejected
from listener.platforms.bluesky.failures import classify
from listener.platforms.bluesky.items import POST, parent, parts
from listener.platforms.bluesky.text import facets, handles
from listener.platforms.bluesky.views import Views, hidden_reason
from listener.platforms.kit.failures import not_sent, post_error, unconfirmed
from listener.platforms.kit.response import CallFailed, HttpResponse
from listener.platforms.kit.values import object_in


class Sender:
    """Posts and finds."""

    def __init__(self, caller: Caller, views: Views, rng: random.Random) -> None:
        self._caller, self._views, self._rng = caller, views, rng

    def post(self, prepared: Prepared, now: datetime) -> Receipt:
        """Check the post once more, and write the record.

        Raises NotSent, Refused; after anything else the reply is unconfirmed.
        """
        try:
            body = self._body(prepared.request, now)
            answer = self._caller.post("com.atproto.repo.putRecord", body, now)
        except CallFailed as error:
            raise unconfirmed(f"Bluesky: {error.message}") from None
        except ReadFailed as error:
            raise not_sent(error) from None
        if answer.status == 200:
            return self._receipt(answer)
        failure = classify(answer, now, self._rng)
        if failure.category != "exists":
            raise self._failed(post_error(failure), now)
        receipt = self.find_reply(prepared, self._caller.session(now).did, now)  # an earlier call of ours has arrived
        if receipt is None:
            raise unconfirmed(f"{failure.message}, but does not show it")
        return receipt

    def find_reply(self, prepared: Prepared, did: str, now: datetime) -> Receipt | None:
        """The record where ours must stand; the server lists it at once. Raises Indeterminate, ReadFailed."""
        params = {"repo": did, "collection": POST, "rkey": prepared.request["rkey"]}
        try:
            body = self._caller.get("com.atproto.repo.getRecord", params, now)
        except Absent:
            return None
        except Rejected as error:
            raise ReadFailed(f"Bluesky does not show our record: {error.message}", cause="item") from None
        record, meant = object_in(body.get("value")), prepared.request
        if (record.get("text"), parent(record)) != (meant["record"]["text"], meant["parent"]):
            raise Indeterminate("an answer in other words is there already", "look at it, then resolve it")
        return _at(did, str(params["rkey"]))

    def _body(self, request: Json, now: datetime) -> Json:
        """The whole request: the stored record, what it answers, its links and mentions."""
        text, dids = request["record"]["text"], dict(request["dids"])
        answered = {"reply": self._references(request["parent"], now)} if request["parent"] else {}
        for handle in handles(text):
            dids[handle] = dids.get(handle) or self._resolved(handle, now)
        marks = facets(text, dids)
        record = request["record"] | answered | ({"facets": marks} if marks else {})
        repo = self._caller.session(now).did
        return {"repo": repo, "collection": POST, "rkey": request["rkey"], "record": record, "swapRecord": None}

    def _references(self, uri: str, now: datetime) -> Json:
        """Root and parent of an answer. Raises Refused when it would not be seen, NotSent while the post is not shown.

        What getPosts leaves out may be back in a moment: only check_post, asked twice, finds that a post is gone.
        """
        view = next(iter(self._views.posts([uri], now)), None)
        if view is None and self._views.is_blocked(uri, now):
            raise Refused("a block hides the post", "withdrawn")
        if view is None:
            raise NotSent("Bluesky does not show the post just now", "it is checked again before sending", cause="item")
        if why := hidden_reason(view):
            raise Refused(why, "by_hand", "look at it on Bluesky; answer by hand, or close it")
        target = {"uri": uri, "cid": view.get("cid")}
        root = object_in(object_in(view.get("record")).get("reply")).get("root")
        return {"root": root or target, "parent": target}

    def _resolved(self, handle: str, now: datetime) -> str:
        """The DID of a handle, or "" where Bluesky knows none: it then stays plain text."""
        try:
            body = self._caller.get("com.atproto.identity.resolveHandle", {"handle": handle}, now)
        except (Absent, Rejected):
            return ""
        return str(body.get("did") or "")

    def _receipt(self, answer: HttpResponse) -> Receipt:
        self._caller.record_success("write")
        try:
            return _at(*parts(answer.object().get("uri")))
        except ValueError:
            raise unconfirmed("Bluesky answered 200 without the record's uri") from None

    def _failed(self, error: PlatformError, now: datetime) -> PlatformError:
        """The same error; one that concerns the whole platform is noted."""
        if not isinstance(error, NotSent):
            return error
        trouble = ReadFailed(error.message, error.do, cause=error.cause, retry_at=error.retry_at)
        return not_sent(self._caller.record_failure(trouble, "write", now))


def _at(did: str, key: str) -> Receipt:
    return Receipt(f"at://{did}/{POST}/{key}", f"https://bsky.app/profile/{did}/post/{key}")
