"""Bounds on what goes out by itself: a pause, quiet hours, caps, age, one reply each."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from listener.calendar import quiet_until
from listener.holds.hold import Hold
from listener.policy import Policy
from listener.store import items, outgoing, platforms
from listener.store.records import Exchange, Pause

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def paused(connection: Connection, platform: str, now: datetime) -> Hold | None:
    """A pause of this platform, or of all."""
    return first(platforms.pauses(connection, now), platform)


def first(pauses: Sequence[Pause], platform: str) -> Hold | None:
    """The pause among these that stops this platform."""
    found = [one for one in pauses if one.scope in ("*", platform)]
    if not found:
        return None
    one = found[0]
    message = f"paused by {one.by}" + (f": {one.reason}" if one.reason else "")
    return Hold("paused", message, one.until, platform_wide=True)


def too_old(policy: Policy, item: Exchange, now: datetime) -> Hold | None:
    """Held for days by a pause or quiet hours, it needs a person's eye."""
    if now - item.mention.age_start_at <= policy.limits.max_age:
        return None
    return Hold("cap", "too old to go out by itself")


def quiet(policy: Policy, now: datetime) -> Hold | None:
    """The policy's quiet hours, in its timezone."""
    end = quiet_until(policy, now)
    if end is None:
        return None
    shown = end.astimezone(ZoneInfo(policy.timezone))
    return Hold("quiet_hours", f"quiet hours until {shown:%a %H:%M} ({policy.timezone})", end, platform_wide=True)


def one_per_conversation(connection: Connection, item: Exchange) -> Hold | None:
    """One automatic reply a conversation, and none beside something of the same author that waits for a person."""
    if item.reply is None:
        return None
    mention = item.mention
    if items.automatic_in(connection, mention.platform, mention.conversation_id, item.reply.id):
        return Hold("cap", "this conversation has had its one automatic reply")
    if items.person_waits(connection, mention, item.reply.id):
        return Hold("cap", "something else of this author waits for a person")
    return None


def cap(connection: Connection, policy: Policy, item: Exchange, now: datetime) -> Hold | None:
    """At most so many automatic replies an hour and a day."""
    for limit, window, name in ((policy.limits.auto_per_hour, HOUR, "hour"), (policy.limits.auto_per_day, DAY, "day")):
        times = outgoing.automatic_times(connection, now - window)
        mine = item.reply is not None and item.reply.approved_by == "policy"
        if len(times) - mine >= limit:
            until = times[-limit] + window if limit > 0 else now + window
            each = f"{limit} automatic replies {'an' if name == 'hour' else 'a'} {name} are the cap"
            return Hold("cap", each, until, platform_wide=True)
    return None
