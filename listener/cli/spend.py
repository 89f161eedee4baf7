"""What a platform's calls cost, as `status` shows it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from listener.settings import Settings


@dataclass(frozen=True, slots=True)
class PlatformSpend:
    """What a platform's calls cost in US dollars; budget_usd is per day, None: no limit."""

    today_usd: float
    month_usd: float
    budget_usd: float | None
    reply_usd: float | None
    link_reply_usd: float | None


def read_spend(connection: "Connection", config: "Settings", name: str, now: datetime) -> PlatformSpend:
    """Read what a platform cost today and this month, and what a reply will."""
    from listener.store import ledger

    section = config.platform(name)
    return PlatformSpend(
        today_usd=round(ledger.sum_spent(connection, name, ledger.start_of_day(now)), 4),
        month_usd=round(ledger.sum_spent(connection, name, ledger.start_of_month(now)), 4),
        budget_usd=section.section.budget.daily_usd if section else None,
        reply_usd=section.section.reply_usd(link=False) if section else None,
        link_reply_usd=section.section.reply_usd(link=True) if section else None,
    )
