"""The Platform "feed": one feed a page, asked for only when it has changed."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from listener.errors import Indeterminate, ReadFailed, Refused
from listener.feed_page import FeedPage, Gap
from listener.model import Json, Mention, Outgoing, PostStatus, Prepared, Receipt
from listener.platforms.feed.identity import Stored, Trace, mention_id, recognize, remember
from listener.platforms.feed.items import INELIGIBLE_REASON, Item, as_mention
from listener.platforms.feed.links import normalized
from listener.platforms.feed.reading import Reading, read_items
from listener.platforms.feed.section import Section
from listener.platforms.feed.web import FeedClient
from listener.platforms.kit import cursor as cursors
from listener.platforms.kit.cursor import CursorState
from listener.platforms.kit.http import HttpClient
from listener.platforms.kit.items import ParsedPage
from listener.protocols import Account

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FeedFile:
    """A feed as it was read last. old: ids that a first read found there (None: never read); body: its digest.

    seen: traces of its items, those listed last first (None: never kept); cut: digest of a last item that was cut.
    """

    old: tuple[str, ...] | None = None
    body: str = ""
    etag: str | None = None
    modified: str | None = None
    seen: tuple[Stored, ...] | None = None
    cut: str = ""

    @classmethod
    def load(cls, stored: Json) -> "FeedFile":
        """From the cursor's JSON."""
        old, seen = stored["old"], stored.get("seen")
        kept = {"old": None if old is None else tuple(old), "seen": None if seen is None else tuple(map(tuple, seen))}
        return cls(**{**stored, **kept})

    @property
    def traces(self) -> list[Trace] | None:
        """What is remembered of its items; None where nothing ever was."""
        return None if self.seen is None else [Trace(*stored) for stored in self.seen]


class Feed:
    """listener.model.Platform on feeds. A feed that alone fails is left out of its round."""

    name = "feed"
    settle_after = timedelta(0)

    def __init__(self, section: Section, web: HttpClient | None = None) -> None:
        self._section, self._client = section, FeedClient(section, web)

    def fetch(self, cursor: Json | None, now: datetime) -> FeedPage:
        """Return ONE feed, whole. Raises ReadFailed when no feed of a round could be read."""
        state = cursors.load_cursor(cursor, self._section.feeds, FeedFile.load, lambda url: FeedFile())
        is_last_hope = len(state.todo) == 1 and not state.read
        return cursors.read_next(state, partial(self._page, now=now), lambda url, error: not is_last_hope, self.name)

    def _page(self, state: CursorState[FeedFile], url: str, now: datetime) -> FeedPage:
        file, parsed, gap = self._read(url, state.states[url], now)
        return state.advance(url, file, is_over=True).page(url, parsed, [gap])

    def _read(self, url: str, known: FeedFile, now: datetime) -> tuple[FeedFile, ParsedPage, Gap | None]:
        headers = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
        answer, at = self._client.get(url, {name: value for name, value in headers.items() if value}, now)
        body = hashlib.sha256(answer.body).hexdigest()[:20]
        if known.old is not None and (answer.status == 304 or body == known.body):
            return known, ParsedPage(), None
        reading = read_items(answer, at)
        file = replace(known, body=body, etag=answer.headers.get("etag"), modified=answer.headers.get("last-modified"))
        file = replace(file, cut=reading.judge_cut(known.cut))
        if reading.cut:  # the same document may be whole next time: it must be asked for as if it were new
            fields = {"event": "feed_cut_off", "platform": "feed", "feed": url}
            log.warning("%(feed)s ends in the middle of an item, which is read when it is whole", fields)
            file = replace(file, body="", etag=None, modified=None)
        return self._kept(url, file, reading, now)

    def _kept(
        self, url: str, file: FeedFile, reading: Reading, now: datetime
    ) -> tuple[FeedFile, ParsedPage, Gap | None]:
        """Return the feed's new state and its page."""
        before = file.traces
        recognized = recognize(url, reading.items, before)
        old = file.old
        if old is None:
            old = tuple(sorted(trace.id for item, trace in recognized.items if _is_before(item, self._section.start)))
        parsed = self._parsed(url, recognized.items, frozenset(old), now)
        for item in reading.aside:
            name = mention_id(url, normalized(item.mention_id)) if item.mention_id else ""
            parsed.quarantined.append(replace(item, mention_id=name))
        traces = [trace for _, trace in recognized.items]
        gap = _gap(url, before[0], traces) if before and traces and not recognized.known else None
        seen = tuple(trace.store() for trace in remember(traces, before or ()))
        return replace(file, old=old, seen=seen), parsed, gap

    def _parsed(self, url: str, items: Sequence[tuple[Item, Trace]], old: frozenset[str], now: datetime) -> ParsedPage:
        parsed, is_addressed = ParsedPage(), url in self._section.urls
        for item, trace in items:
            if trace.id in old or trace.interaction in old:
                parsed.skipped += 1
                continue
            parsed.mentions.append(as_mention(item, trace.id, trace.interaction, now, addressed=is_addressed))
        return parsed

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


def _is_before(item: Item, start: object) -> bool:
    """Return True for what a first run treats as old."""
    return start == "now" or (isinstance(start, datetime) and (item.created is None or item.created < start))


def _gap(url: str, last: Trace, listed: Sequence[Trace]) -> Gap:
    """Return the stretch between the last read and this one, which have no item in common."""
    lines = (
        f"{url}: none of the {len(listed)} items in this feed was there at the last read",
        "more may have been listed in between and read by nobody; a shorter poll_seconds helps",
    )
    return Gap(url, last.id, listed[-1].id, "; ".join(lines))
