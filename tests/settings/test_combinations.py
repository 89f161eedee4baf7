"""Texts made of parts: every combination once, in an order in which neighbours differ, and no text nobody wrote."""

from itertools import pairwise
from typing import Any

import pytest

from listener.errors import ConfigError
from listener.settings import read_policy
from listener.settings.combinations import Wording, expand
from listener.settings.policy import POLICY_FILES
from tests.factories import CONFIG


def _parts(*sizes: int) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(f"{place}{number}." for number in range(size)) for place, size in zip("abc", sizes, strict=False)
    )


@pytest.mark.parametrize("sizes", [(1, 1), (4, 3), (4, 4), (2, 4), (3, 2, 2), (4, 2, 4), (5,)])
def test_every_combination_once(sizes: tuple[int, ...]) -> None:
    """Whatever the numbers have in common."""
    variants = expand(Wording("late", _parts(*sizes)))
    total = 1
    for size in sizes:
        total *= size
    assert len({variant.text for variant in variants}) == len({variant.id for variant in variants}) == total
    assert all(variant.id.count(":") == len(sizes) for variant in variants)


def test_neighbours_differ_in_every_part() -> None:
    """The key for the next wording shows another opening and another step."""
    for first, second in pairwise(expand(Wording("late", _parts(4, 3)))):
        assert set(first.text.split()).isdisjoint(second.text.split())


def test_a_plain_text_is_a_variant_as_it_stands() -> None:
    """With its id and its short form."""
    (variant,) = expand(Wording("plain", "Thank you!", "Thanks!", ("thanks",)))
    assert (variant.id, variant.text, variant.short, variant.when) == ("plain", "Thank you!", "Thanks!", ("thanks",))


def _read(entry: str) -> Any:
    texts = {name: (CONFIG / name).read_text(encoding="utf-8") for name in POLICY_FILES}
    return read_policy(texts | {"replies.toml": texts["replies.toml"] + "\n[[support]]\n" + entry})


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        ('id = "a:b"\ntext = "Hello."', "contains ':'"),
        ('id = "a"\ntext = []', "has a part without a text"),
        ('id = "a"\ntext = [["Hello."], []]', "has a part without a text"),
        ('id = "a"\ntext = [["Hello.", "  "], ["You."]]', "empty text"),
        (f'id = "a"\ntext = [{list("abcdefghijklmnop")}, {list("abcdefghijklmnop")}]'.replace("'", '"'), "makes 256"),
    ],
)
def test_what_makes_no_text_or_too_many_is_one_line(entry: str, what: str) -> None:
    """With file and entry."""
    with pytest.raises(ConfigError) as caught:
        _read(entry)
    assert [what in problem.what for problem in caught.value.problems] == [True]
    assert "replies.toml" in caught.value.problems[0].where
