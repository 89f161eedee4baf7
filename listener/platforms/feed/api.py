"""The Platform "feed": one feed a page, asked for only when it has changed."""

import hashlib
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urljoin

from listener.errors import Indeterminate, ReadFailed, Refused
from listener.model import FeedPage, Json, Mention, Outgoing, PostStatus, Prepared, Receipt
from listener.platforms.feed.items import INELIGIBLE_REASON, FeedItems, items
from listener.platforms.feed.section import Section, may_read
from listener.platforms.kit import cursor as cursors
from listener.platforms.kit.cursor import CursorState
from listener.platforms.kit.http import HttpClient
from listener.platforms.kit.items import ParsedPage
from listener.platforms.kit.response import CallFailed, HttpResponse, limit_ends
from listener.protocols import Account

_HOPS, _CAP, _WINDOW = 3, 4 << 20, timedelta(minutes=15)


@dataclass(frozen=True)
class FeedFile:
    """A feed as it was read last. old: ids that a first read found there (None: never read); body: its digest."""

    old: tuple[str, ...] | None = None
    body: str = ""
    etag: str | None = None
    modified: str | None = None

    @classmethod
    def load(cls, stored: Json) -> "FeedFile":
        """From the cursor's JSON."""
        return cls(**{**stored, "old": None if stored["old"] is None else tuple(stored["old"])})


class Feed:
    """listener.model.Platform on feeds. A feed that alone fails is left out of its round."""

    name = "feed"
    settle_after = timedelta(0)
    read_own_posts = False

    def __init__(self, section: Section, web: HttpClient | None = None) -> None:
        self._section, self._web = section, web or HttpClient(cap=_CAP)
        self._rng = random.Random()  # noqa: S311 - jitter, no secret
        self._resting: dict[str, datetime] = {}  # feeds that asks for a pause, until when

    def fetch(self, cursor: Json | None, now: datetime) -> FeedPage:
        """Return ONE feed, whole. Raises ReadFailed when no feed of a round could be read."""
        state = cursors.load_cursor(cursor, self._section.feeds, FeedFile.load, lambda url: FeedFile())
        is_last_hope = len(state.todo) == 1 and not state.read
        return cursors.read_next(state, partial(self._page, now=now), lambda url, error: not is_last_hope, self.name)

    def _page(self, state: CursorState[FeedFile], url: str, now: datetime) -> FeedPage:
        file, parsed = self._read(url, state.states[url], now)
        return state.advance(url, file, is_over=True).page(url, parsed)

    def _read(self, url: str, known: FeedFile, now: datetime) -> tuple[FeedFile, ParsedPage]:
        if now < self._resting.get(url, now):
            raise ReadFailed(f"{url} asks for a pause", cause="rate", retry_at=self._resting[url])
        answer, at = self._get(url, known, now)
        body = hashlib.sha256(answer.body).hexdigest()[:20]
        if known.old is not None and (answer.status == 304 or body == known.body):
            return known, ParsedPage()
        feed = FeedItems(url, now, addressed=url in self._section.urls)
        for item in items(answer, at):
            feed.add(item)
        old = feed.drop_old(known.old, self._section.start)
        headers = answer.headers
        return FeedFile(tuple(old), body, headers.get("etag"), headers.get("last-modified")), feed.parsed

    def _get(self, url: str, file: FeedFile, now: datetime) -> tuple[HttpResponse, str]:
        """Return the answer and where it came from after redirects. No credentials are sent. Raises ReadFailed."""
        known = {"If-None-Match": file.etag, "If-Modified-Since": file.modified}
        headers = {name: value for name, value in known.items() if value}
        at = url
        for _ in range(_HOPS + 1):
            try:
                answer = self._web.get(at, None, headers)
            except CallFailed as error:
                raise ReadFailed(f"{url} cannot be reached: {error.message}") from None
            if answer.status not in (301, 302, 303, 307, 308):
                return self._checked(answer, url, now), at
            target = _joined(at, answer.headers.get("location", ""))
            if not may_read(target) or (at.startswith("https:") and not target.startswith("https:")):
                break
            at = target
        raise ReadFailed(f"{url} redirects to {target[:200]}", "give the address it should be read at", cause="item")

    def _checked(self, answer: HttpResponse, url: str, now: datetime) -> HttpResponse:
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
        """Return what a person should write; it is never posted."""
        return Prepared(f"{reply.reply_id}-{reply.revision}", {"in_reply_to": reply.mention.id, "text": reply.text})

    def post(self, prepared: Prepared) -> Receipt:
        """Raise Refused."""
        raise Refused(INELIGIBLE_REASON, "by_hand")

    def find_reply(self, prepared: Prepared) -> Receipt | None:
        """Raise Indeterminate."""
        raise Indeterminate("a feed does not show who answered", "look there, then resolve it")

    def check_post(self, mention: Mention) -> PostStatus:
        """Raise Indeterminate."""
        raise Indeterminate("a feed is read whole, when it is polled")

    def whoami(self) -> Account:
        """Return no real account, and a remark for each feed that cannot be read. Raises ReadFailed when none can."""
        now, remarks = datetime.now(UTC), []
        for url in self._section.feeds:
            try:
                self._read(url, FeedFile(), now)
            except ReadFailed as error:
                remarks.append(f"{error.message}; {error.do}" if error.do else error.message)
        if len(remarks) == len(self._section.feeds):
            raise ReadFailed(remarks[0], "correct the addresses in [platforms.feed]", cause="item")
        return Account("feed", "feed", remarks=tuple(remarks))


def _joined(at: str, location: str) -> str:
    try:
        return urljoin(at, location)
    except ValueError:
        return location
