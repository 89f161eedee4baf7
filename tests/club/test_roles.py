"""The roles of a person: golden figures on both sides of every bound, corrections, and how they decay."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from listener.club.roles import HELPED, list_roles
from listener.club_rules import ROLES, Mark, PersonFigures
from tests.factories import NOW, old

NOBODY = PersonFigures("memory", "u1", 9, 9, old(300), old(30), 9, 0, 0, 0, None, 0, None, 0, 0)


def roles(*marks: Mark, **changes: Any) -> dict[str, str]:
    """The roles of somebody who is like NOBODY but for these figures, each with its sentence."""
    return {role.name: role.message for role in list_roles(replace(NOBODY, **changes), marks, NOW)}


def mark(what: str, **changes: Any) -> Mark:
    """A mark of ten days ago that lasts."""
    return replace(Mark("memory", "u1", what, True, "dana", old(10), old(-170), "she told us"), **changes)


GOLDEN: tuple[tuple[dict[str, Any], dict[str, str]], ...] = (
    ({}, {}),
    ({"first_at": old(3), "conversations": 1}, {"new": "first wrote 3 days ago, 1 conversation so far"}),
    ({"first_at": old(14), "conversations": 2}, {"new": "first wrote 14 days ago, 2 conversations so far"}),
    ({"first_at": old(15), "conversations": 2}, {}),
    ({"first_at": old(3), "conversations": 3}, {}),
    ({"recent_days": 4, "recent_months": 2}, {"regular": "wrote on 4 of the last 90 days, in 2 months"}),
    ({"recent_days": 3, "recent_months": 2}, {}),
    ({"recent_days": 9, "recent_months": 1}, {}),
    (
        {"followers": 10_000, "recent_conversations": 2},
        {"trendsetter": "10,000 followers, 2 conversations in the last 90 days"},
    ),
    ({"followers": 10_000, "recent_conversations": 1}, {}),
    ({"followers": 9_999, "recent_conversations": 2}, {}),
    ({"followers": None, "recent_conversations": 9}, {}),
    ({"claims": 2}, {"gossiper": "made a false claim of the fact sheet in 2 conversations of the last 180 days"}),
    ({"claims": 1}, {}),
    (
        {"praise_days": 3, "last_praise_at": old(60), "complaints": 1},
        {"advocate": "praised us unasked on 3 of the last 180 days, last 60 days ago; 1 complaint"},
    ),
    ({"praise_days": 3, "last_praise_at": old(61)}, {}),
    ({"praise_days": 5, "last_praise_at": old(0), "complaints": 2}, {}),
    (
        {"complaints": 3, "praise_days": 1, "last_praise_at": old(5)},
        {"critic": "complained in 3 conversations of the last 180 days, praised us unasked on 1 day"},
    ),
    ({"complaints": 3, "praise_days": 2, "last_praise_at": old(5)}, {}),
    ({"complaints": 2}, {}),
)


@pytest.mark.parametrize(("figures", "expected"), GOLDEN, ids=lambda value: str(value)[:60])
def test_a_role_follows_from_its_figures_and_names_them(figures: dict[str, Any], expected: dict[str, str]) -> None:
    """Staff see in a sentence why, and the bound is where the page has it."""
    assert roles(**figures) == expected


def test_several_roles_stand_in_the_order_of_the_page() -> None:
    """Somebody may be loud, loyal and wrong."""
    figures = {"recent_days": 9, "recent_months": 3, "followers": 20_000, "recent_conversations": 9, "claims": 3}
    assert list(roles(**figures)) == [role for role in ROLES if role in ("trendsetter", "gossiper", "regular")]


def test_staff_know_better_until_the_mark_ends() -> None:
    """A role is given and taken, the newest mark wins, and each ends by itself."""
    given, taken = mark("critic"), mark("critic", is_set=False, at=old(5))
    assert roles(given) == {"critic": f"marked by dana until {old(-170):%Y-%m-%d}: she told us"}
    assert roles(given, taken) == {} == roles(taken, given)
    assert roles(mark("critic", until=NOW)) == {}
    assert roles(taken, complaints=9) == {}
    assert "critic" in roles(replace(taken, until=NOW - timedelta(seconds=1)), complaints=9)


def test_who_helped_twice_is_an_advocate_whatever_they_think_of_us() -> None:
    """Once is not enough, and the same mention counts once."""
    helped = [mark(HELPED, mention_key=number) for number in (7, 8)]
    assert roles(*helped, complaints=2) == {"advocate": "helped others 2 times"}
    assert roles(helped[0], helped[0]) == {}
