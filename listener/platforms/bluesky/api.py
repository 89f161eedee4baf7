"""The Platform "bluesky": what poll, outbox and check ask of it."""

import logging
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from listener.errors import CannotTell, Unavailable
from listener.gate import Gate
from listener.model import Account, Json, Mention, Outgoing, Page, Prepared, Receipt, Secrets, Standing
from listener.platforms.bluesky import cursor as cursors
from listener.platforms.bluesky import profile, walk
from listener.platforms.bluesky import reply as replies
from listener.platforms.bluesky.caller import Absent, Caller, Rejected
from listener.platforms.bluesky.feeds import SIZE, Feeds, Listing
from listener.platforms.bluesky.items import Us
from listener.platforms.bluesky.section import Section
from listener.platforms.bluesky.sender import Sender
from listener.platforms.bluesky.session import Sessions
from listener.platforms.bluesky.views import Views
from listener.web import Web

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
        web: Web | None = None,
        rng: random.Random | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.settle_after, self.watch_own = section.settle_after, True
        rng, web = rng or random.Random(), web or Web()  # noqa: S311 - jitter, no secret
        self._section, self._sessions = section, Sessions(section, secrets, folder, web)
        self._caller = Caller(self._sessions, web, Gate(self._sessions.secret, rng), rng)
        self._views = Views(self._caller)
        self._feeds = Feeds(self._caller, self._views)
        self._sender = Sender(self._caller, self._views, rng)
        self._clock, self._ahead = clock, timedelta(0)  # the caller's clock against this machine's
        self._failed: str | None = None  # the feed that failed last

    def fetch(self, cursor: Json | None, now: datetime) -> Page:
        """Return ONE page of one feed. Raises Unavailable."""
        began = now
        if cursor is None:
            now = self._now()  # a first run is given the time it begins at, again and again until a page is stored
        else:
            self._ahead = now - self._clock()
        names = cursors.feeds(self._section, own=self.watch_own)
        book = cursors.load(cursor, names, self._section, began, self._failed)
        feed, self._failed = book.todo[0], None
        try:
            return self._page(book, feed, now)
        except Unavailable:
            self._failed = feed
            raise

    def _page(self, book: cursors.Book, feed: str, now: datetime) -> Page:
        us, track = self._us(now), book.tracks[feed]
        under_way = walk.begun(track)
        try:
            listing = self._feeds.page(feed, us, track.begin, under_way.token, now)
        except (Absent, Rejected) as error:
            return self._mended(book, feed, under_way, str(error), now)
        return self._read(book, feed, track, listing)

    def _read(self, book: cursors.Book, feed: str, track: walk.Track, listing: Listing) -> Page:
        found = listing.found
        track, over, gap = walk.stepped(track, feed, walk.Seen(found.times, listing.token, SIZE))
        book = book.kept(feed, track, over=over)
        return Page(
            cursor=book.dump(),
            mentions=tuple(found.mentions),
            own=tuple(found.own),
            bad=tuple(found.bad),
            gaps=(gap,) if gap else (),
            skipped=found.skipped,
            more=bool(book.todo),
        )

    def _mended(self, book: cursors.Book, feed: str, under_way: walk.Walk, says: str, now: datetime) -> Page:
        """A cursor that Bluesky takes no more begins its walk anew next time; a query that it refuses is left out."""
        if under_way.token is None and feed == "mentions":
            raise self._caller.failed(Unavailable(says, "see docs/platforms.md", cause="transient"), "read", now)
        log.warning("bluesky: %s: %s", feed, says)
        track = walk.restarted(book.tracks[feed])
        book = book.kept(feed, track, over=True)
        return Page(book.dump(), more=bool(book.todo))

    def prepare(self, reply: Outgoing, now: datetime) -> Prepared:
        """Pure: the record that post will write, and where."""
        return replies.prepare(reply, self._sessions.account(), now)

    def post(self, prepared: Prepared) -> Receipt:
        """Write it. Raises NotSent, Refused; anything else: nobody knows."""
        return self._sender.post(prepared, self._now())

    def find(self, prepared: Prepared) -> Receipt | None:
        """Is the record there? Raises CannotTell, Unavailable."""
        if prepared.request["account"] != self._sessions.account():
            raise CannotTell("it was sent by another account than the one configured", "look there, then resolve it")
        now = self._now()
        return self._sender.find(prepared, self._us(now).did, now)

    def look(self, mention: Mention) -> Standing:
        """The mention as it stands, and a person's answer to it. Raises Unavailable."""
        now = self._now()
        return self._views.standing(mention, self._us(now), now)

    def whoami(self) -> Account:
        """Who the session belongs to, asked anew. Raises Unavailable."""
        now = self._now()
        try:
            told = self._caller.get("com.atproto.server.getSession", {}, now)
        except (Absent, Rejected) as error:
            raise Unavailable(f"Bluesky does not say who we are: {error}", cause="item") from None
        us = self._us(now)
        record, _ = profile.read(self._caller, us.did, now)
        says = () if profile.labelled(record) else (profile.UNLABELLED,)
        name = record.get("displayName")
        return Account(us.did, str(told.get("handle") or us.handle), name if isinstance(name, str) else None, says)

    def fix(self) -> tuple[str, ...]:
        """Set the "bot" label on our account. Raises Unavailable."""
        now = self._now()
        return (profile.label(self._caller, self._us(now).did, now),)

    def _us(self, now: datetime) -> Us:
        session = self._caller.session(now)
        return Us(session.did, session.handle)

    def _now(self) -> datetime:
        return self._clock() + self._ahead
