"""What many people do at once, or we say too often: floods, near-duplicate texts, a spike of anger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from listener.holds.hold import Hold
from listener.holds.similarity import is_similar
from listener.policy import Holds
from listener.store import items, ledger, outgoing, sentiment_buckets
from listener.store.records import Exchange, RecentDraft, SentimentBucket
from listener.store.sentiment_buckets import STRETCH

DAY = timedelta(days=1)
DRAFTS = 2_000  # newest drafts among which a flood is looked for; more than that is one anyway
TEXTS = 200  # newest different texts of a day that a text is compared with
HIGHEST = 0.9  # a share of negative mentions that is a spike whatever is usual


@dataclass(frozen=True, slots=True)
class RecentActivity:
    """What tells a crowd: the newest drafts of the window, and today's texts with how often each went out."""

    recent: Sequence[RecentDraft]
    out: Mapping[str, int]


def load_recent_activity(
    connection: Connection, bounds: Holds, now: datetime, but: int | None = None, *, coming: bool = True
) -> RecentActivity:
    """Read it, in three queries. but: leave this reply's text out; coming: count what is on its way as gone out."""
    recent = items.recent_drafts(connection, now - bounds.flood_window, DRAFTS)
    return RecentActivity(recent, outgoing.texts(connection, ledger.day(now), limit=TEXTS, but=but, on_the_way=coming))


def flood(recent: Sequence[RecentDraft], bounds: Holds, item: Exchange) -> Hold | None:
    """Many drafts to one author, in one conversation or of one kind at once: a person should see what goes on."""
    said, kind = item.mention, item.reply.kind if item.reply is not None else None
    here = [one for one in recent if one.platform == said.platform]
    author = [one for one in here if one.author_id == said.author_id]
    thread = [one for one in here if one.conversation_id == said.conversation_id]
    for most, its, named in (
        (bounds.flood_author, author, f"to the author {said.author_id}"),
        (bounds.flood_conversation, thread, f"in the conversation {said.conversation_id}"),
        (bounds.flood_kind, [one for one in recent if one.kind == kind], f"of the kind {kind}"),
    ):
        if 0 < most < len(its):
            # over when the oldest of the newest `most` + 1 has left the window
            end = its[most].created_at + bounds.flood_window
            message = f"more than {most} drafts {named} came up within {_span(bounds.flood_window)}"
            return Hold("flood", message, end, subject=named)
    return None


def _span(window: timedelta) -> str:
    minutes = round(window.total_seconds() / 60)
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"


def duplicate(out: Mapping[str, int], bounds: Holds, item: Exchange, now: datetime) -> Hold | None:
    """Nearly this text went out (or is on its way) as often today as the policy allows."""
    if not bounds.max_similar_per_day or item.reply is None or not item.reply.text:
        return None
    number = repeats(item.reply.text, out, bounds)
    if number < bounds.max_similar_per_day:
        return None
    message = f"nearly this text went out {number} times today"
    return Hold("duplicate", message, ledger.day(now) + DAY, subject=f"a text of {item.reply.kind}")


def bulk_hold(crowd: RecentActivity, bounds: Holds, item: Exchange, now: datetime) -> Hold | None:
    """A flood or a near-duplicate."""
    return flood(crowd.recent, bounds, item) or duplicate(crowd.out, bounds, item, now)


def repeats(text: str, out: Mapping[str, int], bounds: Holds) -> int:
    """How many of the texts that went out are nearly this one."""
    return sum(number for other, number in out.items() if is_similar(text, other, bounds.similarity_threshold))


def spike(connection: Connection, bounds: Holds, platform: str, now: datetime) -> Hold | None:
    """Many more of the mentions than usual are negative, now or within the cooldown.

    Nothing is remembered: the shares of every moment since the cooldown began are looked at again. Without enough
    mentions before that there is no usual share, and so no spike.
    """
    if not bounds.spike_min_mentions:
        return None
    began = now - bounds.spike_cooldown - bounds.spike_window
    heard, negative = sentiment_buckets.total(connection, platform, began - bounds.spike_baseline, began)
    if heard < bounds.spike_min_mentions:
        return None
    usual = negative / heard
    bar = min(max(bounds.spike_share, bounds.spike_factor * usual), HIGHEST)
    last = _last_above(sentiment_buckets.stretches(connection, platform, began), bar, bounds, now)
    if last is None:
        return None
    end, share, number = last
    message = f"{share:.0%} of {number} mentions within {_span(bounds.spike_window)} are negative, {usual:.0%} is usual"
    return Hold("spike", message, end + bounds.spike_cooldown, platform_wide=True, subject="anger")


def _last_above(
    found: Sequence[SentimentBucket], bar: float, bounds: Holds, now: datetime
) -> tuple[datetime, float, int] | None:
    """The latest moment at which the share within the window was at or above the bar: when, the share, of how many."""
    for last in reversed(found):
        end = min(last.at + STRETCH, now)
        if end < now - bounds.spike_cooldown:
            return None
        window = [one for one in found if last.at - bounds.spike_window < one.at <= last.at]
        heard = sum(one.heard for one in window)
        negative = sum(one.negative for one in window)
        if heard >= bounds.spike_min_mentions and negative / heard >= bar:
            return end, negative / heard, heard
    return None
