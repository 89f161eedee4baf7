"""Read factsheet.toml and replies.toml: lists of entries with ids of their own."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import chain
from typing import TypeVar

from listener import lexicon
from listener.errors import Problem
from listener.policy import Fact, Policy, SavedReply, Variant
from listener.settings.combinations import Wording as WordingEntry
from listener.settings.combinations import expand, require_parts
from listener.settings.files import Source
from listener.settings.scalars import ConfigLocation
from listener.settings.schema import build, collect_faults, convert, suggest, unknown_key_problems

Entry = TypeVar("Entry", Fact, WordingEntry, SavedReply)
Wording = dict[str, tuple[Variant, ...]]
OTHER_TABLES = ("variables", "private", "saved")  # tables of replies.toml that are not kinds of reply


def require_phrase(text: str, location: ConfigLocation) -> None:
    """Require words separated by blanks, with `*` only where a phrase takes it. Raises ConfigError."""
    _require_sound(lexicon.plain_fault(text), text, location)


def require_cue_phrase(text: str, location: ConfigLocation) -> None:
    """Require a phrase that may have groups: `(very) good`. Raises ConfigError."""
    _require_sound(lexicon.fault(text), text, location)


def _require_sound(wrong: str | None, text: str, location: ConfigLocation) -> None:
    if wrong:
        raise location.as_error(
            f"{wrong}: {text!r}", "write words separated by blanks; * ends a word, and is not a regular expression"
        )


def require_sense(text: str, location: ConfigLocation) -> None:
    """Require a phrase of a need, and conditions behind it that can hold. Raises ConfigError."""
    if wrong := lexicon.need_fault(text):
        raise location.as_error(f"{wrong}: {text!r}", "write `words : then you or <n>; not after if`, or words alone")


def require_member(text: str, location: ConfigLocation) -> None:
    """Require the name of a group and a phrase of it, also in each of its variants. Raises ConfigError."""
    require_cue_phrase(text, location)
    if any(len(variant.split()) < 2 for variant in lexicon.expand(text)):
        raise location.as_error(f"has no word behind the group: {text!r}", "write the group, then a word of it")


def require_pair(text: str, location: ConfigLocation) -> None:
    """Require two words: what stands for what. Raises ConfigError."""
    if len(text.split()) != 2:
        raise location.as_error(f"is not two words: {text!r}", "write two words separated by a blank")


def require_class_word(text: str, location: ConfigLocation) -> None:
    """Require the name of a class and a word of it, also in each of its variants. Raises ConfigError."""
    require_cue_phrase(text, location)
    for variant in lexicon.expand(text):
        require_pair(variant, location)


# lists of [cues] whose entries are more than phrases; those of needs are, too
ENTRY_CHECKS = {"synonyms": require_member, "classes": require_class_word, "lookalike_letters": require_pair}


def find_entry_check(cue: str) -> Callable[[str, ConfigLocation], None]:
    """Return what each entry of a list of [cues] must pass."""
    return ENTRY_CHECKS.get(cue, require_sense if cue.startswith("need_") else require_cue_phrase)


def check_each(
    faults: list[Problem],
    texts: Iterable[str],
    location: ConfigLocation,
    check: Callable[[str, ConfigLocation], object],
) -> None:
    """Check every text at this location."""
    for text in texts:
        collect_faults(faults, check, text, location)


def require_text(text: str, location: ConfigLocation) -> None:
    """Require more than blanks in the text. Raises ConfigError."""
    if not text.strip(" @"):
        raise location.as_error("contains an empty text", "fill it in, or remove it")


def read_facts(source: Source, faults: list[Problem]) -> tuple[Fact, ...]:
    """Read factsheet.toml: [[fact]] tables with unique ids."""
    if source.table is None:
        return ()
    faults += unknown_key_problems(source.table, ["fact"], source.location)
    facts = _read_tables(source, "fact", Fact, faults)
    for fact, location in facts:
        _check_fact(fact, location, faults)
    return tuple(fact for fact, _ in facts)


def _check_fact(fact: Fact, location: ConfigLocation, faults: list[Problem]) -> None:
    for key in ("statement", "source", "owner"):
        collect_faults(faults, require_text, getattr(fact, key), location.at(key))
    if fact.checked > fact.expires:
        faults.append(Problem(str(location.at("expires")), "is before checked", "correct the dates"))
    if fact.from_ is not None and fact.from_ >= fact.expires:
        faults.append(Problem(str(location.at("from")), "is not before expires", "correct the dates"))
    if not fact.claims + fact.questions:
        faults.append(Problem(str(location), "has neither claims nor questions", "add one, or remove the fact"))
    check_each(faults, fact.claims, location.at("claims"), require_phrase)
    check_each(faults, fact.questions, location.at("questions"), require_phrase)


def read_variables(source: Source, faults: list[Problem]) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Read [variables] of replies.toml, and [private]: other values of the same names, for a private mention."""
    shape, table, location = Mapping[str, str], source.table or {}, source.location
    public, private = (
        collect_faults(faults, convert, shape, table.get(name, {}), location.inside(name)) or {}
        for name in ("variables", "private")
    )
    faults += unknown_key_problems(private, public, location.inside("private"))
    return public, private


def read_replies(source: Source, faults: list[Problem]) -> tuple[Wording, tuple[SavedReply, ...]]:
    """Read replies.toml: [[KIND]] tables with ids unique within their kind, and [[saved]] texts."""
    if source.table is None:
        return {}, ()
    wording = {
        kind: _read_tables(source, kind, WordingEntry, faults) for kind in source.table if kind not in OTHER_TABLES
    }
    for entry, location in chain.from_iterable(wording.values()):
        collect_faults(faults, require_parts, entry, location)
        for text in entry.alternatives():
            collect_faults(faults, require_text, text, location.at("text"))
        check_each(faults, entry.when, location.at("when"), _require_cue)
    saved = _read_tables(source, "saved", SavedReply, faults)
    for reply, location in saved:
        collect_faults(faults, require_text, reply.text, location.at("text"))
    by_kind = {
        kind: tuple(chain.from_iterable(expand(entry) for entry, _ in entries)) for kind, entries in wording.items()
    }
    return by_kind, tuple(reply for reply, _ in saved)


def check_saved_replies(saved: Iterable[SavedReply], policy: Policy, source: Source, faults: list[Problem]) -> None:
    """Check the kinds of saved replies: one of a kind that the policy does not name could never be inserted."""
    kinds = [responder.kind for responder in policy.responders]
    for reply in saved:
        location = replace(source.location, table=f"[[saved]] {reply.id} kinds")
        faults += unknown_key_problems(dict.fromkeys(reply.kinds), kinds, location)


def _require_cue(name: str, location: ConfigLocation) -> None:
    if name not in (known := (*lexicon.cues(), *lexicon.FORMS)):
        raise location.as_error(f"names an unknown cue: {name!r}", suggest(name, known))


def _read_tables(
    source: Source, name: str, shape: type[Entry], faults: list[Problem]
) -> list[tuple[Entry, ConfigLocation]]:
    """Return the valid entries of [[NAME]], each with its location; their ids are unique."""
    tables = (source.table or {}).get(name, [])
    if not isinstance(tables, list):
        faults.append(
            Problem(str(source.location.at(name)), "is not a list of tables", f"write [[{name}]] above each entry")
        )
        return []
    entries: list[tuple[Entry, ConfigLocation]] = []
    ids: set[str] = set()
    for n, table in enumerate(tables, 1):
        named = table.get("id") if isinstance(table, dict) else None
        location = replace(source.location, table=f"[[{name}]] {named if isinstance(named, str) else n}")
        entry = collect_faults(faults, build, shape, table, location)
        if entry is not None:
            collect_faults(faults, _require_new_id, entry.id, ids, location.at("id"))
            entries.append((entry, location))
    return entries


def _require_new_id(name: str, ids: set[str], location: ConfigLocation) -> None:
    if not name.strip() or name in ids:
        raise location.as_error("is used twice" if name in ids else "is empty", "give every entry its own id")
    ids.add(name)
