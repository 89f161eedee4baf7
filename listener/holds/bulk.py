"""What many people do at once, or we say too often: floods, near-duplicate texts, a spike of anger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from listener.calendar import duration_text
from listener.holds.hold import Hold
from listener.holds.similarity import is_similar
from listener.model import Mention
from listener.policy import Holds
from listener.store import items, ledger, outgoing, sentiment_buckets
from listener.store.operation_records import SentimentBucket
from listener.store.queued import QueuedReply
from listener.store.records import RecentDraft, Reply
from listener.store.sentiment_buckets import STRETCH

DAY = timedelta(days=1)
DRAFTS = 2_000  # newest drafts among which a flood is looked for; more than that is a flood anyway
TEXTS = 200  # newest different texts of a day that a text is compared with
HIGHEST = 0.9  # a share of negative mentions that is a spike whatever is usual


@dataclass(frozen=True, slots=True)
class RecentActivity:
    """What floods and near-duplicates are recognised by.

    drafts: the newest of the window, newest first; sent_texts: today's texts with how often each was sent.
    """

    drafts: Sequence[RecentDraft]
    sent_texts: Mapping[str, int]


def load_recent_activity(
    connection: Connection, bounds: Holds, now: datetime, but: int | None = None
) -> RecentActivity:
    """Read it, in three queries; approved texts count as sent. but: leave this reply's text out."""
    drafts = items.recent_drafts(connection, now - bounds.flood_window, DRAFTS)
    today = ledger.start_of_day(now)
    return RecentActivity(drafts, outgoing.count_texts(connection, today, limit=TEXTS, but=but))


def flood(drafts: Sequence[RecentDraft], bounds: Holds, mention: Mention, kind: str | None) -> Hold | None:
    """Hold when there are many drafts to one author, in one conversation or of one kind at once."""
    local = [draft for draft in drafts if draft.platform == mention.platform]
    author = [draft for draft in local if draft.author_id == mention.author_id]
    conversation = [draft for draft in local if draft.conversation_id == mention.conversation_id]
    for limit, alike, subject in (
        (bounds.flood_author, author, f"to the author {mention.author_id}"),
        (bounds.flood_conversation, conversation, f"in the conversation {mention.conversation_id}"),
        (bounds.flood_kind, [draft for draft in drafts if draft.kind == kind], f"of the kind {kind}"),
    ):
        if 0 < limit < len(alike):
            # it ends when the oldest of the newest `limit` + 1 has left the window
            end = alike[limit].created_at + bounds.flood_window
            message = f"more than {limit} drafts {subject} within {duration_text(bounds.flood_window)}"
            return Hold("flood", message, end, subject=subject)
    return None


def duplicate(sent_texts: Mapping[str, int], bounds: Holds, reply: Reply, now: datetime) -> Hold | None:
    """Hold when similar text was sent (or is about to be) as often today as the policy allows."""
    if not bounds.max_similar_per_day or not reply.text:
        return None
    number = repeats(reply.text, sent_texts, bounds)
    if number < bounds.max_similar_per_day:
        return None
    end = ledger.start_of_day(now) + DAY
    return Hold("duplicate", repeats_text("similar text", number), end, subject=f"a text of {reply.kind}")


def repeats(text: str, sent_texts: Mapping[str, int], bounds: Holds) -> int:
    """Return how often text similar to this was sent."""
    return sum(number for other, number in sent_texts.items() if is_similar(text, other, bounds.similarity_threshold))


def repeats_text(subject: str, number: int) -> str:
    """Say how often a text was sent today or is about to be, in a hold and in a warning alike."""
    return f"{subject} was sent or approved {'once' if number == 1 else f'{number} times'} today"


def bulk_hold(activity: RecentActivity, bounds: Holds, item: QueuedReply, now: datetime) -> Hold | None:
    """Return a flood or a near-duplicate."""
    in_flood = flood(activity.drafts, bounds, item.mention, item.reply.kind)
    return in_flood or duplicate(activity.sent_texts, bounds, item.reply, now)


def spike(connection: Connection, bounds: Holds, platform: str, now: datetime) -> Hold | None:
    """Hold when many more mentions than usual are negative, now or within the cooldown.

    Nothing is remembered: the shares of every moment since the cooldown began are computed again. Without enough
    mentions before that there is no usual share, and so no spike.
    """
    if not bounds.spike_min_mentions:
        return None
    since = now - bounds.spike_cooldown - bounds.spike_window
    total, negative = sentiment_buckets.count_between(connection, platform, since - bounds.spike_baseline, since)
    if total < bounds.spike_min_mentions:
        return None
    usual = negative / total
    threshold = min(max(bounds.spike_share, bounds.spike_factor * usual), HIGHEST)
    peak = _last_peak(sentiment_buckets.list_buckets(connection, platform, since), threshold, bounds, now)
    if peak is None:
        return None
    end, share, number = peak
    window = duration_text(bounds.spike_window)
    message = f"{share:.0%} of {number} mentions within {window} are negative, {usual:.0%} is usual"
    return Hold("spike", message, end + bounds.spike_cooldown, platform_wide=True, subject="anger")


def _last_peak(
    buckets: Sequence[SentimentBucket], threshold: float, bounds: Holds, now: datetime
) -> tuple[datetime, float, int] | None:
    """Return the end of the last window whose negative share reached the threshold, the share, and of how many."""
    for last in reversed(buckets):
        end = min(last.at + STRETCH, now)
        if end < now - bounds.spike_cooldown:
            return None
        window = [bucket for bucket in buckets if last.at - bounds.spike_window < bucket.at <= last.at]
        total = sum(bucket.heard for bucket in window)
        negative = sum(bucket.negative for bucket in window)
        if total >= bounds.spike_min_mentions and negative / total >= threshold:
            return end, negative / total, total
    return None
