"""`python -m tests.soak [WORD]`: every run (or those with the word in their name) at full size, what it measured, and
1 when something is not as it must be."""

import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.fakes.meta import FacebookServer, InstagramServer
from tests.platforms.x_world import serving
from tests.soak import x_days
from tests.soak.meta_week import LOUD, QUIET, Traffic, week
from tests.soak.world import Report

X_RUNS: tuple[Callable[..., Report], ...] = (
    x_days.trickle,
    x_days.bursts,
    x_days.flood,
    partial(x_days.busy_day, app_owned_by_brand=True),
    x_days.busy_day,
    x_days.search_killed,
)


META_RUNS = [(make, traffic) for make in (FacebookServer, InstagramServer) for traffic in (QUIET, LOUD)]


def on_x(run: Callable[..., Report]) -> Report:
    """A run against an X of its own."""
    with tempfile.TemporaryDirectory(prefix="earshot-soak-") as folder, serving() as server:
        return run(Path(folder), server)


def on_meta(make: type[FacebookServer | InstagramServer], traffic: Traffic) -> Report:
    """A week against a server of its own."""
    server = make()
    server.start()
    try:
        with tempfile.TemporaryDirectory(prefix="earshot-soak-") as folder:
            return week(Path(folder), server, traffic)
    finally:
        server.stop()


def main() -> int:
    """Run them all, one after another."""
    runs = {f"x {getattr(run, '__name__', 'busy_day, owned')}": partial(on_x, run) for run in X_RUNS}
    runs |= {f"{make.__name__} {traffic.name}": partial(on_meta, make, traffic) for make, traffic in META_RUNS}
    wrong, word = 0, sys.argv[1].lower() if len(sys.argv) > 1 else ""
    for run in [run for name, run in runs.items() if word in name.lower()]:
        began = time.monotonic()
        report = run()
        print(f"{report.name} ({time.monotonic() - began:.0f} s)")
        for line in report.lines:
            print(("! " if line in report.wrong else "  ") + line, flush=True)
        wrong += len(report.wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
