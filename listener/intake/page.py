"""Keep a page of a platform: mentions, own posts, quarantined items, gaps and cursor in one transaction.

What a platform lists twice drops out by id.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from listener.faultpoints import fault_point
from listener.intake.storable import newest_versions, storable_item, storable_mention
from listener.model import FeedPage, Json, Mention, OwnPost
from listener.store import erasure, events, mentions, notices, platforms, replies
from listener.store.engine import Store
from listener.store.states import UNDER_WAY, WATCHED, WITHDRAWABLE

NO_ERROR: Json = {"failures": 0, "error": None, "error_do": None, "cause": None, "read_after": None}


@dataclass(slots=True)
class PageCounts:
    """What came of pages; polled counts every item that the platform listed."""

    polled: int = 0
    stored: int = 0
    skipped: int = 0
    quarantined: int = 0

    def add(self, other: "PageCounts") -> None:
        """Add another page."""
        self.polled += other.polled
        self.stored += other.stored
        self.skipped += other.skipped
        self.quarantined += other.quarantined


def keep_page(store: Store, name: str, page: FeedPage, asked_at: datetime, now: datetime) -> PageCounts:
    """Keep a page, and the cursor with it. asked_at: when the page was called for."""
    with store.write() as connection:
        stored, new_ids = _keep_mentions(connection, name, page, now)
        for post in page.brand_posts:
            _withdraw_answered(connection, name, post, now)
        items = [storable_item(item) for item in page.quarantined_items]
        quarantined = notices.quarantine(connection, name, "poll", items, now)
        notices.resolve_repaired(connection, name, new_ids, now)
        for gap in page.gaps:
            notices.record_gap(connection, name, gap, now)
        _notice_feed_error(connection, name, page, now)
        if page.own_posts_current:
            platforms.record(connection, name, own_posts_read_at=asked_at)
        fault_point("P2")
        _record_success(connection, name, page, now)
    fault_point("P3")
    listed = len(page.mentions) + len(page.quarantined_items) + page.skipped
    return PageCounts(listed, stored, len(page.mentions) - stored + page.skipped, quarantined)


def _keep_mentions(connection: Connection, name: str, page: FeedPage, now: datetime) -> tuple[int, list[str]]:
    """Store what is new and note what was edited. Returns how many were stored, and the ids of the new ones."""
    listed = newest_versions([storable_mention(mention) for mention in page.mentions])
    known = mentions.stored_mentions(connection, name, listed)
    new = [mention for mention in listed if mention.interaction_id not in known and mention.id not in known]
    stored = mentions.add(connection, erasure.drop_forgotten(connection, new), now)
    for mention in listed:
        stored_mention = known.get(mention.interaction_id) or known.get(mention.id)
        if stored_mention is not None:
            mentions.record_ids(connection, stored_mention, mention)
            _note_edit(connection, stored_mention, mention, now)
    return stored, [mention.id for mention in new]


def _note_edit(connection: Connection, known: mentions.StoredMention, mention: Mention, now: datetime) -> None:
    """Store the changed words of a post; a text that waits to be sent returns to staff."""
    if known.stage == "forgotten":  # erased words must not come back; newer ones are read
        erased_at = erasure.find_erasure_time(connection, known.key)
        if erased_at is None or mention.created_at <= erased_at:
            return
        mentions.restore_text(connection, known.key, mention)
    if not known.is_older_than(mention):
        if known.is_better_known_in(mention):
            again = not replies.has_reply(connection, known.key)
            mentions.update_eligibility(connection, known.key, mention, again=again)
        return
    reply = replies.find_live(connection, known.key)
    mentions.record_edit(connection, known.key, mention, now, again=reply is None)
    events.add(connection, "edited", "author", now, mention_key=known.key, detail={"before": known.text})
    if reply is not None and reply.state in WATCHED:
        returned = {**replies.UNAPPROVED, "what": "returned_to_staff", "revision": reply.revision + 1}
        detail = {"message": "the mention was edited"}
        replies.transition(connection, reply, "drafted", by="poll", now=now, detail=detail, **returned)


def _withdraw_answered(connection: Connection, name: str, post: OwnPost, now: datetime) -> None:
    """Withdraw the reply to a mention that a person answered on the platform: a post of ours, not sent by Earshot."""
    key = None if post.in_reply_to is None else mentions.locate_version(connection, name, post.in_reply_to)
    if key is None or replies.is_our_post(connection, name, post.id):
        return
    reply = replies.find_live(connection, key)
    if reply is not None and reply.state not in (*WITHDRAWABLE, *UNDER_WAY):
        return
    mentions.record_remote_answer(connection, key, post.id)
    if reply is not None and reply.state in WITHDRAWABLE:
        reason = f"a person answered on the platform (post {post.id})"
        replies.close(connection, reply, "withdrawn", reason, by="poll", now=now)


def _notice_feed_error(connection: Connection, name: str, page: FeedPage, now: datetime) -> None:
    """Open a notice for a feed that keeps failing while the others are read; clear it once the feed is read again."""
    if page.error is not None:
        what = f"{name}: {page.feed} keeps failing: {page.error.message}"
        notices.open_notice(connection, "unreachable", name, what, page.error.do, now, subject=page.feed)
    elif page.feed:
        notices.clear(connection, "unreachable", name, now, subject=page.feed)


def _record_success(connection: Connection, name: str, page: FeedPage, now: datetime) -> None:
    platforms.record(connection, name, cursor=page.cursor, attempt_at=now, ok_at=now, **NO_ERROR)
    for kind in ("unreachable", "account", "billing"):
        notices.clear(connection, kind, name, now, subject="reading")
