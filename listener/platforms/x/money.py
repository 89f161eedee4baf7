"""What a call costs on X: a unit a post or user returned, once a UTC day price (docs.x.com, pricing). US dollars."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from listener.errors import OverBudget
from listener.platforms.x.section import Section
from listener.protocols import Meter

SIZES: tuple[int, ...] = (100, 25, 10)
"""Page sizes, tried in this order: near the end of a day's budget a smaller page may still be paid for."""


class ReadBudget:
    """Reserves before a billed read and charges after it."""

    def __init__(self, section: Section, meter: Meter) -> None:
        self._section, self._meter = section, meter

    def post_price(self, feed: str) -> float:
        """The price of one post of this feed: owned reads only in our own mentions and timeline."""
        owned = self._section.app_owned_by_brand and not feed.startswith("search:")
        return self._section.prices.owned_read if owned else self._section.prices.post_read

    def reserve(self, price: float, sizes: tuple[int, ...] = SIZES) -> int:
        """Return the largest page that may be paid for at this price a post. Raises OverBudget."""
        for size in sizes[:-1]:
            try:
                self._meter.reserve(size * price, purpose="read")
            except OverBudget:
                continue
            return size
        self._meter.reserve(sizes[-1] * price, purpose="read")
        return sizes[-1]

    def charge(self, call: str, posts: Collection[str], users: Collection[str], price: float) -> None:
        """Record what a page cost: X bills a post and a user once a UTC day."""
        prices = dict.fromkeys([f"post:{post}" for post in posts], price)
        prices |= dict.fromkeys([f"user:{user}" for user in users], self._section.prices.user_read)
        self._meter.charge_daily(call, prices)

    def charge_all(self, call: str, size: int, price: float) -> None:
        """Record a page whose posts cannot be counted: as if it had been full."""
        self._meter.charge(call, size, round(size * price, 6))


def next_day(now: datetime) -> datetime:
    """Midnight UTC, when a new day's budget begins."""
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), datetime.min.time(), UTC)
