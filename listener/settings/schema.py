"""Check a TOML table against a frozen dataclass by its type hints; report every fault, hiding none."""

import difflib
import re
import types
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from listener.errors import ConfigError, Problem
from listener.settings.scalars import SCALARS, TYPE_NAMES, ConfigLocation, WrongType, mistyped, show

T = TypeVar("T")

NEVER_NEGATIVE = re.compile(r"_(seconds|usd|per_hour|per_day)$")
NEAR = 0.65  # likeness of a misspelt name; below it the suggestion is a riddle: refundish, english
NEAR_PART = 0.8  # of a part of a name
SHORTEST_PART = 4  # letters of a part that says something
LISTED = 12  # names that a message can list
SECRET = re.compile(r"(key|secret|token|password)s?$", re.IGNORECASE)


def collect_faults(faults: list[Problem], call: Callable[..., T], *args: object) -> T | None:
    """Return what the call returns, or None with its faults added to the list."""
    try:
        return call(*args)
    except ConfigError as error:
        faults.extend(error.problems)
        return None


def suggest(word: str, known: Iterable[str]) -> str:
    """Advise on an unknown word: suggest the near miss, or those that share a part of it, or list the known words."""
    known = sorted(known)
    close = difflib.get_close_matches(word, known, 1, NEAR) or [name for name in known if _shares_part(word, name)]
    if close:
        return f"did you mean {' or '.join(close[:LISTED])}?"
    if len(known) > LISTED:
        return f"remove it; {len(known)} names are known here, such as {', '.join(known[:3])}"
    return f"remove it; known here: {', '.join(known)}" if known else "remove it"


def _shares_part(word: str, name: str) -> bool:
    """Return True when a part of the name, between `_`, is nearly a part of the word: refundish, about_refund."""
    parts = [part for part in name.split("_") if len(part) >= SHORTEST_PART]
    return any(difflib.get_close_matches(part, parts, 1, NEAR_PART) for part in word.split("_"))


def build(shape: type[T], table: object, location: ConfigLocation) -> T:
    """Build the frozen dataclass `shape` from a table. Raises ConfigError with all its faults."""
    if not isinstance(table, dict):
        raise mistyped(location, "a table", table)
    faults = unknown_key_problems(table, (key_of(field.name) for field in fields(shape)), location)  # type: ignore[arg-type]
    hints, values = _read_hints(shape), {}  # type: ignore[arg-type]
    for field in fields(shape):  # type: ignore[arg-type]
        key = key_of(field.name)
        if key in table:
            values[field.name] = collect_faults(faults, _convert_field, key, hints[field.name], table[key], location)
        elif _is_required(field):
            faults.append(Problem(str(location), f"{key} is missing", f"add {key} = {describe(hints[field.name])}"))
    if faults:
        raise ConfigError(faults)
    return shape(**values)


def key_of(name: str) -> str:
    """Return the key of a field: a name that Python reserves, such as `from`, has a `_` behind it."""
    return name.removesuffix("_")


@cache
def _read_hints(shape: Hashable) -> dict[str, object]:
    """Return the type hints of a class, evaluated once: a configuration has the same shape many times."""
    return get_type_hints(shape)


def unknown_key_problems(table: Mapping[str, object], known: Iterable[str], location: ConfigLocation) -> list[Problem]:
    """Return a fault for each unknown key of the table."""
    known = set(known)
    return [
        Problem(str(location.at(key)), "is an unknown key", _advise(key, known)) for key in table if key not in known
    ]


def convert(hint: object, value: object, location: ConfigLocation) -> Any:
    """Return the value as the type hint requires it. Raises ConfigError."""
    if hint in SCALARS:
        return SCALARS[hint](value, location)
    if hint in (Any, object):
        return value
    if is_dataclass(hint):
        return build(hint, value, location)  # type: ignore[arg-type]
    converter = COMPOUND.get(get_origin(hint))
    if converter is None:
        raise location.as_error(f"has a type that cannot be checked: {hint}", "correct the module that declares it")
    return converter(hint, value, location)


def describe(hint: object) -> str:
    """Return a type hint in an operator's words."""
    if get_origin(hint) is Literal:
        return " or ".join(show(value) for value in get_args(hint))
    if get_origin(hint) in (Union, types.UnionType):
        return " or ".join(describe(member) for member in get_args(hint))
    if get_origin(hint) is tuple:
        return f"a list of {describe(get_args(hint)[0])}"
    return TYPE_NAMES.get(hint, "a table")


def _is_required(field: "Field[Any]") -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _advise(key: str, known: set[str]) -> str:
    if SECRET.search(key) and not difflib.get_close_matches(key, known, 1, 0.8):
        return "remove it: secrets come from the environment or from files, never from TOML"
    return suggest(key, known)


def _convert_field(name: str, hint: object, value: object, location: ConfigLocation) -> object:
    inner = location.inside(name) if isinstance(value, dict) else location.at(name)
    converted = convert(hint, value, inner)
    if isinstance(converted, (int, float)) and converted < 0 and NEVER_NEGATIVE.search(name):
        raise inner.as_error(f"is negative: {converted}", "write 0 or more")
    return converted


def _convert_literal(hint: object, value: object, location: ConfigLocation) -> object:
    for known in get_args(hint):
        if type(known) is type(value) and known == value:
            return value
    raise mistyped(location, describe(hint), value)


def _convert_union(hint: object, value: object, location: ConfigLocation) -> object:
    for member in get_args(hint):
        if member is types.NoneType and str in get_args(hint):
            continue  # "none" is then a text like any other
        try:
            return convert(member, value, location)
        except WrongType:
            continue
    raise mistyped(location, describe(hint), value)


def _convert_list(hint: object, value: object, location: ConfigLocation) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise mistyped(location, describe(hint), value)
    faults: list[Problem] = []
    items = [
        collect_faults(faults, convert, get_args(hint)[0], item, location.at(f"{location.key}[{n}]"))
        for n, item in enumerate(value, 1)
    ]
    if faults:
        raise ConfigError(faults)
    return tuple(items)


def _convert_mapping(hint: object, value: object, location: ConfigLocation) -> dict[str, object]:
    if not isinstance(value, dict):
        raise mistyped(location, "a table", value)
    faults: list[Problem] = []
    member = get_args(hint)[1]
    table = {key: collect_faults(faults, _convert_field, key, member, item, location) for key, item in value.items()}
    if faults:
        raise ConfigError(faults)
    return table


COMPOUND: dict[object, Callable[[object, object, ConfigLocation], object]] = {
    Literal: _convert_literal,
    Union: _convert_union,
    types.UnionType: _convert_union,
    tuple: _convert_list,
    Mapping: _convert_mapping,
}
