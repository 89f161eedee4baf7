"""What the platforms' APIs cost, in US dollars."""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, delete, func, insert, select, update

from listener.errors import OverBudget
from listener.store.dialect import upsert
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
    connection.execute(upsert(ledger).values(**row, reply_id=reply_id, key=key).on_conflict_do_nothing())


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
        connection.execute(insert(billed), [{"platform": platform, "day": today, "unit": unit} for unit in fresh])
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


class LedgerMeter:
    """A platform's meter, backed by the ledger. budget: US dollars a UTC day, None is no limit.

    reserve: what reading must leave for sending.
    """

    def __init__(
        self, store: Store, platform: str, budget: float | None, reserve: float, clock: Callable[[], datetime]
    ) -> None:
        self._store, self._platform, self._clock = store, platform, clock
        self._budget, self._send_reserve = budget, reserve
        self._day, self._known = (
            start_of_day(clock()),
            set[str](),
        )  # billed today, so that an overlap costs no transaction

    def reserve(self, usd: float, *, purpose: Literal["read", "send"]) -> None:
        """Raise OverBudget when a call of this price would pass the day's budget."""
        if self._budget is None or usd <= 0:
            return
        now = self._clock()
        with self._store.read() as connection:
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

    def charge_daily(self, call: str, units: Mapping[str, float]) -> None:
        """Record what a call returned: each unit costs once a UTC day, also across restarts."""
        now = self._clock()
        if not units or (start_of_day(now) == self._day and units.keys() <= self._known):
            return
        with self._store.write() as connection:
            fresh = mark_billed(connection, self._platform, units.keys(), now)
            usd = round(sum(units[unit] for unit in fresh), 6)
            if usd > 0:
                charge(connection, self._platform, call, len(fresh), usd, now)
        self._known = (self._known if start_of_day(now) == self._day else set()) | set(units)
        self._day = start_of_day(now)
