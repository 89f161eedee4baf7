"""The Platform "feed": one feed a page, asked for only when it has changed."""

import hashlib
import logging
import random
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

from listener.errors import Indeterminate, ReadFailed, Refused
from listener.model import Account, FeedError, FeedPage, Json, Mention, Outgoing, PostStatus, Prepared, Receipt
from listener.platforms.feed.items import INELIGIBLE_REASON, Found, items
from listener.platforms.feed.section import Section, may_read
from listener.platforms.kit.http import HttpClient
from listener.platforms.kit.response import CallFailed, HttpResponse, limit_ends

log = logging.getLogger(__name__)

_HOPS, _CAP, _WINDOW = 3, 4 << 20, timedelta(minutes=15)
_WORRY = 3  # failures of a feed in a row before an operator hears of it


class Feed:
    """listener.model.Platform on feeds. A feed that alone fails is left out of its round."""

    name = "feed"
    settle_after = timedelta(0)
    read_own_posts = False

    def __init__(self, section: Section, web: HttpClient | None = None) -> None:
        self._section, self._web = section, web or HttpClient(cap=_CAP)
        self._rng = random.Random()  # noqa: S311 - jitter, no secret
        self._resting: dict[str, datetime] = {}  # feeds that asked to be left alone, until when

    def fetch(self, cursor: Json | None, now: datetime) -> FeedPage:
        """ONE feed, whole. Raises Unavailable when no feed of a round could be read."""
        cursor = cursor or {"todo": [], "feeds": {}, "read": 0, "failed": {}}
        todo = [url for url in cursor["todo"] if url in self._section.feeds] or list(self._section.feeds)
        url, rest = todo[0], todo[1:]
        known = {one: state for one, state in cursor["feeds"].items() if one in self._section.feeds}
        read = cursor["read"] if cursor["todo"] else 0
        try:
            state, found = self._read(url, known.get(url), now)
        except ReadFailed as error:
            if not rest and not read:
                raise
            log.warning("feed: %s is left out of this round: %s", url, error.message)
            failed = cursor["failed"] | {url: cursor["failed"].get(url, 0) + 1}
            trouble = FeedError(error.message, error.do) if failed[url] >= _WORRY else None
            cursor = {"todo": rest, "feeds": known, "read": read, "failed": failed}
            return FeedPage(cursor, feed=url if trouble else "", trouble=trouble, more=bool(rest))
        failed = {one: times for one, times in cursor["failed"].items() if one in self._section.feeds and one != url}
        cursor = {"todo": rest, "feeds": known | {url: state}, "read": read + 1, "failed": failed}
        mentions, bad = tuple(found.mentions), tuple(found.bad)
        return FeedPage(cursor, mentions, quarantined_items=bad, skipped=found.skipped, feed=url, more=bool(rest))

    def _read(self, url: str, state: Json | None, now: datetime) -> tuple[Json, Found]:
        if now < self._resting.get(url, now):
            raise ReadFailed(f"{url} asked to be left alone", cause="rate", retry_at=self._resting[url])
        answer, at = self._get(url, state or {}, now)
        body = hashlib.sha256(answer.body).hexdigest()[:20]
        if state and (answer.status == 304 or body == state["body"]):
            return state, Found()
        found = Found()
        for item in items(answer, at):
            found.add(item, url, now, addressed=url in self._section.urls)
        old = found.without(None if state is None else set(state["old"]), self._section.start)
        told = {"etag": answer.headers.get("etag"), "modified": answer.headers.get("last-modified")}
        return {"old": old, "body": body, **told}, found

    def _get(self, url: str, state: Json, now: datetime) -> tuple[HttpResponse, str]:
        """The answer, and where it came from after some redirects. No credentials go along. Raises Unavailable."""
        known = {"If-None-Match": state.get("etag"), "If-Modified-Since": state.get("modified")}
        headers = {name: value for name, value in known.items() if value}
        at = url
        for _ in range(_HOPS + 1):
            try:
                answer = self._web.get(at, None, headers)
            except CallFailed as error:
                raise ReadFailed(f"{url} cannot be reached: {error.message}") from None
            if answer.status not in (301, 302, 303, 307, 308):
                return self._judged(answer, url, now), at
            target = _joined(at, answer.headers.get("location", ""))
            if not may_read(target) or (at.startswith("https:") and not target.startswith("https:")):
                break
            at = target
        raise ReadFailed(f"{url} leads away to {target[:200]}", "give the address it should be read at", cause="item")

    def _judged(self, answer: HttpResponse, url: str, now: datetime) -> HttpResponse:
        if answer.status in (200, 304):
            return answer
        message = f"{url} answered {answer.status}"
        if answer.status == 429 or (answer.status == 503 and "retry-after" in answer.headers):
            self._resting[url] = limit_ends(answer.headers, (), _WINDOW, now, self._rng)
            raise ReadFailed(message, cause="rate", retry_at=self._resting[url])
        if answer.status >= 500:
            raise ReadFailed(message)
        raise ReadFailed(message, "look at it in a browser, then correct [platforms.feed]", cause="item")

    def prepare(self, reply: Outgoing, now: datetime) -> Prepared:
        """What a person should write; it is never posted."""
        return Prepared(f"{reply.reply_id}-{reply.revision}", {"in_reply_to": reply.mention.id, "text": reply.text})

    def post(self, prepared: Prepared) -> Receipt:
        """Raises Refused."""
        raise Refused(INELIGIBLE_REASON, "by_hand")

    def find_reply(self, prepared: Prepared) -> Receipt | None:
        """Raises CannotTell."""
        raise Indeterminate("a feed does not tell who answered", "look there, then resolve it")

    def check_post(self, mention: Mention) -> PostStatus:
        """Raises CannotTell."""
        raise Indeterminate("a feed is read whole, when it is polled")

    def whoami(self) -> Account:
        """Nobody; says which feeds cannot be read. Raises Unavailable when none can."""
        now, message = datetime.now(UTC), []
        for url in self._section.feeds:
            try:
                self._read(url, None, now)
            except ReadFailed as error:
                message.append(f"{error.message}; {error.do}" if error.do else error.message)
        if len(message) == len(self._section.feeds):
            raise ReadFailed(message[0], "correct the addresses in [platforms.feed]", cause="item")
        return Account("feed", "feed", remarks=tuple(message))


def _joined(at: str, location: str) -> str:
    try:
        return urljoin(at, location)
    except ValueError:
        return location
