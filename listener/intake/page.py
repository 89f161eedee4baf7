"""Keep a page of a platform: mentions, own posts, quarantined items, gaps and cursor in one transaction.

What a platform lists twice drops out by id.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from listener.faultpoints import fault_point
from listener.feed_page import FeedPage, OwnPost, QuarantinedItem
from listener.intake import feeds
from listener.intake.own_posts import Published, drop_own
from listener.intake.storable import newest_versions, storable_item, storable_mention
from listener.model import Json, Mention
from listener.store import edits, erasure, gone, mentions, notices, platforms, postings, replies
from listener.store.engine import Store
from listener.store.savepoint import attempt
from listener.store.states import UNDER_WAY, WITHDRAWABLE
from listener.store.stored_mention import StoredMention

log = logging.getLogger(__name__)

PUBLISHED = 200  # of the newest announcements, which are recognised when they come back
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
        stored, refused = _keep_mentions(connection, name, page, now)
        refused_posts = _withdraw_answers(connection, name, page.brand_posts, now)
        quarantined = _quarantine(connection, name, [*page.quarantined_items, *refused, *refused_posts], now)
        for gap in page.gaps:
            notices.record_gap(connection, name, gap, now)
        feeds.record_page(connection, name, page, now)
        if page.own_posts_current:
            platforms.record(connection, name, own_posts_read_at=asked_at)
        fault_point("P2")
        _record_success(connection, name, page, now)
    fault_point("P3")
    listed = len(page.mentions) + len(page.quarantined_items) + page.skipped
    skipped = len(page.mentions) - stored - len(refused) + page.skipped
    return PageCounts(listed, stored, skipped, quarantined)


def _keep_mentions(
    connection: Connection, name: str, page: FeedPage, now: datetime
) -> tuple[int, list[QuarantinedItem]]:
    """Store what is new and note what was edited. Returns how many were stored, and what no step could handle.

    All at once, which is quick; where that fails one by one, so that an item costs itself and never its page.
    """
    whole = attempt(connection, lambda: _keep_all(connection, name, page, now))
    if isinstance(whole, int):
        return whole, []
    stored, refused = 0, []
    for mention in page.mentions:
        kept = attempt(connection, partial(_keep_all, connection, name, replace(page, mentions=(mention,)), now))
        if isinstance(kept, Exception):
            refused.append(_refuse(mention, mention.id, kept))
        else:
            stored += kept
    return stored, refused


def _refuse(item: Mention | OwnPost, item_id: str, error: Exception) -> QuarantinedItem:
    """Return an item that a step could not handle, with all that the platform gave of it."""
    fields = {"event": "item_quarantined", "item": item_id}
    log.error("item %(item)r could not be kept: it is set aside", fields, exc_info=error)
    raw = json.dumps(asdict(item), default=str)
    return QuarantinedItem(str(item_id), raw, f"Earshot could not keep it ({type(error).__name__}: see the log)")


def _keep_all(connection: Connection, name: str, page: FeedPage, now: datetime) -> int:
    """Store what is new and note what was edited. Returns how many were stored."""
    listed = newest_versions([storable_mention(mention) for mention in page.mentions])
    known = mentions.stored_mentions(connection, name, listed)
    new = [mention for mention in listed if mention.interaction_id not in known and mention.id not in known]
    stored = mentions.add(connection, erasure.drop_forgotten(connection, _drop_own(connection, new)), now)
    for mention in listed:
        stored_mention = known.get(mention.interaction_id) or known.get(mention.id)
        if stored_mention is None:
            continue
        if page.known_ids_are_final and stored_mention.is_other_than(mention):
            _quarantine_item(connection, name, _as_impostor(mention), now)
        else:
            mentions.record_ids(connection, stored_mention, mention)
            _note_presence(connection, stored_mention, mention, now)
            _note_edit(connection, stored_mention, mention, now)
    mentions.rename_conversations(connection, name, page.conversation_names)
    notices.resolve_repaired(connection, name, [mention.id for mention in new], now)
    return stored


def _drop_own(connection: Connection, new: list[Mention]) -> list[Mention]:
    """Leave out what we announced ourselves: a search or a feed brings it back."""
    if not new:
        return new
    return drop_own(new, [Published(*row) for row in postings.list_published(connection, PUBLISHED)])


def _quarantine(connection: Connection, name: str, items: Sequence[QuarantinedItem], now: datetime) -> int:
    """Quarantine items, each on its own. Returns how many were not in quarantine already."""
    count = 0
    for item in items:
        added = attempt(connection, partial(_quarantine_item, connection, name, item, now))
        if isinstance(added, Exception):  # not even its raw text can be kept as it is
            plain = QuarantinedItem(ascii(item.mention_id), ascii(item.raw), ascii(item.error))
            added = _quarantine_item(connection, name, plain, now)
        count += added
    return count


def _quarantine_item(connection: Connection, name: str, item: QuarantinedItem, now: datetime) -> int:
    return notices.quarantine(connection, name, "poll", [storable_item(item)], now)


def _note_presence(connection: Connection, known: StoredMention, listed: Mention, now: datetime) -> None:
    """Take back that a post is gone: it is listed again, and so the reply to it is wanted again.

    Only once, but for edits: some servers go on listing what is gone, and then what two checks found holds.
    """
    if known.deleted_at is None or known.stage == "forgotten":
        return
    if known.is_older_than(listed) or not gone.was_taken_back(connection, known.key):
        gone.record_presence(connection, known.key)
        gone.reopen_gone(connection, known.key, now)


def _as_impostor(mention: Mention) -> QuarantinedItem:
    """Return the item of a mention that bears the id of another. Its own words name it, since its id does not."""
    why = f"a mention with the id {mention.id} and other words is stored already: give this one an id of its own"
    return QuarantinedItem("", f"{mention.id}: {mention.text}", why)


def _note_edit(connection: Connection, known: StoredMention, mention: Mention, now: datetime) -> None:
    """Store the changed words of a post; a text that waits to be sent returns to staff."""
    if known.stage == "forgotten":  # erased words must not come back; newer ones are read
        erased_at = erasure.find_erasure_time(connection, known.key)
        if erased_at is None or mention.created_at <= erased_at:
            return
        mentions.restore_text(connection, known.key, mention)
    if not known.is_older_than(mention):
        if known.says_the_same(mention):
            mentions.record_version(connection, known, mention)
        if known.is_better_known_in(mention):
            again = not replies.has_reply(connection, known.key)
            mentions.update_eligibility(connection, known.key, mention, again=again)
        return
    edits.record(connection, known.key, known.text, mention, by="poll", now=now)


def _withdraw_answers(
    connection: Connection, name: str, posts: Sequence[OwnPost], now: datetime
) -> list[QuarantinedItem]:
    """Heed what persons of ours answered on the platform. Returns the posts that could not be handled."""
    refused = []
    for post in posts:
        done = attempt(connection, partial(_withdraw_answered, connection, name, post, now))
        if isinstance(done, Exception):
            refused.append(_refuse(post, post.id, done))
    return refused


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


def _record_success(connection: Connection, name: str, page: FeedPage, now: datetime) -> None:
    """Keep the cursor; clear the platform's error, unless the page only says that a feed could not be read."""
    success: Json = {"ok_at": now, **NO_ERROR} if page.error is None else {}
    platforms.record(connection, name, cursor=page.cursor, attempt_at=now, **success)
    if page.error is None:
        feeds.clear_platform(connection, name, now)
