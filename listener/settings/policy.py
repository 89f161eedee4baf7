"""policy.toml, factsheet.toml and replies.toml as one frozen Policy."""

import hashlib
import importlib
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from listener import lexicon
from listener.errors import ConfigError, Problem
from listener.policy import Auto, Autonomy, Brand, Holds, Limits, Policy, ResponderConfig
from listener.settings import values
from listener.settings.entries import check_saved, each, filled, phrase, read_facts, read_replies
from listener.settings.files import Source, parse
from listener.settings.hours import parse_window
from listener.settings.scalars import ConfigLocation
from listener.settings.schema import build, collect_faults, convert, suggest, unknown_key_problems

POLICY, FACTS, REPLIES = "policy.toml", "factsheet.toml", "replies.toml"
POLICY_FILES = (POLICY, FACTS, REPLIES)
SHARES = ("sample_rate", "similarity_threshold", "spike_share")
NAME = re.compile(r"[a-z][a-z0-9_]*")


NO_BRAND = Brand("")  # of a file without [brand]; `check` says what that costs


@dataclass(frozen=True)
class _Staff:
    names: tuple[str, ...] = ()
    needs_second_approval: tuple[str, ...] = ()
    signatures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Hours:
    quiet: tuple[str, ...] = ()
    business: tuple[str, ...] = ()
    holidays: tuple[date, ...] = ()


@dataclass(frozen=True)
class _Links:
    allow: tuple[str, ...] = ()


@dataclass(frozen=True)
class _PolicyFile:
    brand: Brand = NO_BRAND
    timezone: str = "UTC"
    languages: tuple[str, ...] = ("en",)
    undo_seconds: float = 10.0
    staff: _Staff = _Staff()
    responders: Mapping[str, Any] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    autonomy: Autonomy = field(default_factory=Autonomy)
    holds: Holds = field(default_factory=Holds)
    hours: _Hours = _Hours()
    links: _Links = _Links()
    cues: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lexicon: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class _ResponderKeys:
    auto: Auto = "never"
    due: timedelta | None = None


def read_policy(texts: Mapping[str, str]) -> Policy:
    """A Policy from the texts of its three files, as `Policy.texts` keeps them. Raises ConfigError."""
    faults = [Problem(name, "is missing", "give all three files") for name in POLICY_FILES if name not in texts]
    sources: dict[str, Source] = {}
    for name in set(POLICY_FILES) & set(texts):
        sources[name], found = parse(name, texts[name], Path(), own=False)
        faults += found
    policy = None if faults else build_policy(sources, faults)
    if policy is None or faults:
        raise ConfigError(faults)
    return policy


def build_policy(sources: Mapping[str, Source], faults: list[Problem]) -> Policy | None:
    """The Policy of three sources, or None with its faults added to the list."""
    rules = _rules(sources[POLICY], faults)
    facts = read_facts(sources[FACTS], faults)
    variables, wording, saved = read_replies(sources[REPLIES], faults)
    if sources[REPLIES].own and rules is not None:
        kinds = [one.kind for one in rules.responders]
        faults += unknown_key_problems(wording, kinds, sources[REPLIES].spot)
    if rules is None:
        return None
    if sources[REPLIES].own:
        check_saved(saved, rules, sources[REPLIES], faults)
    texts = {name: sources[name].text for name in POLICY_FILES}
    return replace(
        rules, facts=facts, wording=wording, variables=variables, saved=saved, texts=texts, hash=_hash(texts)
    )


def load_responder(kind: str) -> ModuleType:
    """The module responders/KIND.py. Raises ConfigError."""
    name = f"responders.{kind}"
    spot = ConfigLocation(POLICY, table=name)
    package = importlib.import_module("responders")
    known = {module.name for module in pkgutil.iter_modules(package.__path__)}
    module = importlib.import_module(name) if kind in known and NAME.fullmatch(kind) else None
    if module is None or not callable(getattr(module, "respond", None)):
        raise spot.fault("there is no responder of this name", suggest(kind, known - {"wording"}))
    return module


def _rules(source: Source, faults: list[Problem]) -> Policy | None:
    """What policy.toml says; facts and wording are still empty."""
    if source.table is None:
        return None
    spot, before = source.spot, len(faults)
    file = collect_faults(faults, build, _PolicyFile, source.table, spot) or _readable(source.table, spot)
    responders = [collect_faults(faults, _responding, kind, table, spot) for kind, table in file.responders.items()]
    hours = spot.inside("hours")
    quiet, business = (
        tuple(
            collect_faults(faults, parse_window, one, hours.at(f"{name}[{n}]"))
            for n, one in enumerate(getattr(file.hours, name), 1)
        )
        for name in ("quiet", "business")
    )
    _check_rules(file, spot, faults)
    if len(faults) > before:
        return None
    return Policy(
        brand=replace(file.brand, handles=tuple(handle.lstrip("@") for handle in file.brand.handles)),
        languages=file.languages,
        responders=tuple(one for one in responders if one),
        facts=(),
        wording={},
        variables={},
        links=tuple(host.lower() for host in file.links.allow),
        lexicon=lexicon.valence() | {word.lower(): value for word, value in file.lexicon.items()},
        cues={name: (*shipped, *file.cues.get(name, ())) for name, shipped in lexicon.cues().items()},
        limits=file.limits,
        autonomy=file.autonomy,
        holds=file.holds,
        timezone=file.timezone,
        quiet=tuple(one for one in quiet if one),
        business=tuple(one for one in business if one),
        holidays=frozenset(file.hours.holidays),
        staff=file.staff.names,
        needs_second_approval=file.staff.needs_second_approval,
        signatures=file.staff.signatures,
        undo=timedelta(seconds=file.undo_seconds),
    )


def _readable(table: Mapping[str, Any], spot: ConfigLocation) -> _PolicyFile:
    """The keys that are in order, so that a fault in one does not hide a fault inside another."""
    hints = {one.name: one.type for one in fields(_PolicyFile)}
    good = {"brand": {"name": "?"}}
    for key in set(table) & set(hints):
        if collect_faults([], build, _PolicyFile, {**good, key: table[key]}, spot):
            good[key] = table[key]
    return build(_PolicyFile, good, spot)


def _responding(kind: str, table: object, spot: ConfigLocation) -> ResponderConfig:
    """One [responders.KIND]: auto, due, and the keys of the module's Options."""
    spot = spot.inside(f"responders.{kind}")
    shape = getattr(load_responder(kind), "Options", None)
    own = {one.name for one in fields(_ResponderKeys)}
    if not isinstance(table, dict):
        return convert(_ResponderKeys, table, spot)  # type: ignore[no-any-return]
    asked = {one.name for one in fields(shape)} if shape else set()
    faults = unknown_key_problems(table, own | asked, spot)
    how = collect_faults(faults, build, _ResponderKeys, {key: table[key] for key in own & set(table)}, spot)
    options = (
        collect_faults(faults, build, shape, {key: table[key] for key in asked & set(table)}, spot) if shape else None
    )
    if faults or how is None:
        raise ConfigError(faults)
    return ResponderConfig(kind, how.auto, how.due, options)


def _check_rules(file: _PolicyFile, spot: ConfigLocation, faults: list[Problem]) -> None:
    """What types do not catch in policy.toml."""
    collect_faults(faults, values.timezone, file.timezone, spot.at("timezone"))
    collect_faults(faults, values.undo, file.undo_seconds, spot.at("undo_seconds"))
    each(faults, file.languages, spot.at("languages"), values.language)
    each(faults, file.brand.terms, spot.inside("brand").at("terms"), phrase)
    if file.brand != NO_BRAND:
        each(faults, (file.brand.name, *file.brand.handles), spot.inside("brand"), filled)
    _check_staff(file, spot.inside("staff"), faults)
    each(faults, file.links.allow, spot.inside("links").at("allow"), values.host)
    cues = spot.inside("cues")
    faults += unknown_key_problems(file.cues, lexicon.cues(), cues)
    for name, phrases in file.cues.items():
        each(faults, phrases, cues.at(name), phrase)
    _check_bounds(file, spot, faults)
    for word, value in file.lexicon.items():
        collect_faults(faults, values.scored, word, value, spot.inside("lexicon").at(word))


def _check_bounds(file: _PolicyFile, spot: ConfigLocation, faults: list[Problem]) -> None:
    """Shares lie between 0 and 1, counts are no less than nothing, and a record of none is no record."""
    for name, table in (("autonomy", file.autonomy), ("holds", file.holds)):
        for one in fields(table):
            value, at = getattr(table, one.name), spot.inside(name).at(one.name)
            least = 1 if (name, one.name) in (("autonomy", "min_reviews"), ("holds", "spike_factor")) else 0
            if one.name in SHARES and not 0 <= value <= 1:
                faults.append(Problem(str(at), f"is no share: {value}", "write a number from 0 to 1"))
            elif isinstance(value, int | float) and value < least:
                faults.append(Problem(str(at), f"is too small: {value}", f"write {least} or more"))


def _check_staff(file: _PolicyFile, spot: ConfigLocation, faults: list[Problem]) -> None:
    """Names, and what hangs on them: with one name only, nobody could be the second."""
    staff = file.staff
    each(faults, staff.names, spot.at("names"), filled)
    collect_faults(faults, values.staff, staff.names, spot.at("names"))
    if staff.needs_second_approval and len(staff.names) < 2:
        faults.append(
            Problem(str(spot.at("needs_second_approval")), "needs two names", "write them in names, or leave it out")
        )
    for name in staff.needs_second_approval:
        how = file.responders.get(name)
        if isinstance(how, dict) and how.get("auto", "never") != "never":
            what = f"{name} goes out by itself and needs two names"
            faults.append(
                Problem(str(spot.at("needs_second_approval")), what, f'set auto = "never" in [responders.{name}]')
            )
    signatures = spot.inside("signatures")
    faults += unknown_key_problems(staff.signatures, staff.names, signatures) if staff.names else []
    for name, text in staff.signatures.items():
        collect_faults(faults, values.signature, text, signatures.at(name))


def _hash(texts: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for name in POLICY_FILES:
        digest.update(f"{name}\0{texts[name]}\0".encode())
    return digest.hexdigest()
