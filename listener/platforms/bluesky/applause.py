"""Likes and reposts posts: a record under a key that the post gives it, so that a repeat makes no second one."""

import random
from datetime import datetime

from listener.capabilities import OutgoingAct
from listener.errors import NotSent, PlatformError, ReadFailed, Refused
from listener.model import Prepared, Receipt
from listener.platforms.bluesky.caller import Absent, Caller, Rejected
from listener.platforms.bluesky.failures import classify
from listener.platforms.bluesky.reply import salt
from listener.platforms.bluesky.times import stamp, tid
from listener.platforms.bluesky.views import Views
from listener.platforms.kit.failures import not_sent, post_error, unconfirmed
from listener.platforms.kit.response import CallFailed, HttpResponse
from listener.platforms.kit.values import Untrusted, object_in, text_in

COLLECTIONS = {"like": "app.bsky.feed.like", "repost": "app.bsky.feed.repost"}


def prepare_act(act: OutgoingAct, account: str, now: datetime) -> Prepared:
    """Return the intention: account, key and record. The post's version (cid) is looked up by `post`."""
    key = tid(act.mention.created_at, salt(f"{act.what} {act.mention.id}"))
    record = {"$type": COLLECTIONS[act.what], "createdAt": stamp(now)}
    request = {"account": account, "act": act.what, "rkey": key, "of": act.mention.id, "record": record}
    return Prepared(f"bluesky-{act.what}-{act.act_id}-{key}", request)


class Applause:
    """Applauds and finds."""

    def __init__(self, caller: Caller, views: Views, rng: random.Random) -> None:
        self._caller, self._views, self._rng = caller, views, rng

    def post(self, prepared: Prepared, now: datetime) -> Receipt:
        """Write the record, unless we did it before. Raises NotSent, Refused; after anything else nobody knows."""
        request = prepared.request
        try:
            view = self._require_view(str(request["of"]), now)
            if done := text_in(object_in(view.get("viewer")).get(str(request["act"]))):
                return Receipt(done)
            answer = self._caller.post("com.atproto.repo.putRecord", self._body(prepared, view, now), now)
        except CallFailed as error:
            raise unconfirmed(f"Bluesky: {error.message}") from None
        except ReadFailed as error:
            raise not_sent(error) from None
        return self._receipt(answer) if answer.status == 200 else self._settle(prepared, answer, now)

    def find(self, prepared: Prepared, did: str, now: datetime) -> Receipt | None:
        """Return the record where ours must stand. Raises ReadFailed."""
        params = {"repo": did, "collection": _collection(prepared), "rkey": prepared.request["rkey"]}
        try:
            body = self._caller.get("com.atproto.repo.getRecord", params, now)
        except Absent:
            return None
        except Rejected as error:
            raise ReadFailed(f"Bluesky does not show our record: {error.message}", cause="item") from None
        return Receipt(text_in(body.get("uri")) or f"at://{did}/{params['collection']}/{params['rkey']}")

    def _require_view(self, uri: str, now: datetime) -> Untrusted:
        view = next(iter(self._views.posts([uri], now)), None)
        if view is None and self._views.is_blocked(uri, now):
            raise Refused("a block hides the post", "withdrawn")
        if view is None:
            raise NotSent("Bluesky does not show the post just now", "it is checked again before sending", cause="item")
        return view

    def _body(self, prepared: Prepared, view: Untrusted, now: datetime) -> dict[str, object]:
        request = prepared.request
        record = request["record"] | {"subject": {"uri": request["of"], "cid": view.get("cid")}}
        place = {"repo": self._caller.session(now).did, "collection": _collection(prepared), "rkey": request["rkey"]}
        return {**place, "record": record, "swapRecord": None}

    def _settle(self, prepared: Prepared, answer: HttpResponse, now: datetime) -> Receipt:
        """Return the record that an earlier call of ours has written, or raise what the refusal means."""
        failure = classify(answer, now, self._rng)
        if failure.category != "exists":
            raise self._failed(post_error(failure), now)
        receipt = self.find(prepared, self._caller.session(now).did, now)
        if receipt is None:
            raise unconfirmed(f"{failure.message}, but does not show it")
        return receipt

    def _receipt(self, answer: HttpResponse) -> Receipt:
        self._caller.record_success("write")
        if (uri := text_in(answer.object().get("uri"))) is None:
            raise unconfirmed("Bluesky answered 200 without the record's uri")
        return Receipt(uri)

    def _failed(self, error: PlatformError, now: datetime) -> PlatformError:
        """Return the same error; one that concerns the whole platform is noted."""
        if not isinstance(error, NotSent):
            return error
        trouble = ReadFailed(error.message, error.do, cause=error.cause, retry_at=error.retry_at)
        return not_sent(self._caller.record_failure(trouble, "write", now))


def _collection(prepared: Prepared) -> str:
    return COLLECTIONS[str(prepared.request["act"])]
