"""`python -m tests.fediverse [--seed N]`: the whole line against snac on this machine."""

import random
import sys
from pathlib import Path

from tests import evening
from tests.fediverse.boot import server
from tests.fediverse.story import SHOP, Story


def play(folder: Path, rng: random.Random) -> None:
    """Start the server, play the evening, end the server."""
    names = [f"customer{number}" for number in range(evening.AUTHORS)]
    with server(SHOP, *names) as (running, passwords):
        Story(running, passwords, folder, rng).whole()


if __name__ == "__main__":
    sys.exit(evening.main("tests.fediverse", play))
