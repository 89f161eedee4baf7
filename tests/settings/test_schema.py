"""The checker of tables against dataclasses."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

import pytest

from listener.errors import ConfigError, Problem
from listener.settings.scalars import ConfigLocation
from listener.settings.schema import build, suggest


@dataclass(frozen=True)
class Inner:
    """A nested table."""

    price: float = 0.5


@dataclass(frozen=True)
class Shape:
    """One key of every type that settings can check."""

    name: str
    budget_usd: float | Literal["none"] = 5.0
    prices: Inner = Inner()
    when: datetime | None = None
    day: date = date(2026, 1, 1)
    wait: timedelta | None = None
    label: str | None = None
    words: tuple[str, ...] = ()
    table: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def shaped(text: str) -> Shape | list[Problem]:
    """The shape of a TOML text, or its problems."""
    try:
        return build(Shape, tomllib.loads(text), ConfigLocation("f.toml"))
    except ConfigError as error:
        return error.problems


def test_checker_builds_every_type_it_knows() -> None:
    """Unions, nested tables, mappings, dates, durations; "none" is a text where a text is asked for."""
    text = 'name = "n"\nbudget_usd = "none"\nday = "2026-02-03"\nwait = "1.5h"\nlabel = "none"\nwords = ["a"]\n'
    assert shaped(text + '[prices]\nprice = 1\n[table]\nk = ["v"]\n') == Shape(
        name="n",
        budget_usd="none",
        prices=Inner(1.0),
        day=date(2026, 2, 3),
        wait=timedelta(hours=1.5),
        label="none",
        words=("a",),
        table={"k": ("v",)},
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "f.toml: name is missing"),
        ('name = "a\\u0000b"', "f.toml name: contains a NUL character"),
        ('name = ""\nbudget_usd = -1', "f.toml budget_usd: is negative: -1.0"),
        ('name = ""\nbudget_usd = "nonne"', 'f.toml budget_usd: expected a number or "none", found "nonne"'),
        (f'name = ""\nbudget_usd = {"9" * 400}', "f.toml budget_usd: is not a usable number"),
        ('name = ""\n[prices]\nprice = "1"', "f.toml [prices] price: expected a number"),
        ('name = ""\n[prices]\nprize = 1', "f.toml [prices] prize: is an unknown key; did you mean price?"),
        ('name = ""\nday = 2026-01-01T00:00:00Z', "f.toml day: expected a date"),
        ('name = ""\nwait = "-2h"', "f.toml wait: expected a duration"),
        ('name = ""\n[table]\nk = "v"', "f.toml [table] k: expected a list of text in quotes"),
    ],
)
def test_checker_tells_the_key_and_what_was_expected(text: str, told: str) -> None:
    """One problem a fault."""
    problems: Any = shaped(text)
    assert len(problems) == 1
    assert str(problems[0]).startswith(told)


@pytest.mark.parametrize(
    ("word", "advice"),
    [
        ("thankz", "did you mean thanks?"),
        ("refundish", "did you mean about_refund or need_refund?"),  # not "english", whose letters are alike by chance
        ("opinions", "remove it; 100 names are known here, such as about_refund, english, n0"),
    ],
)
def test_advice_on_an_unknown_name_is_near_and_short(word: str, advice: str) -> None:
    """[cues] knows a hundred names: the nearest of them may be a riddle, and all of them fill the screen."""
    known = ["thanks", "english", "about_refund", "need_refund"]
    assert suggest(word, [*known, *(f"n{n}" for n in range(96))] if word == "opinions" else known) == advice
