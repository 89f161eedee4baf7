"""`earshot report`: the figures of a period, counted as docs/report.md says. Reads, never writes.

The period is that of hearing: mentions seen from `since` to now, and what has become of them until now.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from listener.calendar import business_time
from listener.model import Json
from listener.policy import Policy
from listener.store import period
from listener.store.draft_reviews import MACHINE
from listener.store.period import MentionCount, ReplyCase
from listener.store.states import GOING

TOP = 10
ABOUT = "about_"  # cues that name what a complaint is about
SENT = ("staff", "automatic")
STAFF = ("approved", "edited", "rejected", "escalated")  # what staff do with a draft


def report(connection: Connection, policy: Policy, since: datetime, until: datetime) -> Json:
    """Every figure, as JSON with times."""
    heard = period.heard(connection, since, until)
    cases = period.cases(connection, since, until)
    replies = sorted(cases, key=lambda one: one.id)
    return {
        "since": since,
        "until": until,
        "timezone": policy.timezone,
        "clock": "in business hours" if policy.business else "around the clock",
        "mentions": sum(one.number for one in heard),
        "volume": _volume(heard, policy),
        "response": _response(replies),
        "first_response": _first(replies, policy),
        "targets": _targets(replies, until),
        "rules": _rules(replies),
        "reject_reasons": _reasons(replies),
        "edits": _edits(connection, replies),
        "sentiment": _sentiment(connection, policy, since, until),
        "complaints": _complaints(connection, since, until),
        "listening": _listening(connection, since, until),
        "spend": period.spend(connection, since, until),
    }


def rate(part: float, whole: float) -> float | None:
    """A share, or None without a denominator."""
    return round(part / whole, 4) if whole else None


def nearest(ordered: Sequence[float], share: float) -> float | None:
    """The least value that at least this share of them does not exceed (nearest rank); None of none."""
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)] if ordered else None


def _name(one: MentionCount) -> str:
    """thank_you, correction, support, answer …, or escalated, ignored, undecided."""
    return {"draft": one.kind or "draft", "escalate": "escalated", "ignore": "ignored"}.get(
        one.action or "", "undecided"
    )


def _volume(heard: Iterable[MentionCount], policy: Policy) -> Json:
    """By kind; by kind and hour of the day; by kind and day: days and hours in the policy's timezone."""
    zone = ZoneInfo(policy.timezone)
    kinds: Counter[str] = Counter()
    hours: dict[int, Counter[str]] = {hour: Counter() for hour in range(24)}
    days: dict[str, Counter[str]] = defaultdict(Counter)
    for one in heard:
        local = datetime.fromisoformat(one.minute).replace(tzinfo=UTC).astimezone(zone)
        for counter in (kinds, hours[local.hour], days[local.date().isoformat()]):
            counter[_name(one)] += one.number
    return {
        "kinds": dict(kinds.most_common()),
        "hours": [{"hour": hour, "mentions": found.total(), "kinds": dict(found)} for hour, found in hours.items()],
        "days": [{"day": day, "mentions": days[day].total(), "kinds": dict(days[day])} for day in sorted(days)],
    }


def _response(replies: Sequence[ReplyCase]) -> Json:
    """Of the mentions that asked for an answer, how many have one, and from whom."""
    by: dict[int, str] = {}
    for one in replies:  # in the order in which they were made: the last one tells, and what was sent stays sent
        if by.get(one.key) not in SENT:
            answer = _answer(one)
            by[one.key] = "on_platform" if one.answered_remotely and answer not in SENT else answer
    count = Counter(by.values())
    found = {name: count[name] for name in ("staff", "automatic", "on_platform", "ended", "waiting")}
    return {"asked": len(by), **found, "rate": rate(sum(count[name] for name in (*SENT, "on_platform")), len(by))}


def _answer(one: ReplyCase) -> str:
    """Who answered; ended: staff or the author made an answer needless; waiting: also what expired unseen."""
    if one.state == "sent":
        return "automatic" if one.approved_by == MACHINE else "staff"
    return "ended" if one.state == "closed" and one.closed_as != "expired" else "waiting"


def _first(replies: Iterable[ReplyCase], policy: Policy) -> Json:
    """From a mention to staff's first answer in its conversation, on the business clock."""
    first = [(one.age_start_at, one.sent_at) for one in replies if _by_staff(one) and one.sent_at and not one.follows]
    clock = sorted(business_time(policy, *times).total_seconds() for times in first)
    wall = sorted(max((end - start).total_seconds(), 0.0) for start, end in first)
    return {"of": len(first), **_middle(clock), **{f"wall_{name}": value for name, value in _middle(wall).items()}}


def _middle(ordered: Sequence[float]) -> Json:
    """The median and the p90 of seconds in order."""
    return {"median_seconds": _median(ordered), "p90_seconds": nearest(ordered, 0.9)}


def _median(found: Sequence[float]) -> float | None:
    """The middle one, or the mean of the two in the middle; None of none."""
    return round(median(found), 4) if found else None


def _by_staff(one: ReplyCase) -> bool:
    return one.state == "sent" and one.approved_by != MACHINE


def _targets(replies: Iterable[ReplyCase], now: datetime) -> Json:
    """How many promised times were kept; what staff ended without an answer, or is not due yet, is left out."""
    kinds: dict[str, Counter[bool]] = defaultdict(Counter)
    for one in replies:
        kept = _kept(one, now)
        if kept is not None:
            kinds[one.kind or "escalated"][kept] += 1
    total = sum(kinds.values(), Counter[bool]())
    return {**_met(total), "kinds": {kind: _met(found) for kind, found in sorted(kinds.items())}}


def _met(found: Counter[bool]) -> Json:
    return {"met": found[True], "missed": found[False], "rate": rate(found[True], found.total())}


def _kept(one: ReplyCase, now: datetime) -> bool | None:
    if one.due_at is None or _by_itself(one) or (one.state == "closed" and one.closed_as != "expired"):
        return None
    if one.state == "sent" and one.sent_at is not None:
        return one.sent_at <= one.due_at
    return False if one.due_at < now or one.state == "closed" else None


def _rules(replies: Iterable[ReplyCase]) -> list[Json]:
    """What became of each rule's drafts; rates are of those that staff decided on."""
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for one in replies:
        if _drafted(one):
            found[one.rule, one.decided_kind or ""][_fate(one)] += 1
    return [_rule(rule, kind, fates) for (rule, kind), fates in sorted(found.items())]


def _by_itself(one: ReplyCase) -> bool:
    """It is out without staff, or on its way; what failed waits for them."""
    return one.approved_by == MACHINE and one.state in GOING


def _drafted(one: ReplyCase) -> bool:
    """It began as a draft of ours: not as an escalation, nor as a person's own text."""
    return one.action == "draft" and one.rule == one.decided_rule


def _fate(one: ReplyCase) -> str:
    if one.verdict is not None:
        return one.verdict
    if _by_itself(one):
        return "automatic"
    return "ended" if one.state == "closed" else "open"


def _rule(rule: str, kind: str, fates: Counter[str]) -> Json:
    decided = sum(fates[name] for name in STAFF)
    counts = {name: fates[name] for name in (*STAFF, "automatic", "ended", "open")}
    rates = {
        f"{name}_rate": rate(fates[fate], decided)
        for name, fate in (("approve", "approved"), ("edit", "edited"), ("reject", "rejected"))
    }
    return {"rule": rule, "kind": kind, "drafts": fates.total(), "decided": decided, **counts, **rates}


def _reasons(replies: Iterable[ReplyCase]) -> list[Json]:
    """Why staff rejected, the most frequent first."""
    found = Counter(" ".join((one.reason or "").split()) for one in replies if one.closed_as == "rejected")
    return [{"reason": reason or "none kept", "number": number} for reason, number in found.most_common(TOP)]


def _edits(connection: Connection, replies: Iterable[ReplyCase]) -> Json:
    """How far staff's texts lie from our drafts, in words."""
    edited = [one.id for one in replies if _drafted(one) and one.verdict == "edited" and one.approved_by is not None]
    pairs = [(old.split(), new.split()) for old, new in period.first_texts(connection, edited).values()]
    words = [distance(old, new) for old, new in pairs]
    shares = [step / max(len(old), len(new), 1) for step, (old, new) in zip(words, pairs, strict=True)]
    return {"of": len(pairs), "median_words": _median(words), "median_share": _median(shares)}


def distance(old: Sequence[str], new: Sequence[str]) -> int:
    """Words to put in, take out or replace to make new of old (Levenshtein)."""
    row = list(range(len(new) + 1))
    for number, left in enumerate(old, 1):
        above, row[0] = row[0], number
        for place, right in enumerate(new, 1):
            above, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, above + (left != right))
    return row[-1]


def _sentiment(connection: Connection, policy: Policy, since: datetime, until: datetime) -> Json:
    """Net sentiment: positive less negative, of the decided mentions in a language that we read."""
    found = period.moods(connection, since, until, policy.languages)
    positive, negative, of = found["positive"], found["negative"], found["of"]
    return {
        "positive": positive,
        "negative": negative,
        "neutral": of - positive - negative,
        "of": of,
        "other_languages": found["other_languages"],
        "net": rate(positive - negative, of),
        "denominator": f"decided mentions in {', '.join(policy.languages)}",
    }


def _complaints(connection: Connection, since: datetime, until: datetime) -> Json:
    """What people complain of; one mention may name several things, or nothing that we know."""
    found = period.complaints(connection, since, until)
    about = [[cue.removeprefix(ABOUT) for cue in cues if cue.startswith(ABOUT)] or ["other"] for cues in found]
    count = Counter(name for names in about for name in names)
    rows = [
        {"category": name, "number": number, "share": rate(number, len(found))}
        for name, number in count.most_common(TOP)
    ]
    return {"of": len(found), "categories": rows}


def _outage_seconds(outages: Sequence[Json]) -> float:
    """Seconds in which a platform could not be read, for all platforms; what overlaps on one counts once."""
    total, reached = 0.0, dict[str, datetime]()
    for one in sorted(outages, key=lambda one: (one["since"], one["until"])):
        begins = max(one["since"], reached.get(one["platform"], one["since"]))
        total += max((one["until"] - begins).total_seconds(), 0.0)
        reached[one["platform"]] = max(begins, one["until"])
    return total


def _listening(connection: Connection, since: datetime, until: datetime) -> Json:
    """Gaps, outages and how long it took us to see what was said."""
    gaps, still_open = period.gaps(connection, since, until)
    outages = period.outages(connection, since, until)
    lags = period.lags(connection, since, until)
    return {
        "gaps": gaps,
        "gaps_open": still_open,
        "outages": outages,
        "outage_seconds": _outage_seconds(outages),
        "lag": {"of": len(lags), **_middle(lags), "most_seconds": lags[-1] if lags else None},
    }
