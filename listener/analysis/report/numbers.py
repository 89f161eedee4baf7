"""Rates, medians, percentiles and times: the arithmetic of the metrics, as docs/report.md defines it."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from listener.calendar import business_time
from listener.policy import Policy


def rate(part: float, whole: float) -> float | None:
    """Return a share, or None without a denominator."""
    return round(part / whole, 4) if whole else None


def nearest(ordered: Sequence[float], share: float) -> float | None:
    """Return the smallest value that this share of them does not exceed (nearest rank); None of none."""
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)] if ordered else None


def middle(values: Sequence[float]) -> float | None:
    """Return the median: the middle value, or the mean of the two middle ones; None of none."""
    return round(median(values), 4) if values else None


def distance(old: Sequence[str], new: Sequence[str]) -> int:
    """Count the words to insert, delete or replace to turn old into new (Levenshtein)."""
    row = list(range(len(new) + 1))
    for number, left in enumerate(old, 1):
        diagonal, row[0] = row[0], number
        for place, right in enumerate(new, 1):
            diagonal, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, diagonal + (left != right))
    return row[-1]


@dataclass(frozen=True, slots=True)
class Durations:
    """Seconds of several stretches of time: in business hours, and (wall) around the clock."""

    of: int
    median_seconds: float | None
    p90_seconds: float | None
    wall_median_seconds: float | None
    wall_p90_seconds: float | None
    wall_longest_seconds: float | None


def measure(policy: Policy, stretches: Collection[tuple[datetime, datetime]]) -> Durations:
    """Measure stretches from start to end on both clocks; one that ends before it starts took no time."""
    business = sorted(business_time(policy, start, end).total_seconds() for start, end in stretches)
    wall = sorted(max((end - start).total_seconds(), 0.0) for start, end in stretches)
    return Durations(
        of=len(stretches),
        median_seconds=middle(business),
        p90_seconds=nearest(business, 0.9),
        wall_median_seconds=middle(wall),
        wall_p90_seconds=nearest(wall, 0.9),
        wall_longest_seconds=nearest(wall, 1.0),
    )
