"""Kills at random points around applause: each act is done, and done once."""

import pytest

from tests.club import act_kills
from tests.club.act_kills import Name
from tests.databases import only_on_sqlite

pytestmark = only_on_sqlite("kills of processes that share a file")


@pytest.mark.parametrize("name", ["memory", "mastodon"])
def test_no_kill_makes_an_act_happen_twice_or_never(name: Name) -> None:
    """A few here; `python -m tests.club.act_kills --kills 60` for many."""
    counts = act_kills.main(4, 4, name)
    assert counts["killed"] == 4 and counts["acts"] >= 16
