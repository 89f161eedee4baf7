"""Posts replies below comments, and finds out whether one arrived: there is no key that makes a post safe to repeat."""

import hashlib
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from listener.errors import Held, Indeterminate, NotSent, ReadFailed, Refused
from listener.model import Mention, Outgoing, PostStatus, Prepared, Receipt
from listener.platforms.kit.failures import not_sent, unconfirmed
from listener.platforms.kit.find_reply import CHECK_ACCOUNT, Answer, choose_answer
from listener.platforms.kit.graph.client import Graph
from listener.platforms.kit.graph.listing import Params, after, data, short_id
from listener.platforms.kit.graph.pace import Pace
from listener.platforms.kit.graph.section import HELD, GraphSection
from listener.platforms.kit.values import Untrusted, object_in, objects_in, require_time, time_in

log = logging.getLogger(__name__)

_SKEW = timedelta(minutes=5)  # by which Meta's clock may be behind ours
_BETWEEN_LOOKS = timedelta(seconds=60)
_STOPPED_FOR = timedelta(hours=24)  # after an answer that only an edit gives
_MOST_PAGES = 20  # of answers below a comment
EDITED = "look at the comment on the platform: its own text may have been changed; then resolve the reply"


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs. text, time: names of fields; answers: the edge below a comment; url: of a reply, from its id."""

    text: str
    time: str
    answers: str
    fields: Callable[[str], str]  # of the object with this id
    answer_fields: str
    url: Callable[[str], str | None]
    refusal: Callable[[Untrusted], str | None]  # why an object takes no reply


def prepare(reply: Outgoing, section: GraphSection, pace: Pace, send_to: str, now: datetime) -> Prepared:
    """Return key and request. Raises Held while nobody attested that the app is Live, or if replies come too fast."""
    require_attested(section)
    pace.require_open(section.label, now)
    pace.require_new(section.label, reply.text, now)
    target = reply.mention.reply_target_id
    digest = hashlib.sha256(f"{target}\0{reply.text}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
    below = reply.mention.in_reply_to or target  # answers to an answer stand below the first comment
    request = {"text": reply.text, "target": target, "send_to": send_to, "below": below}
    key = f"earshot-{reply.reply_id}-{reply.revision}-{digest}"
    return Prepared(key, {**request, "prepared_at": now.isoformat()})


def require_attested(section: GraphSection) -> None:
    """Raise Held while nobody attested that the app is Live."""
    if not section.may_send:
        raise Held("attestation", f"{section.label}: {HELD}", "see docs/platforms.md, then set it")


class Sender:
    """own: whether an object is ours; lag: of the platform's listings, at most."""

    def __init__(
        self, graph: Graph, pace: Pace, dialect: Dialect, own: Callable[[Untrusted, datetime], bool], lag: timedelta
    ) -> None:
        self._graph, self._pace, self._dialect, self._own, self._lag = graph, pace, dialect, own, lag

    def post(self, prepared: Prepared, now: datetime) -> Receipt:
        """Post it. Raises NotSent, Refused; after anything else the reply is unconfirmed."""
        request, name = prepared.request, str(prepared.request["target"])
        self._graph.require_sending(now)
        try:
            target = self._graph.find(name, {"fields": self._dialect.fields(name)}, now, purpose="send")
            if target is not None:
                self._pace.note_try(str(request["text"]), now)
        except ReadFailed as error:
            raise not_sent(error) from None
        if target is None:
            raise Refused(f"{self._graph.name}: what it answers is gone", "withdrawn")
        if reason := self._dialect.refusal(target):
            raise Refused(f"{self._graph.name}: {reason}", "by_hand", "answer by hand, or close it")
        return self._receipt(self._send(request, now), prepared.key, now)

    def _send(self, request: Untrusted, now: datetime) -> Untrusted:
        try:
            path = f"{request['send_to']}/{self._dialect.answers}"  # without the edge, Meta would EDIT the comment
            return self._graph.post(path, {"message": request["text"]}, now)
        except Held:
            self._keep(lambda: self._pace.forget_try(str(request["text"])))
            raise
        except NotSent as error:
            self._keep(lambda: self._pace.forget_try(str(request["text"])))
            until, message, do = error.retry_at or now, error.message, error.do
            if error.cause == "account" and until - now >= _STOPPED_FOR:
                self._keep(lambda: self._pace.block(until, message, do))
            raise

    def _receipt(self, body: Untrusted, key: str, now: datetime) -> Receipt:
        posted = body.get("id")
        if not isinstance(posted, str) or not posted:
            message = f"{self._graph.name} answered a reply without an id"
            if body:  # Meta's own answer, and not a page of something in between
                until = now + _STOPPED_FOR
                self._graph.stop_sending(NotSent(message, EDITED, cause="account", retry_at=until), now)
                self._keep(lambda: self._pace.block(until, message, EDITED))
            raise unconfirmed(message)
        receipt = self._receipt_of(posted)
        self._keep(lambda: self._pace.note_sent(key, receipt, now))
        return receipt

    def _receipt_of(self, full_id: str) -> Receipt:
        return Receipt(short_id(full_id), self._dialect.url(full_id))

    def _keep(self, work: Callable[[], None]) -> None:
        """What cannot be written to the data folder must not hide what became of a post."""
        with suppress(ReadFailed):
            return work()
        fields = {"event": "sent_reply_not_kept", "platform": self._graph.name.lower()}
        log.error("%(platform)s: the file of sent replies cannot be written", fields)
        return None

    def find_reply(self, prepared: Prepared, now: datetime) -> Receipt | None:
        """Return our reply below the comment, by its words and its time. Raises ReadFailed, Indeterminate.

        Absent twice is a person's business: what is held back as spam is not listed, and a second one would be one too
        many. So None is the answer only as long as the platform's lists may lag behind.
        """
        sent = self._pace.sent_ids()
        if prepared.key in sent:
            return self._receipt_of(sent[prepared.key])
        request, prepared_at = prepared.request, require_time(prepared.request["prepared_at"])
        posts = self._answers(str(request["below"]), prepared_at - _SKEW, now)
        if posts is None:
            raise Indeterminate("what it answers is gone", CHECK_ACCOUNT)
        text = fold(request["text"])
        listed = [post for post in posts if short_id(str(post["id"])) not in sent.values()]
        answers = [
            Answer(self._receipt_of(str(post["id"])), fold(post.get(self._dialect.text)) == text) for post in listed
        ]
        receipt = choose_answer(self._graph.name, answers, prepared, self._lag, now)
        if receipt is not None:
            self._keep(lambda: self._pace.note_sent(prepared.key, receipt, now))
            return receipt
        self._require_more_looks(prepared.key, prepared_at, now)
        return None

    def _require_more_looks(self, key: str, prepared_at: datetime, now: datetime) -> None:
        """Raise ReadFailed before the second look, Indeterminate after it, once the lists cannot lag any more."""
        first = self._pace.looked_at(key, now)
        if now < prepared_at + self._lag:
            return
        if first is None or timedelta(0) <= now - first < _BETWEEN_LOOKS:  # a clock that was ahead means nothing
            message = f"{self._graph.name} does not list the reply; it is looked for once more"
            raise ReadFailed(message, cause="item", retry_at=now + _BETWEEN_LOOKS)
        message = f"{self._graph.name} did not list it in two checks; it may be held back as spam"
        raise Indeterminate(message, CHECK_ACCOUNT)

    def check_post(self, mention: Mention, now: datetime) -> PostStatus:
        """Return the mention as it stands, and a colleague's answer to it. Raises ReadFailed.

        Nothing is asked while nothing may be sent anyway: replies that wait would use up the day's calls.
        """
        try:
            self._pace.require_open(self._graph.name, now)
        except Held as hold:
            raise ReadFailed(hold.message, hold.do, cause="rate", retry_at=hold.until) from None
        target = mention.reply_target_id
        standing = self._graph.find(target, {"fields": self._dialect.fields(target)}, now, purpose="send")
        if standing is None:
            return PostStatus(is_present=False)
        posts = self._answers(mention.in_reply_to or target, mention.created_at, now) or []
        sent = set(self._pace.sent_ids().values())
        others = [short_id(str(post["id"])) for post in posts if short_id(str(post["id"])) not in sent]
        text = standing.get(self._dialect.text)
        return PostStatus(True, text if isinstance(text, str) else "", others[0] if others else None)

    def _answers(self, below: str, since: datetime, now: datetime) -> list[Untrusted] | None:
        """Return our own comments below another since a time; None when that one is gone."""
        ours: list[Untrusted] = []
        params: Params = {"fields": self._dialect.answer_fields, "limit": "100"}
        seen: set[str] = set()
        for _ in range(_MOST_PAGES):
            body = self._graph.find(f"{below}/{self._dialect.answers}", params, now, purpose="send")
            if body is None:
                return None
            new = [post for post in objects_in(data(body)) if post.get("id") and str(post["id"]) not in seen]
            ours += [post for post in new if self._own(post, now) and self._is_since(post, since)]
            seen |= {str(post["id"]) for post in new}
            token = after(body)
            if token is None or not (new or not data(body)):
                break
            params = {**params, "after": token}
        return ours

    def _is_since(self, post: Untrusted, since: datetime) -> bool:
        written = time_in(post.get(self._dialect.time))
        return written is None or written >= since.replace(microsecond=0)


def fold(text: object) -> str:
    """Return what two texts have in common that differ in blanks alone."""
    return " ".join(str(text).split())


def is_from(post: Untrusted, ids: frozenset[str], handle: str = "") -> bool:
    """Return whether a post was written by an account with one of these ids, or with this handle."""
    who = object_in(post.get("from"))
    names = {who.get("username"), post.get("username")}
    return str(who.get("id")) in ids or (bool(handle) and handle in names)
