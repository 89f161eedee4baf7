"""`python -m tests.soak [days | year | meta]`: runs at full size, what they measured, and 1 when something is wrong.

days (minutes): busy days on X, and one day of unattended operation. year (an hour or two): 365 days of it.
meta: a week of a quiet and of a loud account on Facebook and on Instagram.
"""

import logging
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from tests.fakes.meta import FacebookServer, InstagramServer
from tests.platforms.x_world import serving
from tests.soak import x_days, year
from tests.soak.meta_week import LOUD, QUIET, Traffic, week
from tests.soak.world import Report

ON_X: tuple[Callable[..., Report], ...] = (
    x_days.trickle,
    x_days.bursts,
    x_days.flood,
    partial(x_days.busy_day, app_owned_by_brand=True),
    x_days.busy_day,
    x_days.search_killed,
)
DAY = partial(year.run, days=1, step=timedelta(minutes=1))


def serve(run: Callable[..., Report]) -> Callable[[Path], Report]:
    """Give a run on X a server of its own."""

    def with_server(folder: Path) -> Report:
        with serving() as server:
            return run(folder, server)

    return with_server


def serve_meta(make: type[FacebookServer | InstagramServer], traffic: Traffic) -> Callable[[Path], Report]:
    """Give a week on Facebook or Instagram a server of its own."""

    def with_server(folder: Path) -> Report:
        server = make().start()
        try:
            return week(folder, server, traffic)
        finally:
            server.stop()

    return with_server


META = tuple(serve_meta(make, traffic) for make in (FacebookServer, InstagramServer) for traffic in (QUIET, LOUD))
RUNS: dict[str, tuple[Callable[[Path], Report], ...]] = {
    "days": (*map(serve, ON_X), DAY),
    "year": (year.run,),
    "meta": META,
}


def main(which: str) -> int:
    """Run them all, one after another."""
    logging.disable(logging.CRITICAL)  # misfortunes are what the runs are about
    wrong = 0
    for run in RUNS[which]:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="earshot-soak-") as made:
            report = run(Path(made))
        print(f"{report.name} ({time.monotonic() - began:.0f} s)")
        for line in report.lines:
            print(("! " if line in report.wrong else "  ") + line, flush=True)
        wrong += len(report.wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "days"))
