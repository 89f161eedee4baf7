"""Earshot's own command line under a clock that a test sets while it runs: `python -m tests.clocked ARGS`.

The file that CLOCK names holds by how many seconds the wall clock is ahead, as after an administrator set it; the
monotonic clock goes on. (libfaketime would be nearer to the truth, but its `clock_nanosleep` fails in time.sleep.)
"""

import os
import time
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from types import ModuleType

CLOCK = Path(os.environ.get("CLOCK", os.devnull))


def ahead() -> float:
    """By how many seconds the wall clock is ahead."""
    return float(CLOCK.read_text() or 0)


class Shifted(datetime):
    """Times as the wall clock shows them."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # a plain time, as before
        """Return the time that the clock was set to."""
        return datetime.now(tz) + timedelta(seconds=ahead())


def main() -> None:
    """Set the clocks of the program, of its scheduler and of `time.time`, and run the command line."""
    from apscheduler.schedulers import base

    from listener import daemon
    from listener.cli import context

    modules: tuple[ModuleType, ...] = (base, daemon, context)
    for module in modules:
        vars(module)["datetime"] = Shifted
    real = time.time
    time.time = lambda: real() + ahead()
    from listener.cli.__main__ import main as earshot

    earshot()


if __name__ == "__main__":
    main()
