"""What the platforms' APIs cost, in US dollars."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, func, insert, select, update

from listener.errors import OverBudget
from listener.store.engine import Store
from listener.store.tables import metadata

ledger = metadata.tables["ledger"]


def charge(
    connection: Connection,
    platform: str,
    call: str,
    resources: int,
    usd: float,
    now: datetime,
    reply_id: int | None = None,
) -> None:
    """Record what a call cost."""
    row = {"platform": platform, "call": call, "resources": resources, "usd": usd, "at": now, "reply_id": reply_id}
    connection.execute(insert(ledger), [row])


def attribute(connection: Connection, platform: str, reply_id: int, since: datetime) -> None:
    """Put what was charged for posting since a claim on the reply's account: one post is under way at a time."""
    mine = (
        ledger.c.platform == platform,
        ledger.c.reply_id.is_(None),
        ledger.c.at >= since,
        ledger.c.call.like("POST%"),
    )
    connection.execute(update(ledger).where(*mine).values(reply_id=reply_id))


def spent(connection: Connection, platform: str, since: datetime) -> float:
    """The sum since a time."""
    query = select(func.coalesce(func.sum(ledger.c.usd), 0.0)).where(
        ledger.c.platform == platform, ledger.c.at >= since
    )
    return float(connection.execute(query).scalar_one())


def day(now: datetime) -> datetime:
    """The beginning of the UTC day, when X's daily deduplication and our budget begin anew."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def month(now: datetime) -> datetime:
    """The beginning of the UTC month."""
    return day(now).replace(day=1)


class LedgerMeter:
    """A platform's meter, backed by the ledger. budget: US dollars a UTC day, None is no limit.

    reserve: what reading must leave for sending.
    """

    def __init__(
        self, store: Store, platform: str, budget: float | None, reserve: float, clock: Callable[[], datetime]
    ) -> None:
        self._store, self._platform, self._budget, self._kept, self._clock = store, platform, budget, reserve, clock

    def reserve(self, usd: float, *, purpose: Literal["read", "send"]) -> None:
        """Raise OverBudget when a call of this price would pass the day's budget."""
        if self._budget is None or usd <= 0:
            return
        now = self._clock()
        with self._store.read() as connection:
            today = spent(connection, self._platform, day(now))
        left = self._budget - today - (self._kept if purpose == "read" else 0.0)
        if usd > left + 1e-9:
            kept = f" (of which {self._kept:.2f} are kept for sending)" if purpose == "read" and self._kept else ""
            raise OverBudget(
                f"{self._platform}: {today:.3f} of the day's {self._budget:.2f} USD are spent{kept}",
                "wait for the next UTC day, or raise daily_budget_usd in earshot.toml",
                until=day(now) + timedelta(days=1),
            )

    def charge(self, call: str, resources: int, usd: float) -> None:
        """Record what a call cost, also when it failed later."""
        if usd > 0:
            with self._store.write() as connection:
                charge(connection, self._platform, call, resources, usd, self._clock())
