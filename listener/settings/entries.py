"""Read factsheet.toml and replies.toml: lists of entries with ids of their own."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import chain
from typing import TypeVar

from listener import lexicon
from listener.errors import Problem
from listener.policy import Fact, Policy, SavedReply, Variant
from listener.settings.files import Source
from listener.settings.scalars import ConfigLocation
from listener.settings.schema import build, collect_faults, convert, suggest, unknown_key_problems

Entry = TypeVar("Entry", Fact, Variant, SavedReply)
Wording = dict[str, tuple[Variant, ...]]
OTHER_TABLES = ("variables", "saved")  # tables of replies.toml that are not kinds of reply


def phrase(text: str, spot: ConfigLocation) -> None:
    """Require words separated by blanks, with `*` only where a phrase takes it. Raises ConfigError."""
    if wrong := lexicon.fault(text):
        raise spot.fault(
            f"{wrong}: {text!r}", "write words separated by blanks; * ends a word, and is not a regular expression"
        )


def each(
    faults: list[Problem], texts: Iterable[str], spot: ConfigLocation, check: Callable[[str, ConfigLocation], object]
) -> None:
    """Check every text at this location."""
    for text in texts:
        collect_faults(faults, check, text, spot)


def filled(text: str, spot: ConfigLocation) -> None:
    """Require more than blanks in the text. Raises ConfigError."""
    if not text.strip(" @"):
        raise spot.fault("contains an empty text", "fill it in, or remove it")


def read_facts(source: Source, faults: list[Problem]) -> tuple[Fact, ...]:
    """Read factsheet.toml: [[fact]] tables with unique ids."""
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
        faults.append(Problem(str(spot.at("expires")), "is before checked", "correct the dates"))
    if not fact.claims + fact.questions:
        faults.append(Problem(str(spot), "has neither claims nor questions", "add one, or remove the fact"))
    each(faults, fact.claims, spot.at("claims"), phrase)
    each(faults, fact.questions, spot.at("questions"), phrase)


def read_replies(source: Source, faults: list[Problem]) -> tuple[dict[str, str], Wording, tuple[SavedReply, ...]]:
    """Read replies.toml: [variables], [[KIND]] tables with ids unique within their kind, and [[saved]] texts."""
    if source.table is None:
        return {}, {}, ()
    spot = source.spot
    variables = collect_faults(
        faults, convert, Mapping[str, str], source.table.get("variables", {}), spot.inside("variables")
    )
    wording = {kind: _tables(source, kind, Variant, faults) for kind in source.table if kind not in OTHER_TABLES}
    for variant, location in chain.from_iterable(wording.values()):
        collect_faults(faults, filled, variant.text, location.at("text"))
        each(faults, variant.when, location.at("when"), _cue)
    saved = _tables(source, "saved", SavedReply, faults)
    for reply, location in saved:
        collect_faults(faults, filled, reply.text, location.at("text"))
    by_kind = {kind: tuple(variant for variant, _ in variants) for kind, variants in wording.items()}
    return variables or {}, by_kind, tuple(reply for reply, _ in saved)


def check_saved(saved: Iterable[SavedReply], policy: Policy, source: Source, faults: list[Problem]) -> None:
    """Check the kinds of saved replies: one of a kind that the policy does not name could never be inserted."""
    kinds = [responder.kind for responder in policy.responders]
    for reply in saved:
        location = replace(source.spot, table=f"[[saved]] {reply.id} kinds")
        faults += unknown_key_problems(dict.fromkeys(reply.kinds), kinds, location)


def _cue(name: str, spot: ConfigLocation) -> None:
    if name not in lexicon.cues():
        raise spot.fault(f"names an unknown cue: {name!r}", suggest(name, lexicon.cues()))


def _tables(source: Source, name: str, shape: type[Entry], faults: list[Problem]) -> list[tuple[Entry, ConfigLocation]]:
    """Return the valid entries of [[NAME]], each with its location; their ids are unique."""
    tables = (source.table or {}).get(name, [])
    if not isinstance(tables, list):
        faults.append(
            Problem(str(source.spot.at(name)), "is not a list of tables", f"write [[{name}]] above each entry")
        )
        return []
    entries: list[tuple[Entry, ConfigLocation]] = []
    ids: set[str] = set()
    for n, table in enumerate(tables, 1):
        named = table.get("id") if isinstance(table, dict) else None
        spot = replace(source.spot, table=f"[[{name}]] {named if isinstance(named, str) else n}")
        entry = collect_faults(faults, build, shape, table, spot)
        if entry is not None:
            collect_faults(faults, _new_id, entry.id, ids, spot.at("id"))
            entries.append((entry, spot))
    return entries


def _new_id(name: str, ids: set[str], spot: ConfigLocation) -> None:
    if not name.strip() or name in ids:
        raise spot.fault("is used twice" if name in ids else "is empty", "give every entry its own id")
    ids.add(name)
