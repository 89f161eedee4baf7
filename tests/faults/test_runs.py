"""One random run for each platform, with a fixed seed; `make faults` makes three hundred."""

import pytest

from tests.faults.__main__ import runs
from tests.faults.tally import Tally

SEEDS = range(7003, 7004)
OTHERS = {"instagram": range(7006, 7007), "memory": range(7007, 7008)}  # where nothing is posted or killed in that run


@pytest.mark.parametrize("platform", ["memory", "x", "mastodon", "bluesky", "facebook", "instagram"])
def test_nothing_is_lost_doubled_or_silent_whatever_dies(platform: str) -> None:
    """Kills and network faults at random, then one checker."""
    tally = Tally()
    for ran in runs(platform, OTHERS.get(platform, SEEDS), jobs=1):
        tally.add(ran)
        assert not ran.findings, (ran.seed, [str(one) for one in ran.findings], ran.story)
    assert tally.lines()[-1] == "lost 0 doubled 0 silent 0"
    assert tally.kills.total() and tally.posts
