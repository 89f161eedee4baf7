"""`python -m tests.network [--seed N]`: the whole line against a real Bluesky on this machine.

Exit 0 also where it cannot run, with the reason: node and PostgreSQL are no part of what Earshot needs.
"""

import argparse
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.network import needs
from tests.network.boot import network
from tests.network.story import Story


def main() -> int:
    """Start the network, tell the story, end the network."""
    parser = argparse.ArgumentParser(prog="tests.network", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    seed, began = parser.parse_args().seed, time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # PostgreSQL and node are ended with it
    try:
        with network() as pds, tempfile.TemporaryDirectory(prefix="earshot-bluesky-") as folder:
            print(f"seed {seed}  a PDS and an AppView after {time.monotonic() - began:.0f} s", flush=True)
            Story(pds, Path(folder), random.Random(seed)).whole()
    except needs.Missing as why:
        print(f"skipped: {why}")
        return 0
    print(f"all is well, {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
