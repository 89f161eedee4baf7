"""`python -m tests.soak`: every run at full size, what it measured, and 1 when something is not as it must be."""

import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.platforms.x_world import serving
from tests.soak import x_days
from tests.soak.world import Report

RUNS: tuple[Callable[..., Report], ...] = (
    x_days.trickle,
    x_days.bursts,
    x_days.flood,
    partial(x_days.busy_day, app_owned_by_brand=True),
    x_days.busy_day,
    x_days.search_killed,
)


def main() -> int:
    """Run them all, one after another, each against a server of its own."""
    wrong = 0
    for run in RUNS:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="earshot-soak-") as made, serving() as server:
            report = run(Path(made), server)
        print(f"{report.name} ({time.monotonic() - began:.0f} s)")
        for line in report.lines:
            print(("! " if line in report.wrong else "  ") + line, flush=True)
        wrong += len(report.wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
