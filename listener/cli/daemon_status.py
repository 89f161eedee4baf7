"""The daemons that share a server, as `status` shows them: who lives, what each leads, whose clock is wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from listener.cli import output, times
from listener.store.daemon_state import describe_difference

if TYPE_CHECKING:
    from listener.store.engine import Store

CLOCK_SHOWN_S = 2.0  # from this difference on


@dataclass(frozen=True, slots=True)
class DaemonStatus:
    """A daemon that was seen within a day. name: HOST:PID; leads: parts of the work, such as `platform x`.

    clock_ahead_seconds: of the database's clock; None: not known yet.
    """

    name: str
    version: str
    is_alive: bool
    started_at: datetime
    seen_at: datetime
    leads: tuple[str, ...]
    clock_ahead_seconds: float | None


def read_daemons(store: "Store") -> list[DaemonStatus]:
    """Read the daemons; none where the database is a file. Raises StoreError."""
    return [
        DaemonStatus(
            state.name,
            state.version,
            state.is_alive,
            state.started_at,
            state.seen_at,
            state.leads,
            None if state.clock_ahead is None else round(state.clock_ahead, 3),
        )
        for state in store.database.list_daemons()
    ]


def lines(daemons: Sequence[DaemonStatus], now: datetime) -> Iterator[str]:
    """Yield a line for each daemon."""
    for daemon in daemons:
        if daemon.is_alive:
            yield output.safe(f"daemon     {daemon.name} ({daemon.version}) {_describe(daemon)}")
        else:
            seen = times.ago(daemon.seen_at, now)
            yield output.safe(f"daemon     {daemon.name} ({daemon.version}) was last seen {seen}")


def _describe(daemon: DaemonStatus) -> str:
    leads = f"leads {', '.join(daemon.leads)}" if daemon.leads else "leads nothing and stands by"
    ahead = daemon.clock_ahead_seconds or 0.0
    if abs(ahead) < CLOCK_SHOWN_S:
        return leads
    return f"{leads}; its clock is {describe_difference(ahead)}"
