"""The Platform "mastodon": what poll, outbox and check ask of it."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from listener.capabilities import OutgoingAct, is_act
from listener.feed_page import FeedPage
from listener.model import Announcement, Json, Mention, Outgoing, PostStatus, Prepared, Receipt
from listener.platforms.kit import cursor as cursors
from listener.platforms.kit.cursor import OWN, CallerClock
from listener.platforms.kit.http import HttpClient
from listener.platforms.kit.own_posts import ReadsOwnPosts
from listener.platforms.mastodon import applause
from listener.platforms.mastodon import reply as replies
from listener.platforms.mastodon.caller import Caller
from listener.platforms.mastodon.feeds import read_page
from listener.platforms.mastodon.page_scan import FeedState
from listener.platforms.mastodon.remarks import read_remarks
from listener.platforms.mastodon.section import Section
from listener.platforms.mastodon.sender import Sender, answers
from listener.platforms.mastodon.status import html_of
from listener.platforms.mastodon.threads import Threads
from listener.protocols import Account, Secrets


class Mastodon(ReadsOwnPosts):
    """One account on one server."""

    name = "mastodon"

    def __init__(
        self,
        section: Section,
        secrets: Secrets,
        *,
        web: HttpClient | None = None,
        rng: random.Random | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.settle_after = section.settle_after
        rng = rng or random.Random()  # noqa: S311 - jitter, no secret
        self._section, self._clock = section, CallerClock(clock)
        self._caller = Caller(section, secrets, web or HttpClient(), rng)
        self._sender, self._threads = Sender(self._caller, section.settle_after), Threads(self._caller)
        self._applause = applause.Applause(self._caller)

    def fetch(self, cursor: Json | None, now: datetime) -> FeedPage:
        """Return ONE page of one feed; one that alone fails is left out. Raises ReadFailed."""
        began, now = now, self._clock.follow(cursor, now)
        me = self._caller.account(now).id
        feeds = cursors.feeds_of_round((f"#{tag}" for tag in self._section.tags), own=self._own_posts_needed)
        owner = f"{self._section.server_url.rstrip('/')} {me}"  # ids of another server or account mean nothing here
        state = cursors.load_cursor(cursor, feeds, FeedState.load, lambda feed: self._begin(feed, began), owner=owner)
        read = partial(read_page, self._caller, self._threads, now=now)
        return cursors.read_next(state, read, lambda _, error: cursors.is_alone(state, error), self.name)

    def _begin(self, feed: str, began: datetime) -> FeedState:
        """A feed begins where `start` says, our own posts now."""
        start = began if feed == OWN else cursors.start_time(self._section, began)
        return FeedState(begin=start.isoformat() if start else "")

    def prepare(self, reply: Outgoing, now: datetime) -> Prepared:
        """Return key and request. Pure."""
        return replies.prepare(reply, now)

    def prepare_announcement(self, announcement: Announcement, now: datetime) -> Prepared:
        """Return key and request of a public post. Pure."""
        return replies.prepare_announcement(announcement, now)

    def prepare_act(self, act: OutgoingAct, now: datetime) -> Prepared:
        """Return key and request. Pure."""
        return applause.prepare_act(act, now)

    def post(self, prepared: Prepared) -> Receipt:
        """Post it. Raises NotSent, Refused; after anything else the reply is unconfirmed."""
        sender = self._applause if is_act(prepared) else self._sender
        return sender.post(prepared, self._clock.now())

    def find_reply(self, prepared: Prepared) -> Receipt | None:
        """Return the reply if it is in the mention's thread and among our posts. Raises Indeterminate, ReadFailed."""
        find = self._applause.find if is_act(prepared) else self._sender.find_reply
        return find(prepared, self._clock.now())

    def check_post(self, mention: Mention) -> PostStatus:
        """Return the mention as it stands, and an answer of ours below it. Raises ReadFailed, Indeterminate."""
        now = self._clock.now()
        status = self._caller.find_status(mention.reply_target_id, mention.interaction_id, now)
        if status is None:
            return PostStatus(is_present=False)
        thread, me = self._caller.thread(str(status["id"]), now) or {}, self._caller.account(now).id
        ours = answers(thread, {mention.reply_target_id, str(status["id"])}, me)
        return PostStatus(True, html_of(status), is_html=True, answer_post_id=str(ours[0]["id"]) if ours else None)

    def whoami(self) -> Account:
        """Return who the token belongs to, and what the server does otherwise. Raises ReadFailed."""
        now = self._clock.now()
        return replace(self._caller.account(now), remarks=read_remarks(self._caller, self._section.characters, now))

    def has_new_secret(self) -> bool:
        """Return whether the token was replaced since a call was last stopped."""
        return self._caller.gate.has_new_secret()
