"""`python -m tests.fediverse [--seed N]`: the whole line against snac on this machine.

Exit 0 also where it cannot run, with the reason: snac is no part of what Earshot needs.
"""

import argparse
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.fediverse import needs
from tests.fediverse.boot import server
from tests.fediverse.story import AUTHORS, Story


def main() -> int:
    """Start the server, tell the story, end the server."""
    parser = argparse.ArgumentParser(prog="tests.fediverse", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    seed, began = parser.parse_args().seed, time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # snac is ended with it
    names = [f"customer{number}" for number in range(AUTHORS)]
    try:
        with server("fernhill", *names) as made, tempfile.TemporaryDirectory(prefix="earshot-mastodon-") as folder:
            print(f"seed {seed}  snac after {time.monotonic() - began:.0f} s", flush=True)
            Story(*made, Path(folder), random.Random(seed)).whole()
    except needs.Missing as why:
        print(f"skipped: {why}")
        return 0
    print(f"all is well, {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
