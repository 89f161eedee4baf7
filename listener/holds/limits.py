"""Bounds on automatic replies: a pause, quiet hours, caps, age, one reply per conversation."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from listener.calendar import quiet_until
from listener.holds.hold import Hold
from listener.policy import Policy
from listener.store import beside, items, outgoing, platforms
from listener.store.draft_reviews import MACHINE
from listener.store.operation_records import Pause
from listener.store.queued import QueuedReply
from listener.store.records import Exchange

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def paused(connection: Connection, platform: str, now: datetime) -> Hold | None:
    """Return the pause of this platform, or of all."""
    return pause_of(platforms.list_pauses(connection, now), platform)


def pause_of(pauses: Sequence[Pause], platform: str) -> Hold | None:
    """Return the first of these pauses that stops this platform."""
    pause = next((pause for pause in pauses if pause.scope in ("*", platform)), None)
    if pause is None:
        return None
    reason = f": {pause.reason}" if pause.reason else ""
    return Hold("paused", f"sending is paused by {pause.by}{reason}", pause.until, platform_wide=True)


def too_old(policy: Policy, item: Exchange, now: datetime) -> Hold | None:
    """Hold a reply that waited for days, for a pause or quiet hours: a person should look at it."""
    if now - item.mention.age_start_at <= policy.limits.max_age:
        return None
    return Hold("too_old", "too old to send automatically")


def quiet(policy: Policy, now: datetime) -> Hold | None:
    """Hold until the quiet hours end, when now lies in them."""
    end = quiet_until(policy, now)
    if end is None:
        return None
    shown = end.astimezone(ZoneInfo(policy.timezone))
    return Hold("quiet_hours", f"quiet hours until {shown:%a %H:%M} ({policy.timezone})", end, platform_wide=True)


def one_per_conversation(connection: Connection, item: QueuedReply) -> Hold | None:
    """Hold a second automatic reply in a conversation, and one to an author whose other mention waits for staff."""
    mention = item.mention
    if items.has_automatic_reply(connection, mention.platform, mention.conversation_id, item.reply.id):
        return Hold("one_per_conversation", "this conversation already had an automatic reply")
    if beside.has_waiting_mention(connection, mention, item.reply.id):
        return Hold("author_waiting", "another mention by this author is waiting for staff")
    return None


def cap(connection: Connection, policy: Policy, item: QueuedReply, now: datetime) -> Hold | None:
    """Hold what exceeds the automatic replies per hour and per day; the reply itself does not count."""
    for limit, window, name in ((policy.limits.auto_per_hour, HOUR, "hour"), (policy.limits.auto_per_day, DAY, "day")):
        times = outgoing.automatic_times(connection, now - window)
        if len(times) - (item.reply.approved_by == MACHINE) >= limit:
            until = times[-limit] + window if limit > 0 else now + window
            return Hold("cap", f"limit of {limit} automatic replies per {name} reached", until, platform_wide=True)
    return None
