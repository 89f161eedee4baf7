"""Rounds in parts: what was played is not played again, and a round that could not have failed is a failure."""

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

from tests.together import record
from tests.together.round import Result

SOUND = Result("x", 7, accidents=Counter(kill=2), takeovers=[3.1], mentions=9, posts=5, seconds=40.0)


def test_a_round_without_mentions_posts_or_accidents_is_a_finding() -> None:
    """One such round was counted among those in which nothing was lost, doubled or silent."""
    assert SOUND.list_gaps() == []
    for empty in (replace(SOUND, mentions=0), replace(SOUND, posts=0), replace(SOUND, accidents=Counter())):
        assert [gap.split(":")[0] for gap in empty.list_gaps()] == ["idle"]


def test_the_results_of_all_parts_are_summed_up_in_one_line(tmp_path: Path) -> None:
    """Three hundred rounds take hours: they are played in parts, on whatever machine is free."""
    path = tmp_path / "rounds.jsonl"
    assert list(record.read(path)) == []
    record.append(path, SOUND)
    record.append(path, replace(SOUND, seed=8, findings=["lost m1", "late: no takeover"], accidents=Counter(cut=1)))
    assert record.summarize(record.read(path)) == [
        "80 s  rounds 2  mentions 18  posts 10",
        "accidents  cut 1  kill 2",
        "takeovers  2: median 62 s, longest 62 s (real leases)",
        "rounds 2  lost 1  doubled 0  silent 0  other 1  seeds that failed: 8",
    ]


def test_no_rounds_at_all_is_no_success() -> None:
    """A number that was mistyped in a script, for example."""
    command = [sys.executable, "-m", "tests.together", "--rounds", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "must be 1 or more" in done.stderr
