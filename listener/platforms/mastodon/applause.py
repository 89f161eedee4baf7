"""Likes and reposts posts (favourites, boosts). A repeat changes nothing there, and a post shows what we did to it."""

from datetime import datetime

from listener.capabilities import OutgoingAct
from listener.errors import NotSent, PlatformError, ReadFailed, Refused
from listener.model import Prepared, Receipt
from listener.platforms.kit.failures import not_sent, post_error, unconfirmed
from listener.platforms.kit.response import CallFailed, HttpResponse
from listener.platforms.kit.values import Untrusted, text_in
from listener.platforms.mastodon.caller import STATUSES, Caller
from listener.platforms.mastodon.failures import classify
from listener.platforms.mastodon.status import is_private

CALLS = {"like": ("favourite", "favourited"), "repost": ("reblog", "reblogged")}
"""Act -> the call, and the field of a post that is true afterwards."""
SCOPES_DO = "let the token have write:favourites and write:statuses, or do it by hand"


def prepare_act(act: OutgoingAct, now: datetime) -> Prepared:
    """Return the intention. identity: by which the post is recognized where an edit gave it another id."""
    target = {"of": act.mention.reply_target_id, "identity": act.mention.interaction_id}
    return Prepared(f"earshot-{act.what}-{act.act_id}", {"act": act.what, **target})


class Applause:
    """Applauds and finds."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def post(self, prepared: Prepared, now: datetime) -> Receipt:
        """Do it, unless it was done before. Raises NotSent, Refused; after anything else nobody knows."""
        call, done = CALLS[prepared.request["act"]]
        post = self._require_post(prepared, now)
        if post.get(done) is True:
            return Receipt(str(post["id"]))
        address = self._caller.url(f"{STATUSES}{post['id']}/{call}")
        try:
            answer = self._caller.web.post(address, {}, self._caller.headers())
        except CallFailed as error:
            raise self._broken(error, now) from None
        if not 200 <= answer.status < 300:
            raise self._refused(answer, now)
        return self._receipt(answer)

    def find(self, prepared: Prepared, now: datetime) -> Receipt | None:
        """Return the post if it shows that we did it. Raises ReadFailed."""
        post = self._caller.find_status(*_target(prepared), now)
        _, done = CALLS[prepared.request["act"]]
        return Receipt(str(post["id"])) if post is not None and post.get(done) is True else None

    def _require_post(self, prepared: Prepared, now: datetime) -> Untrusted:
        try:
            post = self._caller.find_status(*_target(prepared), now)
        except ReadFailed as error:
            raise not_sent(error) from None
        if post is None:
            raise Refused("Mastodon: the post is gone, or its author has blocked us", "withdrawn")
        if is_private(post):
            raise Refused("Mastodon: not everybody can read the post any more", "failed")
        return post

    def _broken(self, error: CallFailed, now: datetime) -> PlatformError:
        if error.request_sent:
            return unconfirmed(f"Mastodon: {error.message}")
        return self._caller.gate.record_failure(NotSent(f"Mastodon cannot be reached: {error.message}"), now)

    def _refused(self, answer: HttpResponse, now: datetime) -> PlatformError:
        """A token that may reply but not applaud must not stop the replies: then it is done by hand."""
        error = post_error(classify(answer, now, self._caller.rng, posting=True))
        if answer.status == 403 and not (isinstance(error, NotSent) and error.cause == "transient"):
            return Refused(error.message, "by_hand", SCOPES_DO)
        return self._caller.gate.record_failure(error, now) if isinstance(error, NotSent) else error

    def _receipt(self, answer: HttpResponse) -> Receipt:
        if (name := text_in(answer.object().get("id"))) is None:
            raise unconfirmed(f"Mastodon answered {answer.status} without the post's id")
        self._caller.gate.record_success()
        return Receipt(name)


def _target(prepared: Prepared) -> tuple[str, str]:
    return str(prepared.request["of"]), str(prepared.request["identity"])
