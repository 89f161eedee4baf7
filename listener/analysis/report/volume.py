"""How many mentions were received, by decision, by hour of the day and by day."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from listener.policy import Policy
from listener.store.period import MentionCount


@dataclass(frozen=True, slots=True)
class HourVolume:
    """The mentions of one hour of the day, 0 to 23, of all days together."""

    hour: int
    mentions: int
    kinds: dict[str, int]


@dataclass(frozen=True, slots=True)
class DayVolume:
    """The mentions of one day, such as 2026-11-24."""

    day: str
    mentions: int
    kinds: dict[str, int]


@dataclass(frozen=True, slots=True)
class Volume:
    """Mentions by kind, the most frequent first; hours and days are those of the policy's timezone."""

    kinds: dict[str, int]
    hours: list[HourVolume]
    days: list[DayVolume]


def count_volume(counts: Iterable[MentionCount], policy: Policy) -> Volume:
    """Add up the counts of single minutes."""
    zone = ZoneInfo(policy.timezone)
    kinds: Counter[str] = Counter()
    hours: dict[int, Counter[str]] = {hour: Counter() for hour in range(24)}
    days: dict[str, Counter[str]] = defaultdict(Counter)
    for count in counts:
        local = datetime.fromisoformat(count.minute).replace(tzinfo=UTC).astimezone(zone)
        for counter in (kinds, hours[local.hour], days[local.date().isoformat()]):
            counter[_outcome(count)] += count.number
    return Volume(
        kinds=dict(kinds.most_common()),
        hours=[HourVolume(hour, counter.total(), dict(counter)) for hour, counter in hours.items()],
        days=[DayVolume(day, days[day].total(), dict(days[day])) for day in sorted(days)],
    )


def _outcome(count: MentionCount) -> str:
    """Name the kind of the draft, else escalated, ignored or undecided."""
    names = {"draft": count.kind or "draft", "escalate": "escalated", "ignore": "ignored"}
    return names.get(count.action or "", "undecided")
