"""What a call costs on X: a unit a post or user returned, once a UTC day price (docs.x.com, pricing). US dollars."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from listener.errors import OverBudget
from listener.platforms.x.section import Section
from listener.protocols import Meter, PageBooking, Purpose

SIZES: tuple[int, ...] = (100, 25, 10)
"""Page sizes, tried in this order: near the end of a day's budget a smaller page may still be paid for."""


class ReadBudget:
    """Books a page before it is asked for, at what it may cost, and puts that right when X has answered.

    An answer that nobody could read may have been billed: its page stays booked until the feed is read again, once for
    a whole outage, because X bills the same posts once a day.
    """

    def __init__(self, section: Section, meter: Meter) -> None:
        self._section, self._meter = section, meter

    def post_price(self, feed: str) -> float:
        """The price of one post of this feed: owned reads only in our own mentions and timeline."""
        owned = self._section.app_owned_by_brand and not feed.startswith("search:")
        return self._section.prices.owned_read if owned else self._section.prices.post_read

    def lost_at(self, feed: str) -> datetime | None:
        """Return when a page of this feed was lost today that is booked since; None without one."""
        return self._meter.lost_at(feed)

    def book(self, call: str, feed: str, price: float, sizes: Sequence[int], purpose: Purpose) -> PageBooking:
        """Book the largest page that may be paid for at this price a post. Raises OverBudget."""
        for size in sizes[:-1]:
            with suppress(OverBudget):
                return self._meter.book_page(call, feed, size, price, purpose=purpose)
        return self._meter.book_page(call, feed, sizes[-1], price, purpose=purpose)

    def settle(
        self, page: PageBooking, posts: Collection[str], beside: Mapping[str, float], price: float, *, is_last: bool
    ) -> None:
        """Record what a page did cost: X bills each unit once a UTC day. beside: unit -> price of what else came."""
        prices = dict.fromkeys([f"post:{post}" for post in posts], price)
        self._meter.settle_page(page, {**prices, **beside}, is_last=is_last)

    def release(self, page: PageBooking) -> None:
        """Record that a page cost nothing: X was not called, or refused."""
        self._meter.settle_page(page, None)


def next_day(now: datetime) -> datetime:
    """Midnight UTC, when a new day's budget begins."""
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), datetime.min.time(), UTC)
