"""The one line at the end of many kills, by which parts are added up."""

import logging
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.club.summary import run_all


@pytest.fixture(autouse=True)
def _log() -> Iterator[None]:
    """Other tests read the log."""
    yield
    logging.disable(logging.NOTSET)


def test_the_sums_of_all_platforms_stand_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """With the seed, so that the next part takes another."""
    parts = {"memory": lambda: Counter(killed=3, ended=1), "mastodon": lambda: Counter(killed=2)}
    assert run_all(7, parts) == 0
    assert capsys.readouterr().out == "seed 7 on memory, mastodon: 1 ended, 5 killed; nothing wrong\n"


def test_what_is_wrong_stands_in_it_and_ends_with_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    """No traceback: a script adds up the parts."""

    def fail() -> Counter[str]:
        raise AssertionError("seed 7, run 3 on memory: TEN-00001 went to two people")

    assert run_all(7, {"memory": fail}) == 1
    assert "WRONG: seed 7, run 3 on memory" in capsys.readouterr().out
