"""`python -m tests.network [--seed N]`: the whole line against a real Bluesky on this machine."""

import random
import sys
from pathlib import Path

from tests import evening
from tests.network.boot import network
from tests.network.story import Story


def play(folder: Path, rng: random.Random) -> None:
    """Start the network, play the evening, end the network."""
    with network() as pds:
        Story(pds, folder, rng).whole()


if __name__ == "__main__":
    sys.exit(evening.main("tests.network", play))
