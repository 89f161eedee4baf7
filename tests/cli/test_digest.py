"""`earshot digest`: the text that channels get, the same figures as JSON, and periods that are none."""

from pathlib import Path

import pytest

from tests.conftest import Earshot


def test_the_screen_has_the_text_with_quotes(queue: Earshot) -> None:
    """Six mentions, five wait; staff may read what customers wrote."""
    done = queue("digest")
    assert done.code == 0
    title, heard, answered, *rest = done.out.splitlines()
    assert title.startswith("Earshot Fernhill: digest of ")
    assert heard == "Heard: 6 mentions (0 in the period before)"
    assert answered == "Answered, of 5 that asked: 0 by staff, 0 automatically, 0 on the platform"
    assert any("two weeks now" in line for line in rest)
    assert "Open notices: none" in rest


def test_the_figures_are_those_of_the_report(queue: Earshot) -> None:
    """One arithmetic: what a mail says is what the report says."""
    digest, report = queue("digest", "--json", "--since", "7d").json, queue("report", "--json").json
    assert digest["mentions"] == report["mentions"]
    assert digest["asked"] == report["response"]["asked"]
    assert digest["complaints"] == report["complaints"]["of"]
    subjects = {subject["category"]: subject["number"] for subject in digest["subjects"]}
    assert subjects == {category["category"]: category["number"] for category in report["complaints"]["categories"]}


def test_a_period_may_be_over(queue: Earshot) -> None:
    """Nothing was heard in January."""
    done = queue("digest", "--since", "2026-01-01", "--until", "2026-02-01", "--json")
    assert (done.json["mentions"], done.json["waiting"]) == (0, 5)


@pytest.mark.parametrize("words", [("--since", "2026-02-01", "--until", "2026-01-01"), ("--until", "noon")])
def test_a_period_that_is_none_is_one_clear_line(queue: Earshot, home: Path, words: tuple[str, ...]) -> None:
    """What is wrong, and what to write."""
    done = queue("digest", *words)
    assert done.code in (1, 2)
    assert "Traceback" not in done.err
    assert "give --until a later time than --since" in done.err or "'noon' is not a time" in done.err.replace("\n", " ")
