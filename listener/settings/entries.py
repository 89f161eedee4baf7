"""factsheet.toml and replies.toml: lists of entries with ids of their own."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from listener import lexicon
from listener.errors import Problem
from listener.policy import Fact, Policy, SavedReply, Variant
from listener.settings.files import Source
from listener.settings.scalars import ConfigLocation
from listener.settings.schema import build, collect_faults, convert, suggest, unknown_key_problems

Entry = TypeVar("Entry", Fact, Variant, SavedReply)
Wording = dict[str, tuple[Variant, ...]]
NO_KIND = ("variables", "saved")  # tables of replies.toml that are no kind of reply


def phrase(text: str, spot: ConfigLocation) -> None:
    """Nothing, if the text is words separated by blanks with `*` only where a phrase takes it. Raises ConfigError."""
    if wrong := lexicon.fault(text):
        raise spot.fault(
            f"{wrong}: {text!r}", "write words separated by blanks; * ends a word, and is no regular expression"
        )


def each(
    faults: list[Problem], texts: Iterable[str], spot: ConfigLocation, check: Callable[[str, ConfigLocation], object]
) -> None:
    """Check every text at this spot."""
    for text in texts:
        collect_faults(faults, check, text, spot)


def filled(text: str, spot: ConfigLocation) -> None:
    """Nothing, if there is more than blanks in the text. Raises ConfigError."""
    if not text.strip(" @"):
        raise spot.fault("contains an empty text", "fill it in, or remove it")


def read_facts(source: Source, faults: list[Problem]) -> tuple[Fact, ...]:
    """factsheet.toml: [[fact]] tables with unique ids."""
    if source.table is None:
        return ()
    faults += unknown_key_problems(source.table, ["fact"], source.spot)
    facts = _tables(source, "fact", Fact, faults)
    for fact, spot in facts:
        _check_fact(fact, spot, faults)
    return tuple(fact for fact, _ in facts)


def _check_fact(fact: Fact, spot: ConfigLocation, faults: list[Problem]) -> None:
    for key in ("statement", "source", "owner"):
        collect_faults(faults, filled, getattr(fact, key), spot.at(key))
    if fact.checked > fact.expires:
        faults.append(Problem(str(spot.at("expires")), "lies before checked", "correct the dates"))
    if not fact.claims + fact.questions:
        faults.append(Problem(str(spot), "has neither claims nor questions", "add one, or remove the fact"))
    each(faults, fact.claims, spot.at("claims"), phrase)
    each(faults, fact.questions, spot.at("questions"), phrase)


def read_replies(source: Source, faults: list[Problem]) -> tuple[dict[str, str], Wording, tuple[SavedReply, ...]]:
    """replies.toml: [variables], [[KIND]] tables with ids unique within their kind, and [[saved]] texts."""
    if source.table is None:
        return {}, {}, ()
    spot = source.spot
    variables = collect_faults(
        faults, convert, Mapping[str, str], source.table.get("variables", {}), spot.inside("variables")
    )
    wording = {kind: _tables(source, kind, Variant, faults) for kind in source.table if kind not in NO_KIND}
    for variant, at in (one for variants in wording.values() for one in variants):
        collect_faults(faults, filled, variant.text, at.at("text"))
        each(faults, variant.when, at.at("when"), _cue)
    saved = _tables(source, "saved", SavedReply, faults)
    for one, at in saved:
        collect_faults(faults, filled, one.text, at.at("text"))
    made = {kind: tuple(variant for variant, _ in variants) for kind, variants in wording.items()}
    return variables or {}, made, tuple(one for one, _ in saved)


def check_saved(saved: Iterable[SavedReply], policy: Policy, source: Source, faults: list[Problem]) -> None:
    """A saved text of a kind that the policy does not name could never be inserted."""
    kinds = [one.kind for one in policy.responders]
    for one in saved:
        faults += unknown_key_problems(
            dict.fromkeys(one.kinds), kinds, replace(source.spot, table=f"[[saved]] {one.id} kinds")
        )


def _cue(name: str, spot: ConfigLocation) -> None:
    if name not in lexicon.cues():
        raise spot.fault(f"names an unknown cue: {name!r}", suggest(name, lexicon.cues()))


def _tables(source: Source, name: str, shape: type[Entry], faults: list[Problem]) -> list[tuple[Entry, ConfigLocation]]:
    """The entries of [[NAME]] that are in order, each with its spot; their ids are unique."""
    tables = (source.table or {}).get(name, [])
    if not isinstance(tables, list):
        faults.append(Problem(str(source.spot.at(name)), "is no list of tables", f"write [[{name}]] above each entry"))
        return []
    made: list[tuple[Entry, ConfigLocation]] = []
    ids: set[str] = set()
    for n, table in enumerate(tables, 1):
        named = table.get("id") if isinstance(table, dict) else None
        spot = replace(source.spot, table=f"[[{name}]] {named if isinstance(named, str) else n}")
        entry = collect_faults(faults, build, shape, table, spot)
        if entry is not None:
            collect_faults(faults, _new_id, entry.id, ids, spot.at("id"))
            made.append((entry, spot))
    return made


def _new_id(name: str, ids: set[str], spot: ConfigLocation) -> None:
    if not name.strip() or name in ids:
        raise spot.fault("is used twice" if name in ids else "is empty", "give every entry an id of its own")
    ids.add(name)
