"""Checks a TOML table against a frozen dataclass by its type hints. Every fault is told; one never hides another."""

import difflib
import re
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from listener.errors import ConfigError, Problem
from listener.settings.scalars import SCALARS, TYPE_NAMES, ConfigLocation, WrongType, mistyped, show

T = TypeVar("T")

NEVER_NEGATIVE = re.compile(r"_(seconds|usd|per_hour|per_day)$")
SECRET = re.compile(r"(key|secret|token|password)s?$", re.IGNORECASE)


def collect_faults(faults: list[Problem], call: Callable[..., T], *args: Any) -> T | None:
    """What call returns, or None with its faults added to the list."""
    try:
        return call(*args)
    except ConfigError as error:
        faults.extend(error.problems)
        return None


def suggest(word: str, known: Iterable[str]) -> str:
    """What to do about an unknown word: the near miss, or the list of what is known."""
    known = sorted(known)
    close = difflib.get_close_matches(word, known, 1, 0.6)
    if close:
        return f"did you mean {close[0]}?"
    return f"remove it; known here: {', '.join(known)}" if known else "remove it"


def build(shape: type[T], table: object, spot: ConfigLocation) -> T:
    """An instance of the frozen dataclass `shape` from a table. Raises ConfigError with all its faults."""
    if not isinstance(table, dict):
        raise mistyped(spot, "a table", table)
    faults = unknown_key_problems(table, (field.name for field in fields(shape)), spot)  # type: ignore[arg-type]
    hints, values = get_type_hints(shape), {}
    for field in fields(shape):  # type: ignore[arg-type]
        if field.name in table:
            values[field.name] = collect_faults(faults, _value, field.name, hints[field.name], table[field.name], spot)
        elif _required(field):
            faults.append(
                Problem(str(spot), f"{field.name} is missing", f"add {field.name} = {describe(hints[field.name])}")
            )
    if faults:
        raise ConfigError(faults)
    return shape(**values)


def unknown_key_problems(table: Mapping[str, object], known: Iterable[str], spot: ConfigLocation) -> list[Problem]:
    """A fault for each key of the table that nobody knows."""
    known = set(known)
    return [Problem(str(spot.at(key)), "is an unknown key", _mend(key, known)) for key in table if key not in known]


def convert(hint: Any, value: object, spot: ConfigLocation) -> Any:
    """The value as the type hint wants it. Raises ConfigError."""
    if hint in SCALARS:
        return SCALARS[hint](value, spot)
    if hint in (Any, object):
        return value
    if is_dataclass(hint):
        return build(hint, value, spot)  # type: ignore[arg-type]
    made = COMPOUND.get(get_origin(hint))
    if made is None:
        raise spot.fault(f"has a type that cannot be checked: {hint}", "mend the module that declares it")
    return made(hint, value, spot)


def describe(hint: Any) -> str:
    """A type hint in an operator's words."""
    if get_origin(hint) is Literal:
        return " or ".join(show(value) for value in get_args(hint))
    if get_origin(hint) in (Union, types.UnionType):
        return " or ".join(describe(member) for member in get_args(hint))
    if get_origin(hint) is tuple:
        return f"a list of {describe(get_args(hint)[0])}"
    return TYPE_NAMES.get(hint, "a table")


def _required(field: "Field[Any]") -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _mend(key: str, known: set[str]) -> str:
    if SECRET.search(key) and not difflib.get_close_matches(key, known, 1, 0.8):
        return "remove it: secrets come from the environment or from files, never from TOML"
    return suggest(key, known)


def _value(name: str, hint: Any, value: object, spot: ConfigLocation) -> Any:
    inner = spot.inside(name) if isinstance(value, dict) else spot.at(name)
    made = convert(hint, value, inner)
    if isinstance(made, (int, float)) and made < 0 and NEVER_NEGATIVE.search(name):
        raise inner.fault(f"is negative: {made}", "write 0 or more")
    return made


def _literal(hint: Any, value: object, spot: ConfigLocation) -> Any:
    for known in get_args(hint):
        if type(known) is type(value) and known == value:
            return value
    raise mistyped(spot, describe(hint), value)


def _union(hint: Any, value: object, spot: ConfigLocation) -> Any:
    for member in get_args(hint):
        if member is types.NoneType and str in get_args(hint):
            continue  # "none" is then a text like any other
        try:
            return convert(member, value, spot)
        except WrongType:
            continue
    raise mistyped(spot, describe(hint), value)


def _items(hint: Any, value: object, spot: ConfigLocation) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise mistyped(spot, describe(hint), value)
    faults: list[Problem] = []
    made = [
        collect_faults(faults, convert, get_args(hint)[0], one, spot.at(f"{spot.key}[{n}]"))
        for n, one in enumerate(value, 1)
    ]
    if faults:
        raise ConfigError(faults)
    return tuple(made)


def _mapping(hint: Any, value: object, spot: ConfigLocation) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise mistyped(spot, "a table", value)
    faults: list[Problem] = []
    made = {key: collect_faults(faults, _value, key, get_args(hint)[1], one, spot) for key, one in value.items()}
    if faults:
        raise ConfigError(faults)
    return made


COMPOUND: dict[Any, Callable[[Any, object, ConfigLocation], Any]] = {
    Literal: _literal,
    Union: _union,
    types.UnionType: _union,
    tuple: _items,
    Mapping: _mapping,
}
