"""The Platform "bluesky": what poll, outbox and check ask of it."""

import logging
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from listener.errors import Indeterminate, ReadFailed
from listener.model import Account, FeedPage, Json, Mention, Outgoing, PostStatus, Prepared, Receipt, Secrets
from listener.platforms.bluesky import cursor as cursors
from listener.platforms.bluesky import page_scan, profile
from listener.platforms.bluesky import reply as replies
from listener.platforms.bluesky.caller import Absent, Caller, Rejected
from listener.platforms.bluesky.feeds import SIZE, Feeds, Listing
from listener.platforms.bluesky.items import OwnAccount
from listener.platforms.bluesky.section import Section
from listener.platforms.bluesky.sender import Sender
from listener.platforms.bluesky.session import Sessions
from listener.platforms.bluesky.views import Views
from listener.platforms.kit.gate import Gate
from listener.platforms.kit.http import HttpClient

log = logging.getLogger(__name__)


class Bluesky:
    """Bluesky for one account. watch_own: whether a round also reads our own posts, for answers given by a person."""

    name = "bluesky"

    def __init__(
        self,
        section: Section,
        secrets: Secrets,
        folder: Path,
        *,
        web: HttpClient | None = None,
        rng: random.Random | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.settle_after, self.read_own_posts = section.settle_after, True
        rng, web = rng or random.Random(), web or HttpClient()  # noqa: S311 - jitter, no secret
        self._section, self._sessions = section, Sessions(section, secrets, folder, web)
        self._caller = Caller(self._sessions, web, Gate(self._sessions.secret, rng), rng)
        self._views = Views(self._caller)
        self._feeds = Feeds(self._caller, self._views)
        self._sender = Sender(self._caller, self._views, rng)
        self._clock, self._ahead = clock, timedelta(0)  # the caller's clock against this machine's
        self._failed: str | None = None  # the feed that failed last

    def fetch(self, cursor: Json | None, now: datetime) -> FeedPage:
        """Return ONE page of one feed. Raises Unavailable."""
        began = now
        if cursor is None:
            now = self._now()  # a first run is given the time it begins at, again and again until a page is stored
        else:
            self._ahead = now - self._clock()
        names = cursors.feeds(self._section, own=self.read_own_posts)
        book = cursors.load(cursor, names, self._section, began, self._failed)
        feed, self._failed = book.todo[0], None
        try:
            return self._page(book, feed, now)
        except ReadFailed:
            self._failed = feed
            raise

    def _page(self, book: cursors.CursorState, feed: str, now: datetime) -> FeedPage:
        us, track = self._us(now), book.tracks[feed]
        under_way = page_scan.begun(track)
        try:
            listing = self._feeds.page(feed, us, track.begin, under_way.token, now)
        except (Absent, Rejected) as error:
            return self._mended(book, feed, under_way, str(error), now)
        return self._read(book, feed, track, listing)

    def _read(self, book: cursors.CursorState, feed: str, track: page_scan.FeedState, listing: Listing) -> FeedPage:
        found = listing.found
        track, over, gap = page_scan.stepped(track, feed, page_scan.Seen(found.times, listing.token, SIZE))
        book = book.kept(feed, track, over=over)
        return FeedPage(
            cursor=book.dump(),
            mentions=tuple(found.mentions),
            brand_posts=tuple(found.own),
            quarantined_items=tuple(found.bad),
            gaps=(gap,) if gap else (),
            skipped=found.skipped,
            more=bool(book.todo),
        )

    def _mended(
        self, book: cursors.CursorState, feed: str, under_way: page_scan.PageScan, message: str, now: datetime
    ) -> FeedPage:
        """A cursor that Bluesky takes no more begins its walk anew next time; a query that it refuses is left out."""
        if under_way.token is None and feed == "mentions":
            raise self._caller.failed(ReadFailed(message, "see docs/platforms.md", cause="transient"), "read", now)
        log.warning("bluesky: %s: %s", feed, message)
        track = page_scan.restarted(book.tracks[feed])
        book = book.kept(feed, track, over=True)
        return FeedPage(book.dump(), more=bool(book.todo))

    def prepare(self, reply: Outgoing, now: datetime) -> Prepared:
        """Pure: the record that post will write, and where."""
        return replies.prepare(reply, self._sessions.account(), now)

    def post(self, prepared: Prepared) -> Receipt:
        """Write it. Raises NotSent, Refused; anything else: nobody knows."""
        return self._sender.post(prepared, self._now())

    def find_reply(self, prepared: Prepared) -> Receipt | None:
        """Is the record there? Raises CannotTell, Unavailable."""
        if prepared.request["account"] != self._sessions.account():
            raise Indeterminate("it was sent by another account than the one configured", "look there, then resolve it")
        now = self._now()
        return self._sender.find(prepared, self._us(now).did, now)

    def check_post(self, mention: Mention) -> PostStatus:
        """The mention as it stands, and a person's answer to it. Raises Unavailable."""
        now = self._now()
        return self._views.standing(mention, self._us(now), now)

    def whoami(self) -> Account:
        """Who the session belongs to, asked anew. Raises Unavailable."""
        now = self._now()
        try:
            told = self._caller.get("com.atproto.server.getSession", {}, now)
        except (Absent, Rejected) as error:
            raise ReadFailed(f"Bluesky does not say who we are: {error}", cause="item") from None
        us = self._us(now)
        record, _ = profile.read(self._caller, us.did, now)
        message = () if profile.labelled(record) else (profile.UNLABELLED,)
        name = record.get("displayName")
        return Account(us.did, str(told.get("handle") or us.handle), name if isinstance(name, str) else None, message)

    def fix(self) -> tuple[str, ...]:
        """Set the "bot" label on our account. Raises Unavailable."""
        now = self._now()
        return (profile.label(self._caller, self._us(now).did, now),)

    def _us(self, now: datetime) -> OwnAccount:
        session = self._caller.session(now)
        return OwnAccount(session.did, session.handle)

    def _now(self) -> datetime:
        return self._clock() + self._ahead
