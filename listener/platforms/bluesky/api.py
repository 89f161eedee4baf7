"""The Platform "bluesky": what poll, outbox and check ask of it."""

import logging
import random
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from listener.capabilities import OutgoingAct, is_act
from listener.errors import Indeterminate, ReadFailed
from listener.feed_page import FeedPage
from listener.model import Announcement, Json, Mention, Outgoing, PostStatus, Prepared, Receipt
from listener.platforms.bluesky import applause, page_scan, profile
from listener.platforms.bluesky import reply as replies
from listener.platforms.bluesky.caller import Absent, Caller, Rejected
from listener.platforms.bluesky.feeds import SIZE, Feeds
from listener.platforms.bluesky.items import OwnAccount
from listener.platforms.bluesky.page_scan import FeedState
from listener.platforms.bluesky.section import Section
from listener.platforms.bluesky.sender import Sender
from listener.platforms.bluesky.session import Sessions
from listener.platforms.bluesky.times import stamp
from listener.platforms.bluesky.views import Views
from listener.platforms.kit import cursor as cursors
from listener.platforms.kit.cursor import MENTIONS, OWN, CallerClock, CursorState, PageKeys
from listener.platforms.kit.gate import Gate
from listener.platforms.kit.http import HttpClient
from listener.platforms.kit.own_posts import ReadsOwnPosts
from listener.platforms.kit.values import text_in
from listener.protocols import Account, Secrets

log = logging.getLogger(__name__)


class Bluesky(ReadsOwnPosts):
    """One account on Bluesky."""

    name = "bluesky"
    repeat_is_safe = True  # putRecord under a key of ours, only where nothing stands

    def __init__(
        self,
        section: Section,
        secrets: Secrets,
        folder: Path,
        *,
        web: HttpClient | None = None,
        rng: random.Random | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.settle_after = section.settle_after
        rng, web = rng or random.Random(), web or HttpClient()  # noqa: S311 - jitter, no secret
        self._section, self._sessions = section, Sessions(section, secrets, folder, web)
        self._caller = Caller(self._sessions, web, Gate(self._sessions.secret, rng), rng)
        self._views = Views(self._caller)
        self._feeds = Feeds(self._caller, self._views)
        self._sender = Sender(self._caller, self._views, rng)
        self._applause = applause.Applause(self._caller, self._views, rng)
        self._clock = CallerClock(clock)

    def fetch(self, cursor: Json | None, now: datetime) -> FeedPage:
        """Return ONE page of one feed; one that alone fails is left out of its round. Raises ReadFailed."""
        start, now = cursors.start_time(self._section, now), self._clock.follow(cursor, now)
        begin = FeedState(begin=stamp(start) if start else "")
        feeds = cursors.feeds_of_round(cursors.searches(self._section.search), own=self._own_posts_needed)
        state = cursors.load_cursor(cursor, feeds, FeedState.load, lambda feed: begin, begun=(OWN,))
        page = partial(self._page, now=now)
        return cursors.read_next(state, page, lambda _, error: cursors.is_alone(state, error), self.name)

    def has_new_secret(self) -> bool:
        """Return whether the app password was replaced since a call was last stopped."""
        return self._caller.has_new_secret()

    def _page(self, state: CursorState[FeedState], feed: str, now: datetime) -> FeedPage:
        us, feed_state = self._us(now), state.states[feed]
        scan = page_scan.begin_scan(feed_state)
        try:
            listing = self._feeds.page(feed, us, feed_state.begin, scan.token, now)
        except (Absent, Rejected) as error:
            return self._repair(state, feed, scan, str(error), now)
        keys = PageKeys(listing.parsed.times, listing.token, SIZE)
        feed_state, is_over, gap = page_scan.step(feed_state, feed, keys)
        return state.advance(feed, feed_state, is_over=is_over).page(feed, listing.parsed, (gap,))

    def _repair(
        self, state: CursorState[FeedState], feed: str, scan: page_scan.PageScan, message: str, now: datetime
    ) -> FeedPage:
        """After a refused cursor the walk begins anew next time; a refused feed has failed."""
        if scan.token is None:
            do = "see docs/platforms.md" if feed == MENTIONS else "check `search` in [platforms.bluesky]"
            raise self._caller.record_failure(ReadFailed(message, do), "read", now)
        fields = {"event": "listing_restarted", "platform": "bluesky", "feed": feed, "why": message}
        log.warning("%(platform)s: %(feed)s: the walk begins anew: %(why)s", fields)
        return state.repair(feed, page_scan.restart(state.states[feed]), is_over=True).page()

    def prepare(self, reply: Outgoing, now: datetime) -> Prepared:
        """Return the record that post will write, and where. Pure."""
        return replies.prepare(reply, self._sessions.account(), now)

    def prepare_announcement(self, announcement: Announcement, now: datetime) -> Prepared:
        """Return the record that post will write, and where. Pure."""
        return replies.prepare_announcement(announcement, self._sessions.account(), now)

    def prepare_act(self, act: OutgoingAct, now: datetime) -> Prepared:
        """Return the record that post will write, and where. Pure."""
        return applause.prepare_act(act, self._sessions.account(), now)

    def post(self, prepared: Prepared) -> Receipt:
        """Write it. Raises NotSent, Refused; after anything else the reply is unconfirmed."""
        sender = self._applause if is_act(prepared) else self._sender
        return sender.post(prepared, self._clock.now())

    def find_reply(self, prepared: Prepared) -> Receipt | None:
        """Return the record if it is there. Raises Indeterminate, ReadFailed."""
        if prepared.request["account"] != self._sessions.account():
            raise Indeterminate("it was sent by another account than the one configured", "look there, then resolve it")
        now = self._clock.now()
        find = self._applause.find if is_act(prepared) else self._sender.find_reply
        return find(prepared, self._us(now).did, now)

    def check_post(self, mention: Mention) -> PostStatus:
        """Return the mention as it stands, and a person's answer to it. Raises ReadFailed."""
        now = self._clock.now()
        return self._views.check_post(mention, self._us(now), now)

    def whoami(self) -> Account:
        """Ask again who the session belongs to. Raises ReadFailed."""
        now = self._clock.now()
        try:
            session = self._caller.get("com.atproto.server.getSession", {}, now)
        except (Absent, Rejected) as error:
            raise ReadFailed(f"Bluesky does not show which account this is: {error}", cause="item") from None
        us = self._us(now)
        record, _ = profile.read(self._caller, us.did, now)
        remarks = profile.remarks(self._caller, us.did, record, now)
        handle = str(session.get("handle") or us.handle)
        return Account(us.did, handle, text_in(record.get("displayName")), remarks)

    def fix(self) -> tuple[str, ...]:
        """Set the "bot" label on our account. Raises ReadFailed."""
        now = self._clock.now()
        return (profile.label(self._caller, self._us(now).did, now),)

    def _us(self, now: datetime) -> OwnAccount:
        session = self._caller.session(now)
        return OwnAccount(session.did, session.handle)
