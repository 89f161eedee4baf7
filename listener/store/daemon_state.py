"""A daemon among those that share a server, as `status` shows it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DaemonState:
    """A daemon as its row shows it. parts: what it can lead; leads: what it does lead by now.

    clock_ahead: by how many seconds its clock is ahead of the database's; None: not known yet.
    """

    name: str
    version: str
    started_at: datetime
    seen_at: datetime
    is_alive: bool
    parts: frozenset[str]
    clock_ahead: float | None
    leads: tuple[str, ...]


def describe_difference(ahead: float) -> str:
    """Return by how much a clock differs: `7.1 s ahead of the database's`."""
    return f"{abs(ahead):.1f} s {'ahead of' if ahead > 0 else 'behind'} the database's"
