"""The Platform "x": what poll, outbox and check ask of it."""

import logging
import random
from collections.abc import Callable
from datetime import datetime
from functools import partial

from listener.errors import Indeterminate, ReadFailed
from listener.feed_page import FeedPage
from listener.model import Announcement, Json, Mention, Outgoing, PostStatus, Prepared, Receipt
from listener.platforms.kit import cursor as cursors
from listener.platforms.kit.cursor import MENTIONS, OWN, CallerClock, CursorState, PageKeys
from listener.platforms.kit.find_reply import CHECK_ACCOUNT
from listener.platforms.kit.own_posts import ReadsOwnPosts
from listener.platforms.x import find_reply, page_scan
from listener.platforms.x import reply as replies
from listener.platforms.x.caller import Caller
from listener.platforms.x.feeds import Feeds, PageRequest, Rejected
from listener.platforms.x.gate import Gate
from listener.platforms.x.ids import id_at
from listener.platforms.x.items import OwnAccount, parse_page
from listener.platforms.x.money import ReadBudget
from listener.platforms.x.page_scan import FeedState
from listener.platforms.x.section import Section
from listener.platforms.x.sender import Sender
from listener.platforms.x.wire import XClient
from listener.protocols import Account, Meter, Secrets

log = logging.getLogger(__name__)


class XPlatform(ReadsOwnPosts):
    """X for one account."""

    name = "x"

    def __init__(
        self,
        section: Section,
        secrets: Secrets,
        meter: Meter,
        *,
        wire: XClient | None = None,
        rng: random.Random | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.settle_after = section.settle_after
        rng = rng or random.Random()  # noqa: S311 - jitter, no secret
        wire = wire or XClient(section.api_url, secrets)
        gate = self._gate = Gate(wire, rng)
        self._section = section
        self._caller = Caller(section, wire, gate, rng)
        self._feeds = Feeds(section, ReadBudget(section, meter), self._caller)
        self._sender = Sender(wire, gate, self._caller, meter, rng, section.reply_usd(link=False))
        self._clock = CallerClock(clock)

    def fetch(self, cursor: Json | None, now: datetime) -> FeedPage:
        """Return ONE page of one feed; one that alone fails is left out. Raises ReadFailed."""
        start, now = cursors.start_time(self._section, now), self._clock.follow(cursor, now)
        begin = FeedState(begin=id_at(start) if start else "")
        feeds = cursors.feeds_of_round(cursors.searches(self._section.search), own=self._own_posts_needed)
        state = cursors.load_cursor(cursor, feeds, FeedState.load, lambda feed: begin, begun=(OWN,))
        page = partial(self._page, now=now)
        return cursors.read_next(state, page, partial(_can_leave_out, state), self.name)

    def _page(self, state: CursorState[FeedState], feed: str, now: datetime) -> FeedPage:
        account = self._caller.account(now)
        feed_state = state.states[feed]
        lost_at = None if feed_state.scan else self._feeds.lost_at(feed)
        feed_state, gap = page_scan.begin_scan(feed_state, feed, now, lost_at)
        scan = feed_state.scan or page_scan.PageScan()
        is_new = feed != OWN and not scan.extra
        request = PageRequest(feed, account.id, scan.floor, scan.until, scan.token, is_new)
        try:
            listing = self._feeds.page(request, now)
        except Rejected as error:
            return self._repair(state, feed, feed_state, error, now)
        except ReadFailed as error:
            error.alone = error.cause == "rate" and len(state.todo) > 1  # X limits each endpoint by itself
            raise
        us = OwnAccount(account.id, account.handle, frozenset(self._section.sister_accounts))
        parsed = parse_page(listing.items, listing.expanded, us, feed, feed_state.begin)
        seen = PageKeys(page_scan.as_ids(listing.items), listing.token, listing.size)
        after, is_over, cut = page_scan.step(feed_state, feed, seen, now)
        is_current = feed == OWN and is_over and page_scan.is_current(feed_state, after, seen.keys)
        advanced = state.advance(feed, after, is_over=is_over)
        return advanced.page(feed, parsed, (gap, cut), own_posts_current=is_current)

    def _repair(
        self, state: CursorState[FeedState], feed: str, feed_state: FeedState, error: Rejected, now: datetime
    ) -> FeedPage:
        """After a 400: ask without an upper bound, raise a since_id below the search window, or begin the walk anew
        after a lost page token."""
        scan = feed_state.scan or page_scan.PageScan()
        if scan.until:
            return state.repair(feed, page_scan.unbound(feed_state), is_over=False).page()
        if error.since and scan.floor:
            feed_state, gap = page_scan.rebuild(feed_state, feed, error.least or id_at(now - page_scan.SEARCH_WINDOW))
            return state.repair(feed, feed_state, is_over=False).page(gaps=(gap,))
        if scan.token:
            fields = {"event": "walk_restarted", "platform": "x", "feed": feed, "why": error.message}
            log.warning("%(platform)s: %(feed)s: the walk begins anew: %(why)s", fields)
            return state.repair(feed, page_scan.restart(feed_state), is_over=True).page()
        raise ReadFailed(error.message, f"look at the {feed.partition(':')[0]} settings of [platforms.x]", cause="item")

    def prepare(self, reply: Outgoing, now: datetime) -> Prepared:
        """Return the request that post will make. Pure. Raises Held while nobody attested that the rules were read."""
        return replies.prepare(reply, self._section, now)

    def prepare_announcement(self, announcement: Announcement, now: datetime) -> Prepared:
        """Return the request of a post that answers nothing. Pure. Raises Held."""
        return replies.prepare_announcement(announcement, self._section, now)

    def post(self, prepared: Prepared) -> Receipt:
        """Post it. Raises NotSent, Refused; after anything else the reply is unconfirmed."""
        return self._sender.post(prepared, self._clock.now())

    def find_reply(self, prepared: Prepared) -> Receipt | None:
        """Return the reply if it is in the own timeline. Raises Indeterminate, ReadFailed."""
        now = self._clock.now()
        try:
            receipt = find_reply.find_reply(self._feeds, self._caller.account(now).id, prepared, self.settle_after, now)
        except Rejected as error:
            raise Indeterminate(error.message, CHECK_ACCOUNT) from None
        if receipt is None and prepared.key in self._sender.duplicates:
            raise Indeterminate("X answers that it has this text already, but does not list it", CHECK_ACCOUNT)
        if receipt is not None:
            self._sender.charge(prepared)  # whoever sent it may have died before that
        return receipt

    def check_post(self, mention: Mention) -> PostStatus:
        """Raise Indeterminate: X bills every look at a post."""
        raise Indeterminate("a look at a post costs money on X")

    def whoami(self) -> Account:
        """Return who the tokens belong to; asked once a process. Raises ReadFailed."""
        return self._caller.account(self._clock.now())

    def has_new_secret(self) -> bool:
        """Return whether the secrets were replaced since a call was last stopped."""
        return self._gate.has_new_secret()


def _can_leave_out(state: CursorState[FeedState], feed: str, error: ReadFailed) -> bool:
    """Return whether the other feeds can be read all the same: X limits each of them by itself."""
    return feed != MENTIONS or (state.read > 0 and error.cause not in ("account", "billing"))
