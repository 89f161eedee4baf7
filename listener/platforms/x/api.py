"""The Platform "x": what poll, outbox and check ask of it."""

import logging
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from listener.errors import CannotTell, Unavailable
from listener.model import Account, Gap, Json, Mention, Meter, Outgoing, Page, Prepared, Receipt, Secrets, Standing
from listener.platforms.x import cursor as cursors
from listener.platforms.x import own, walk
from listener.platforms.x import reply as replies
from listener.platforms.x.caller import Caller
from listener.platforms.x.feeds import Feeds, Listing, Rejected
from listener.platforms.x.gate import Gate
from listener.platforms.x.ids import at
from listener.platforms.x.items import Us, sort
from listener.platforms.x.money import Purse
from listener.platforms.x.section import Section
from listener.platforms.x.sender import Sender
from listener.platforms.x.wire import Wire

log = logging.getLogger(__name__)


class XPlatform:
    """X for one account. watch_own: whether a round also reads the own timeline, for answers given by a person."""

    name = "x"

    def __init__(
        self,
        section: Section,
        secrets: Secrets,
        meter: Meter,
        *,
        wire: Wire | None = None,
        rng: random.Random | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.settle_after, self.watch_own = section.settle_after, True
        rng = rng or random.Random()  # noqa: S311 - jitter, no secret
        wire = wire or Wire(section.api_url, secrets)
        gate = Gate(wire, rng)
        self._section = section
        self._caller = Caller(section, wire, gate, rng)
        self._feeds = Feeds(section, Purse(section, meter), self._caller)
        self._sender = Sender(wire, gate, self._caller, meter, rng)
        self._clock, self._ahead = (
            clock,
            timedelta(0),
        )  # the caller's clock against this machine's: post and find get no time
        self._last: str | None = None  # the feed that failed last: its round begins anew with it at the end

    def fetch(self, cursor: Json | None, now: datetime) -> Page:
        """Return ONE page of one feed. Raises Unavailable; a search that alone fails is left out of its round."""
        began = now
        if cursor is None:
            now = self._now()  # a first run is given the time it begins at, again and again until a page is stored
        else:
            self._ahead = now - self._clock()
        book, feed = self._turn(cursor, began)
        try:
            return self._page(book, feed, now)
        except Unavailable as error:
            if feed == "mentions" or error.cause not in ("rate", "item"):
                self._last = feed
                raise
            log.warning("x: %s is left out of this round: %s", feed, error.says)
            book = book.without(feed)
            return Page(book.dump(), more=bool(book.todo))

    def _turn(self, cursor: Json | None, began: datetime) -> tuple[cursors.Book, str]:
        """The book and the feed whose turn it is. After a failure a new round begins, the feed that failed last."""
        names = cursors.feeds(self._section, own=self.watch_own)
        book = cursors.load(cursor, names, self._section, began, anew=self._last is not None)
        if self._last in names:
            book = cursors.Book((*book.without(str(self._last)).todo, str(self._last)), book.tracks)
        self._last = None
        return book, book.todo[0]

    def _page(self, book: cursors.Book, feed: str, now: datetime) -> Page:
        account = self._caller.account(now)
        track, gap = walk.begun(book.tracks[feed], feed, now)
        under_way = track.walk or walk.Walk()
        try:
            new = feed != "own" and not under_way.extra
            listing = self._feeds.page(feed, account.id, under_way.floor, under_way.token, now, new=new)
        except Rejected as error:
            return self._mended(book, feed, track, error, now)
        return self._read(book, feed, track, listing, account, now, gap)

    def _read(
        self,
        book: cursors.Book,
        feed: str,
        track: walk.Track,
        listing: Listing,
        account: Account,
        now: datetime,
        gap: Gap | None,
    ) -> Page:
        us = Us(account.id, account.handle, frozenset(self._section.sister_accounts))
        sorted_ = sort(listing.items, listing.users, us, feed, track.begin)
        seen = walk.Seen(walk.as_ids(listing.items), listing.token, listing.size)
        stepped, over, cut = walk.stepped(track, feed, seen, now)
        book = book.kept(feed, stepped, over=over)
        return Page(
            cursor=book.dump(),
            mentions=tuple(sorted_.mentions),
            own=tuple(sorted_.own),
            bad=tuple(sorted_.bad),
            gaps=tuple(one for one in (gap, cut) if one),
            skipped=sorted_.skipped,
            more=bool(book.todo),
        )

    def _mended(self, book: cursors.Book, feed: str, track: walk.Track, error: Rejected, now: datetime) -> Page:
        """After a 400: a since_id below the search window is raised, a lost page token starts the walk anew."""
        under_way = track.walk or walk.Walk()
        if error.since and under_way.floor:
            least = error.least or at(now - walk.SEARCH_WINDOW)
            track, gap = walk.rebuilt(track, feed, least)
            return Page(book.kept(feed, track, over=False).dump(), gaps=(gap,) if gap else (), more=True)
        if under_way.token:
            log.warning("x: %s: the walk begins anew: %s", feed, error.says)
            return Page(book.kept(feed, walk.restarted(track), over=True).dump(), more=len(book.todo) > 1)
        raise Unavailable(error.says, f"look at the {feed.partition(':')[0]} settings of [platforms.x]", cause="item")

    def prepare(self, reply: Outgoing, now: datetime) -> Prepared:
        """Pure: the request that post will make. Raises Held while nobody attested that the rules were read."""
        return replies.prepare(reply, self._section, now)

    def post(self, prepared: Prepared) -> Receipt:
        """Post it. Raises NotSent, Refused; anything else: nobody knows."""
        return self._sender.post(prepared, self._now())

    def find(self, prepared: Prepared) -> Receipt | None:
        """Look for the reply in the own timeline. Raises CannotTell, Unavailable."""
        now = self._now()
        try:
            receipt = own.found(self._feeds, self._caller.account(now).id, prepared, self.settle_after, now)
        except Rejected as error:
            raise CannotTell(error.says, "look at the account, then resolve it") from None
        if receipt is None and prepared.key in self._sender.duplicates:
            raise CannotTell(
                "X says it has this text already, yet does not list it", "look at the account, then resolve it"
            )
        if receipt is not None:
            self._sender.charge(prepared)  # whoever sent it may have died before that
        return receipt

    def look(self, mention: Mention) -> Standing:
        """X bills every look. Raises CannotTell."""
        raise CannotTell("a look at a post costs money on X")

    def whoami(self) -> Account:
        """Who the tokens belong to; asked once a process. Raises Unavailable."""
        return self._caller.account(self._now())

    def _now(self) -> datetime:
        return self._clock() + self._ahead
