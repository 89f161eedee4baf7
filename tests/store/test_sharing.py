"""Which daemon should lead what: everything is led, the load becomes even, and nothing moves to and fro."""

from collections.abc import Mapping
from random import Random

import pytest

from listener.store.sharing import plan

PARTS = ("platform mastodon", "platform x", "route", "upkeep")
Leads = dict[str, set[str]]


def settle(able: Mapping[str, tuple[str, ...]], leads: Leads, order: list[str]) -> int:
    """Let the daemons do what they should, one after the other, until nobody does anything; returns the moves."""
    for moves in range(100):
        done = [name for name in order if _act(name, able, leads)]
        if not done:
            return moves
    raise AssertionError(f"it never ends: {leads}")


def _act(name: str, able: Mapping[str, tuple[str, ...]], leads: Leads) -> bool:
    todo = plan(name, able, leads, ())
    leads[name] |= set(todo.take)
    leads[name] -= {todo.give}
    return bool(todo.take or todo.give)


@pytest.mark.parametrize("seed", range(20))
def test_all_is_led_once_and_evenly_from_wherever_it_began(seed: int) -> None:
    """Some lead too much, some nothing, some parts are free; the daemons act in any order."""
    rng = Random(seed)
    names = [f"d{number}" for number in range(rng.randint(1, 4))]
    leads: Leads = {name: set() for name in names}
    for part in PARTS:
        if rng.random() < 0.7:
            leads[rng.choice(names)].add(part)
    settle(dict.fromkeys(names, PARTS), leads, rng.sample(names, len(names)))
    assert sorted(part for parts in leads.values() for part in parts) == sorted(PARTS)
    sizes = [len(parts) for parts in leads.values()]
    assert max(sizes) - min(sizes) <= 1


def test_a_daemon_without_a_platform_is_never_given_it() -> None:
    """Its configuration lacks it: the others lead more than their share, and keep it."""
    leads: Leads = {"a": set(PARTS), "b": set()}
    settle({"a": PARTS, "b": ("upkeep",)}, leads, ["a", "b"])
    assert leads == {"a": set(PARTS) - {"upkeep"}, "b": {"upkeep"}}


def test_the_platforms_stay_where_they_are_as_long_as_something_else_can_move() -> None:
    """Who they are, and how fast they may be called, is known in the memory of the daemon that leads them."""
    assert plan("a", {"a": PARTS, "b": PARTS}, {"a": PARTS}, ()).give == "upkeep"


def test_what_another_daemon_should_take_and_does_not_is_taken_after_all() -> None:
    """It lives, but something keeps it from taking."""
    able = {"a": PARTS, "b": PARTS}
    assert plan("a", able, {"a": ("route",), "b": ()}, ()).take == ("platform x",)
    assert "platform mastodon" in plan("a", able, {"a": ("route",), "b": ()}, PARTS).take
