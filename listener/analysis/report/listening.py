"""How well we listened: gaps, outages, and how soon a mention was received."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from listener.analysis.report.numbers import middle, nearest
from listener.store import period
from listener.store.period import Outage


@dataclass(frozen=True, slots=True)
class Lag:
    """Seconds from a mention's own time until it was received."""

    of: int
    median_seconds: float | None
    p90_seconds: float | None
    most_seconds: float | None


@dataclass(frozen=True, slots=True)
class Listening:
    """What could not be read in the period, and the lag of what was."""

    gaps: int
    gaps_open: int
    outages: list[Outage]
    outage_seconds: float
    lag: Lag


def measure_listening(connection: Connection, since: datetime, until: datetime) -> Listening:
    """Count gaps, add up outages, measure the lag."""
    gaps, gaps_open = period.count_gaps(connection, since, until)
    outages = period.list_outages(connection, since, until)
    lags = period.list_lags(connection, since, until)
    lag = Lag(len(lags), middle(lags), nearest(lags, 0.9), nearest(lags, 1.0))
    return Listening(gaps, gaps_open, outages, _outage_seconds(outages), lag)


def _outage_seconds(outages: Sequence[Outage]) -> float:
    """Add up the seconds of all platforms; overlapping outages of one platform count once."""
    total, reached = 0.0, dict[str, datetime]()
    for outage in sorted(outages, key=lambda outage: (outage.since, outage.until)):
        begins = max(outage.since, reached.get(outage.platform, outage.since))
        total += max((outage.until - begins).total_seconds(), 0.0)
        reached[outage.platform] = max(begins, outage.until)
    return total
