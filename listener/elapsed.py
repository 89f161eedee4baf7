"""Seconds that have passed, by a clock that does not stand still while the machine sleeps, as the usual one does."""

import time

CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # macOS has no such name: its usual clock runs in sleep


def seconds() -> float:
    """Return the seconds since a fixed moment in the past."""
    return time.clock_gettime(CLOCK)
