"""What a member has earned: points of a year, and the best tier of the last 90 days. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from listener.club_rules import Points, Tier

YEAR = timedelta(days=365)  # how long points count
GRACE = timedelta(days=90)  # how long a tier stays when its points are gone
PER_MENTION = 1
MENTIONS_A_WEEK = 3  # that earn points
PER_HELP = 10
MENTIONS, HELPED = "mentions", "helped"


def award_mentions(platform: str, author_id: str, times: Iterable[datetime]) -> Iterator[Points]:
    """Yield the points for mentions at these times, whatever they say: the first few of each week.

    An entry names its week and its number in it, so the same mentions always give the same entries, in any order.
    """
    weeks = Counter(_begin_of_week(time) for time in times)
    for week, number in sorted(weeks.items()):
        for place in range(min(number, MENTIONS_A_WEEK)):
            source = f"{platform}:{author_id}:{week:%Y-%m-%d}:{place}"
            yield Points(platform, author_id, MENTIONS, PER_MENTION, source, week)


def award_help(platform: str, author_id: str, mention_key: int, at: datetime) -> Points:
    """Return the points for a mention that helped somebody."""
    return Points(platform, author_id, HELPED, PER_HELP, str(mention_key), at)


def balance(points: Iterable[Points], now: datetime) -> int:
    """Return the points of the year before this time."""
    return sum(entry.amount for entry in points if now - YEAR < entry.at <= now)


def find_tier(points: Sequence[Points], tiers: Sequence[Tier], now: datetime) -> Tier | None:
    """Return the best tier that the points of a member have reached in the last 90 days. tiers: fewest points first."""
    if not tiers or not points:
        return None
    turns = {entry.at for entry in points if now - GRACE < entry.at <= now}  # the balance rises nowhere else
    best = max(balance(points, time) for time in (now, now - GRACE, *turns))
    return next((tier for tier in reversed(tiers) if best >= tier.points), None)


def _begin_of_week(time: datetime) -> datetime:
    day = time.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())
