"""The Platform "x": what poll, outbox and check ask of it."""

import logging
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from listener.errors import Indeterminate, ReadFailed
from listener.model import (
    Account,
    FeedError,
    FeedPage,
    Gap,
    Json,
    Mention,
    Meter,
    Outgoing,
    PostStatus,
    Prepared,
    Receipt,
    Secrets,
)
from listener.platforms.x import cursor as cursors
from listener.platforms.x import find_reply, page_scan
from listener.platforms.x import reply as replies
from listener.platforms.x.caller import Caller
from listener.platforms.x.feeds import Feeds, Listing, Rejected
from listener.platforms.x.gate import Gate
from listener.platforms.x.ids import at
from listener.platforms.x.items import OwnAccount, sort
from listener.platforms.x.money import ReadBudget
from listener.platforms.x.section import Section
from listener.platforms.x.sender import Sender
from listener.platforms.x.wire import XClient

log = logging.getLogger(__name__)

_WORRY = 3  # times in a row that a feed is left out before an operator hears of it


class XPlatform:
    """X for one account. watch_own: whether a round also reads the own timeline, for answers given by a person."""

    name = "x"

    def __init__(
        self,
        section: Section,
        secrets: Secrets,
        meter: Meter,
        *,
        wire: XClient | None = None,
        rng: random.Random | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.settle_after, self.read_own_posts = section.settle_after, True
        rng = rng or random.Random()  # noqa: S311 - jitter, no secret
        wire = wire or XClient(section.api_url, secrets)
        gate = Gate(wire, rng)
        self._section = section
        self._caller = Caller(section, wire, gate, rng)
        self._feeds = Feeds(section, ReadBudget(section, meter), self._caller)
        self._sender = Sender(wire, gate, self._caller, meter, rng, section.reply_usd(link=False))
        self._clock, self._ahead = (
            clock,
            timedelta(0),
        )  # the caller's clock against this machine's: post and find get no time

    def fetch(self, cursor: Json | None, now: datetime) -> FeedPage:
        """Return ONE page of one feed. Raises Unavailable; what fails beside the mentions is left out of its round."""
        began = now
        if cursor is None:
            now = self._now()  # a first run is given the time it begins at, again and again until a page is stored
        else:
            self._ahead = now - self._clock()
        names = cursors.feeds(self._section, own=self.read_own_posts)
        book = cursors.load(cursor, names, self._section, began)
        feed = book.todo[0]
        try:
            return self._page(book, feed, now)
        except ReadFailed as error:
            if feed == "mentions":
                raise
            return self._left_out(book, feed, error)

    def _left_out(self, book: cursors.CursorState, feed: str, error: ReadFailed) -> FeedPage:
        log.warning("x: %s is left out of this round: %s", feed, error.message)
        track = replace(book.tracks[feed], failed=book.tracks[feed].failed + 1)
        book = book.kept(feed, track, over=True)
        trouble = FeedError(error.message, error.do) if track.failed >= _WORRY else None
        return FeedPage(book.dump(), feed=feed if trouble else "", trouble=trouble, more=bool(book.todo))

    def _page(self, book: cursors.CursorState, feed: str, now: datetime) -> FeedPage:
        account = self._caller.account(now)
        track, gap = page_scan.begun(book.tracks[feed], feed, now)
        under_way = track.walk or page_scan.PageScan()
        try:
            new = feed != "own" and not under_way.extra
            listing = self._feeds.page(feed, account.id, under_way.floor, under_way.token, now, new=new)
        except Rejected as error:
            return self._mended(book, feed, track, error, now)
        return self._read(book, feed, track, listing, account, now, gap)

    def _read(
        self,
        book: cursors.CursorState,
        feed: str,
        track: page_scan.FeedState,
        listing: Listing,
        account: Account,
        now: datetime,
        gap: Gap | None,
    ) -> FeedPage:
        us = OwnAccount(account.id, account.handle, frozenset(self._section.sister_accounts))
        sorted_ = sort(listing.items, listing.users, us, feed, track.begin)
        seen = page_scan.Seen(page_scan.as_ids(listing.items), listing.token, listing.size)
        stepped, over, cut = page_scan.stepped(track, feed, seen, now)
        book = book.kept(feed, replace(stepped, failed=0), over=over)
        return FeedPage(
            cursor=book.dump(),
            feed=feed,
            mentions=tuple(sorted_.mentions),
            brand_posts=tuple(sorted_.own),
            quarantined_items=tuple(sorted_.bad),
            gaps=tuple(one for one in (gap, cut) if one),
            skipped=sorted_.skipped,
            more=bool(book.todo),
            own_posts_current=feed == "own" and over,
        )

    def _mended(
        self, book: cursors.CursorState, feed: str, track: page_scan.FeedState, error: Rejected, now: datetime
    ) -> FeedPage:
        """After a 400: a since_id below the search window is raised, a lost page token starts the walk anew."""
        under_way = track.walk or page_scan.PageScan()
        if error.since and under_way.floor:
            least = error.least or at(now - page_scan.SEARCH_WINDOW)
            track, gap = page_scan.rebuilt(track, feed, least)
            return FeedPage(book.kept(feed, track, over=False).dump(), gaps=(gap,) if gap else (), more=True)
        if under_way.token:
            log.warning("x: %s: the walk begins anew: %s", feed, error.message)
            return FeedPage(book.kept(feed, page_scan.restarted(track), over=True).dump(), more=len(book.todo) > 1)
        raise ReadFailed(error.message, f"look at the {feed.partition(':')[0]} settings of [platforms.x]", cause="item")

    def prepare(self, reply: Outgoing, now: datetime) -> Prepared:
        """Pure: the request that post will make. Raises Held while nobody attested that the rules were read."""
        return replies.prepare(reply, self._section, now)

    def post(self, prepared: Prepared) -> Receipt:
        """Post it. Raises NotSent, Refused; anything else: nobody knows."""
        return self._sender.post(prepared, self._now())

    def find_reply(self, prepared: Prepared) -> Receipt | None:
        """Look for the reply in the own timeline. Raises CannotTell, Unavailable."""
        now = self._now()
        try:
            receipt = find_reply.found(self._feeds, self._caller.account(now).id, prepared, self.settle_after, now)
        except Rejected as error:
            raise Indeterminate(error.message, "look at the account, then resolve it") from None
        if receipt is None and prepared.key in self._sender.duplicates:
            raise Indeterminate(
                "X says it has this text already, yet does not list it", "look at the account, then resolve it"
            )
        if receipt is not None:
            self._sender.charge(prepared)  # whoever sent it may have died before that
        return receipt

    def check_post(self, mention: Mention) -> PostStatus:
        """X bills every look. Raises CannotTell."""
        raise Indeterminate("a look at a post costs money on X")

    def whoami(self) -> Account:
        """Who the tokens belong to; asked once a process. Raises Unavailable."""
        return self._caller.account(self._now())

    def _now(self) -> datetime:
        return self._clock() + self._ahead
