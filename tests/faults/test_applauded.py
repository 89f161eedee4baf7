"""The check of applause itself: sound acts pass, and each kind of wrong is found."""

from typing import Any

import pytest

from listener.store.gone import GONE
from tests.faults.applauded import check_applause
from tests.faults.evidence import Evidence

ROW = {"id": 7, "what": "like", "thread": "m1", "state": "sent", "approved_by": "ann", "reason": None}
LIKED = ("like", "m1")


def found(done: list[tuple[str, str]], *rows: dict[str, Any], told: tuple[str, ...] = ()) -> list[str]:
    """The sorts of what is wrong."""
    return [one.wrong for one in check_applause(Evidence("memory", {}, [], applauded=done), rows, told)]


@pytest.mark.parametrize("state", ["sent", "failed", "by_hand", "closed"])
def test_what_was_chosen_and_has_an_end_is_sound(state: str) -> None:
    """Made once where it counts as done; else not at all."""
    assert found([LIKED] * (state == "sent"), {**ROW, "state": state, "reason": "withdrawn by ann"}) == []


def test_one_that_was_made_twice_is_found() -> None:
    """The platform has it two times."""
    assert found([LIKED, LIKED], ROW) == ["doubled"]


def test_one_that_nobody_chose_is_found() -> None:
    """There are no automatic likes."""
    assert found([LIKED]) == ["broken"]
    assert found([LIKED], {**ROW, "approved_by": None}) == ["broken"]


def test_one_that_is_kept_otherwise_than_it_is_is_found() -> None:
    """Done and not made, or made and not done; but a post that is gone takes the like with it."""
    assert found([], ROW) == ["broken"]
    assert found([LIKED], {**ROW, "state": "failed"}) == ["broken"]
    assert found([LIKED], {**ROW, "state": "closed", "reason": "withdrawn by ann"}) == ["broken"]
    assert found([LIKED], {**ROW, "state": "closed", "reason": GONE}) == []


def test_one_that_waits_for_ever_is_found() -> None:
    """Nothing may be left but what a notice asks a person about."""
    assert found([], {**ROW, "state": "approved"}) == ["silent"]
    assert found([LIKED], {**ROW, "state": "unconfirmed"}) == ["broken", "silent"]
    assert found([LIKED], {**ROW, "state": "unconfirmed"}, told=("like 7",)) == []
    assert found([], {**ROW, "state": "closed"}) == ["silent"]
