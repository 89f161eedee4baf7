"""What else is happening: reasons not to send just now, and what staff are warned of at approval.

No part of a decision: a decision is about what is said and by whom. Quiet hours and caps hold only what goes out by
itself; what a person approved is held by a pause, the budget and the platform's own limits alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from listener.policy import Policy, Span
from listener.store import items, ledger, people, platforms, replies
from listener.store.records import Item, Pause

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hold:
    """reason: a word of CONTRACT.md's `held`; until: when to look again, None when it has no end of its own."""

    reason: str
    says: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Warning_:
    """Something staff should see before they approve."""

    name: str
    says: str


def paused(connection: Connection, platform: str, now: datetime) -> Hold | None:
    """A pause of this platform, or of all."""
    return _first(platforms.pauses(connection, now), platform)


def _first(pauses: Sequence[Pause], platform: str) -> Hold | None:
    found = [one for one in pauses if one.scope in ("*", platform)]
    if not found:
        return None
    one = found[0]
    return Hold("paused", f"paused by {one.by}" + (f": {one.reason}" if one.reason else ""), one.until)


def automatic(connection: Connection, policy: Policy, item: Item, now: datetime) -> Hold | None:
    """What stops a reply that would go out by itself."""
    return (
        _too_old(policy, item, now)
        or _one_each(connection, item)
        or _quiet(policy, now)
        or _cap(connection, policy, item, now)
    )


def _too_old(policy: Policy, item: Item, now: datetime) -> Hold | None:
    """Held for days by a pause or quiet hours, it needs a person's eye."""
    if now - item.mention.aged_from <= policy.limits.max_age:
        return None
    return Hold("cap", "too old to go out by itself")


def _quiet(policy: Policy, now: datetime) -> Hold | None:
    local = now.astimezone(ZoneInfo(policy.timezone))
    for span in policy.quiet:
        end = _inside(span, local)
        if end is not None:
            return Hold("quiet_hours", f"quiet hours until {end:%a %H:%M} ({policy.timezone})", end)
    return None


def _inside(span: Span, local: datetime) -> datetime | None:
    """The end of the span if local lies inside it; a span that runs over midnight began yesterday or begins today."""
    for back in (0, 1):
        day = local.date() - timedelta(days=back)
        start = datetime.combine(day, span.start, local.tzinfo)
        over = span.end <= span.start
        end = datetime.combine(day + timedelta(days=1 if over else 0), span.end, local.tzinfo)
        if span.end == time.max:
            end = datetime.combine(day + timedelta(days=1), time.min, local.tzinfo)
        if day.weekday() in span.days and start <= local < end:
            return end
    return None


def _one_each(connection: Connection, item: Item) -> Hold | None:
    """One automatic reply a conversation, and none beside something of the same author that waits for a person."""
    if item.reply is None:
        return None
    mention = item.mention
    if items.automatic_in(connection, mention.platform, mention.conversation_id, item.reply.id):
        return Hold("cap", "this conversation has had its one automatic reply")
    if items.person_waits(connection, mention, item.reply.id):
        return Hold("cap", "something else of this author waits for a person")
    return None


def _cap(connection: Connection, policy: Policy, item: Item, now: datetime) -> Hold | None:
    """At most so many automatic replies an hour and a day."""
    for limit, window, name in ((policy.limits.auto_per_hour, HOUR, "hour"), (policy.limits.auto_per_day, DAY, "day")):
        times = replies.automatic_times(connection, now - window)
        mine = item.reply is not None and item.reply.approved_by == "policy"
        if len(times) - mine >= limit:
            until = times[-limit] + window if limit > 0 else now + window
            return Hold(
                "cap",
                f"{limit} automatic replies an {name} are the cap"
                if name == "hour"
                else f"{limit} automatic replies a day are the cap",
                until,
            )
    return None


@dataclass(frozen=True, slots=True)
class Around:
    """What warnings need to know, read once for a whole page of the queue: repeats counts today's texts."""

    silent: frozenset[tuple[str, str]]
    repeats: Mapping[str, int]
    pauses: Sequence[Pause]


def around(connection: Connection, items: Sequence[Item], now: datetime) -> Around:
    """Read it in three queries, however many items there are."""
    texts = [one.reply.text for one in items if one.reply is not None and one.reply.text]
    persons = [(one.mention.platform, one.mention.author_id) for one in items]
    return Around(
        people.silent(connection, persons),
        replies.sent_texts(connection, texts, ledger.day(now)),
        platforms.pauses(connection, now),
    )


def warnings(known: Around, item: Item) -> tuple[Warning_, ...]:
    """What staff should see before they approve this reply."""
    mention, reply = item.mention, item.reply
    found: list[Warning_] = []
    if reply is not None and item.edited_at is not None and item.edited_at > reply.created_at:
        found.append(Warning_("edited", "the author edited the mention after this was drafted"))
    if item.gone_at is not None:
        found.append(Warning_("gone", "the mention is no longer on the platform"))
    if (mention.platform, mention.author_id) in known.silent:
        found.append(Warning_("opted_out", "this person asked never to be answered"))
    if reply is not None and reply.state in ("drafted", "approved"):
        found += _of_sending(known, mention.platform, reply.text or "")
    return tuple(found)


def _of_sending(known: Around, platform: str, text: str) -> list[Warning_]:
    """What concerns only a text that is still to go out."""
    found = []
    repeats = known.repeats.get(text, 0)
    if repeats:
        times = "once" if repeats == 1 else f"{repeats} times"
        found.append(Warning_("duplicate", f"this text went out {times} today"))
    pause = _first(known.pauses, platform)
    if pause is not None:
        found.append(Warning_("paused", f"sending is {pause.says}"))
    return found
