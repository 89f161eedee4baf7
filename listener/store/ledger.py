"""What the platforms' APIs cost, in US dollars."""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, func, select, update

from listener.errors import OverBudget
from listener.protocols import PageBooking, Purpose
from listener.store.dialect import upsert
from listener.store.driver import insert_rows
from listener.store.engine import Store
from listener.store.loading import chunks
from listener.store.tables import billed, ledger


def charge(
    connection: Connection,
    platform: str,
    call: str,
    resources: int,
    usd: float,
    now: datetime,
    *,
    reply_id: int | None = None,
    key: str | None = None,
) -> None:
    """Record what a call cost. A key that was charged before is not charged again."""
    row = {"platform": platform, "call": call, "resources": resources, "usd": usd, "at": now}
    connection.execute(upsert(connection, ledger).values(**row, reply_id=reply_id, key=key).on_conflict_do_nothing())


def cancel(connection: Connection, platform: str, key: str | None) -> None:
    """Take back what was charged under this key: it is known by now that the platform did not carry the call out."""
    connection.execute(delete(ledger).where(ledger.c.platform == platform, ledger.c.key == key))


def attribute(connection: Connection, platform: str, key: str, reply_id: int) -> None:
    """Put what was charged under this key on the reply's account."""
    unattributed = (ledger.c.platform == platform, ledger.c.key == key, ledger.c.reply_id.is_(None))
    connection.execute(update(ledger).where(*unattributed).values(reply_id=reply_id))


def mark_billed(connection: Connection, platform: str, units: Collection[str], now: datetime) -> set[str]:
    """Mark units as billed this UTC day; forget other days. Returns those that were not billed before."""
    of_platform, today = billed.c.platform == platform, now.astimezone(UTC).date().isoformat()
    billed_today: set[str] = set()
    for piece in chunks(list(units)):
        query = select(billed.c.unit).where(of_platform, billed.c.day == today, billed.c.unit.in_(piece))
        billed_today.update(connection.execute(query).scalars())
    fresh = set(units) - billed_today
    if fresh:
        connection.execute(delete(billed).where(of_platform, billed.c.day != today))
        insert_rows(connection, billed, [{"platform": platform, "day": today, "unit": unit} for unit in fresh])
    return fresh


def sum_spent(connection: Connection, platform: str, since: datetime) -> float:
    """Sum up the cost since a time, in US dollars."""
    query = select(func.coalesce(func.sum(ledger.c.usd), 0.0)).where(
        ledger.c.platform == platform, ledger.c.at >= since
    )
    return float(connection.execute(query).scalar_one())


def start_of_day(now: datetime) -> datetime:
    """Return the beginning of the UTC day, when X's daily deduplication and our budget begin anew."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def start_of_month(now: datetime) -> datetime:
    """Return the beginning of the UTC month."""
    return start_of_day(now).replace(day=1)


def _read_page(connection: Connection, platform: str, key: str) -> tuple[int, float]:
    """Return how many units stand booked under the key of a page, and for how much."""
    query = select(ledger.c.resources, ledger.c.usd).where(ledger.c.platform == platform, ledger.c.key == key)
    row = connection.execute(query).one_or_none()
    return (row.resources, row.usd) if row else (0, 0.0)


def _write_page(connection: Connection, platform: str, page: PageBooking, units: int, usd: float) -> None:
    """Let so much stand booked under the key of a page, from when it was first booked on; nothing ends it."""
    if usd <= 0:
        cancel(connection, platform, page.key)
        return
    row = {"platform": platform, "call": page.call, "at": page.at, "key": page.key, "resources": units, "usd": usd}
    changes = {"resources": units, "usd": usd}
    query = upsert(connection, ledger).values(**row)
    connection.execute(query.on_conflict_do_update(index_elements=["platform", "key"], set_=changes))


class LedgerMeter:
    """A platform's meter, backed by the ledger. budget: US dollars a UTC day, None is no limit.

    reserve: what reading must leave for sending.
    """

    def __init__(
        self, store: Store, platform: str, budget: float | None, reserve: float, clock: Callable[[], datetime]
    ) -> None:
        self._store, self._platform, self._clock = store, platform, clock
        self._budget, self._send_reserve = budget, reserve

    def reserve(self, usd: float, *, purpose: Purpose) -> None:
        """Raise OverBudget when a call of this price would pass the day's budget."""
        with self._store.read() as connection:
            self._require_budget(connection, usd, purpose)

    def _require_budget(self, connection: Connection, usd: float, purpose: Purpose) -> None:
        if self._budget is None or usd <= 0:
            return
        now = self._clock()
        today = sum_spent(connection, self._platform, start_of_day(now))
        kept = self._send_reserve if purpose == "read" else 0.0
        if usd > self._budget - today - kept + 1e-9:
            reserved = f" (of which {kept:.2f} are kept for sending)" if kept else ""
            raise OverBudget(
                f"{self._platform}: {today:.3f} of the day's {self._budget:.2f} USD are spent{reserved}",
                "wait for the next UTC day, or raise daily_budget_usd in earshot.toml",
                until=start_of_day(now) + timedelta(days=1),
            )

    def charge(self, call: str, resources: int, usd: float, *, key: str | None = None) -> None:
        """Record what a call cost, also when it failed later; under a key once."""
        if usd > 0:
            with self._store.write() as connection:
                charge(connection, self._platform, call, resources, usd, self._clock(), key=key)

    def lost_at(self, feed: str) -> datetime | None:
        """Return when a page of this feed was booked today of which nobody knows what it listed; None without one."""
        query = select(ledger.c.at).where(ledger.c.platform == self._platform)
        with self._store.read() as connection:
            return connection.execute(query.where(ledger.c.key == _page_key(feed, self._clock()))).scalar_one_or_none()

    def book_page(self, call: str, feed: str, size: int, price: float, *, purpose: Purpose) -> PageBooking:
        """Book a page before it is asked for, at what it may cost. Raises OverBudget.

        What stands booked for a lost page of this feed counts: the same page, asked for again, is billed once a day.
        """
        now = self._clock()
        key = _page_key(feed, now)
        with self._store.write() as connection:
            lost = _read_page(connection, self._platform, key)
            page = PageBooking(key, call, now, size, *lost)
            usd = round(max(size * price, page.lost_usd), 6)
            self._require_budget(connection, usd - page.lost_usd, purpose)
            _write_page(connection, self._platform, page, max(size, page.lost), usd)
        return page

    def settle_page(self, page: PageBooking, units: Mapping[str, float] | None, *, is_last: bool = False) -> None:
        """Put the booking of a page right. units: name -> price of what it listed, each billed once a UTC day.

        None: the call cost nothing. is_last: nothing more is listed below this page.
        """
        now = self._clock()
        left = page.lost if units is None else 0 if is_last else max(0, page.lost - page.size)
        with self._store.write() as connection:
            usd = round(page.lost_usd * left / page.lost, 6) if left else 0.0
            _write_page(connection, self._platform, page, left, usd)
            if units:
                is_today = start_of_day(now) == start_of_day(page.at)  # else nobody knows which day X bills
                fresh = mark_billed(connection, self._platform, units.keys(), now) if is_today else set(units)
                usd = round(sum(units[unit] for unit in fresh), 6)
                if usd > 0:
                    charge(connection, self._platform, page.call, len(fresh), usd, page.at)


def _page_key(feed: str, now: datetime) -> str:
    return f"page {feed} {now.astimezone(UTC).date().isoformat()}"
