"""Read policy.toml, factsheet.toml, replies.toml and club.toml as a frozen Policy."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from pathlib import Path

from listener import lexicon
from listener.errors import ConfigError, Problem
from listener.policy import Autonomy, Brand, Holds, Limits, Policy, Reader, ResponderConfig, TimeWindow
from listener.settings import values
from listener.settings.club import read_club
from listener.settings.entries import (
    check_each,
    check_saved_replies,
    find_entry_check,
    read_facts,
    read_replies,
    read_variables,
    require_phrase,
    require_text,
)
from listener.settings.files import Source, parse
from listener.settings.hours import parse_window
from listener.settings.responders import read_responder
from listener.settings.scalars import ConfigLocation
from listener.settings.schema import build, collect_faults, unknown_key_problems

POLICY, FACTS, REPLIES, CLUB = "policy.toml", "factsheet.toml", "replies.toml", "club.toml"
POLICY_FILES = (POLICY, FACTS, REPLIES, CLUB)
LATER_FILES = {CLUB: ""}  # what policies that were stored before these files existed have in them
SHARES = (
    "sample_rate",
    "similarity_threshold",
    "spike_share",
    "doubt_below",
    "auto_from",
    "propose_from",
    "hear_from",
)


NO_BRAND = Brand("")  # of a file without [brand]; `check` notes what that costs


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
    responders: Mapping[str, object] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    autonomy: Autonomy = field(default_factory=Autonomy)
    holds: Holds = field(default_factory=Holds)
    reader: Reader = field(default_factory=Reader)
    hours: _Hours = _Hours()
    links: _Links = _Links()
    cues: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lexicon: Mapping[str, float] = field(default_factory=dict)


def read_policy(texts: Mapping[str, str]) -> Policy:
    """Return the Policy of the texts of its files, as `Policy.texts` keeps them. Raises ConfigError."""
    texts = {**LATER_FILES, **texts}
    faults = [Problem(name, "is missing", "give all files") for name in POLICY_FILES if name not in texts]
    sources: dict[str, Source] = {}
    for name in set(POLICY_FILES) & set(texts):
        sources[name], of_file = parse(name, texts[name], Path(), own=False)
        faults += of_file
    policy = None if faults else build_policy(sources, faults)
    if policy is None or faults:
        raise ConfigError(faults)
    return policy


def build_policy(sources: Mapping[str, Source], faults: list[Problem]) -> Policy | None:
    """Return the Policy of its sources, or None with its faults added to the list."""
    rules = _read_rules(sources[POLICY], faults)
    facts = read_facts(sources[FACTS], faults)
    variables, private = read_variables(sources[REPLIES], faults)
    wording, saved = read_replies(sources[REPLIES], faults)
    club = read_club(sources[CLUB], faults)
    if sources[REPLIES].is_own and rules is not None:
        kinds = [responder.kind for responder in rules.responders]
        faults += unknown_key_problems(wording, kinds, sources[REPLIES].location)
    if rules is None:
        return None
    if sources[REPLIES].is_own:
        check_saved_replies(saved, rules, sources[REPLIES], faults)
    texts = {name: sources[name].text for name in POLICY_FILES}
    return replace(
        rules,
        facts=facts,
        wording=wording,
        variables=variables,
        private_variables=private,
        saved_replies=saved,
        club=club,
        texts=texts,
        hash=_hash_texts(texts),
    )


def _read_rules(source: Source, faults: list[Problem]) -> Policy | None:
    """Return the Policy of policy.toml; its facts and wording are still empty."""
    if source.table is None:
        return None
    location, before = source.location, len(faults)
    file = collect_faults(faults, build, _PolicyFile, source.table, location) or _keep_valid(source.table, location)
    responders = [
        collect_faults(faults, read_responder, kind, table, location) for kind, table in file.responders.items()
    ]
    quiet = _read_windows("quiet", file.hours.quiet, location, faults)
    business = _read_windows("business", file.hours.business, location, faults)
    _check_rules(file, location, faults)
    return None if len(faults) > before else _to_policy(file, tuple(filter(None, responders)), quiet, business)


def _read_windows(
    key: str, texts: tuple[str, ...], location: ConfigLocation, faults: list[Problem]
) -> tuple[TimeWindow, ...]:
    hours = location.inside("hours")
    windows = (collect_faults(faults, parse_window, text, hours.at(f"{key}[{n}]")) for n, text in enumerate(texts, 1))
    return tuple(filter(None, windows))


def _to_policy(
    file: _PolicyFile,
    responders: tuple[ResponderConfig, ...],
    quiet: tuple[TimeWindow, ...],
    business: tuple[TimeWindow, ...],
) -> Policy:
    return Policy(
        brand=replace(file.brand, handles=tuple(handle.lstrip("@") for handle in file.brand.handles)),
        languages=file.languages,
        responders=tuple(sorted(responders, key=lambda config: config.is_fallback)),
        facts=(),
        wording={},
        variables={},
        link_hosts=tuple(host.lower() for host in file.links.allow),
        lexicon=lexicon.valence() | {word.lower(): value for word, value in file.lexicon.items()},
        cues=lexicon.cues_with(file.cues),
        limits=file.limits,
        autonomy=file.autonomy,
        holds=file.holds,
        reader=file.reader,
        timezone=file.timezone,
        quiet_hours=quiet,
        business_hours=business,
        holidays=frozenset(file.hours.holidays),
        staff=file.staff.names,
        needs_second_approval=file.staff.needs_second_approval,
        signatures=file.staff.signatures,
        undo_delay=timedelta(seconds=file.undo_seconds),
    )


def _keep_valid(table: Mapping[str, object], location: ConfigLocation) -> _PolicyFile:
    """Return the valid keys, so that a fault in a key does not hide a fault inside another."""
    hints = {key.name: key.type for key in fields(_PolicyFile)}
    good: dict[str, object] = {"brand": {"name": "?"}}
    for key in set(table) & set(hints):
        if collect_faults([], build, _PolicyFile, {**good, key: table[key]}, location):
            good[key] = table[key]
    return build(_PolicyFile, good, location)


def _check_rules(file: _PolicyFile, location: ConfigLocation, faults: list[Problem]) -> None:
    """Check what types do not catch in policy.toml."""
    collect_faults(faults, values.require_timezone, file.timezone, location.at("timezone"))
    collect_faults(faults, values.require_undo_seconds, file.undo_seconds, location.at("undo_seconds"))
    check_each(faults, file.languages, location.at("languages"), values.require_language)
    check_each(faults, file.brand.terms, location.inside("brand").at("terms"), require_phrase)
    if file.brand != NO_BRAND:
        check_each(faults, (file.brand.name, *file.brand.handles), location.inside("brand"), require_text)
    _check_staff(file, location.inside("staff"), faults)
    check_each(faults, file.links.allow, location.inside("links").at("allow"), values.require_host)
    cues = location.inside("cues")
    faults += unknown_key_problems(file.cues, lexicon.cues(), cues)
    for name, phrases in file.cues.items():
        check_each(faults, phrases, cues.at(name), find_entry_check(name))
    _check_bounds(file, location, faults)
    for word, value in file.lexicon.items():
        collect_faults(faults, values.require_valence, word, value, location.inside("lexicon").at(word))


def _check_bounds(file: _PolicyFile, location: ConfigLocation, faults: list[Problem]) -> None:
    """Check that shares lie between 0 and 1, and counts are not too small: autonomy needs at least one review."""
    for name, table in (("autonomy", file.autonomy), ("holds", file.holds), ("reader", file.reader)):
        for key in fields(table):
            value, where = getattr(table, key.name), str(location.inside(name).at(key.name))
            minimum = 1 if (name, key.name) in (("autonomy", "min_reviews"), ("holds", "spike_factor")) else 0
            if key.name in SHARES and not 0 <= value <= 1:
                faults.append(Problem(where, f"is not a share: {value}", "write a number from 0 to 1"))
            elif isinstance(value, int | float) and value < minimum:
                faults.append(Problem(where, f"is too small: {value}", f"write {minimum} or more"))


def _check_staff(file: _PolicyFile, location: ConfigLocation, faults: list[Problem]) -> None:
    """Check names, and what depends on them: with a single name, nobody could give the second approval."""
    staff = file.staff
    check_each(faults, staff.names, location.at("names"), require_text)
    collect_faults(faults, values.require_distinct_names, staff.names, location.at("names"))
    second = str(location.at("needs_second_approval"))
    if staff.needs_second_approval and len(staff.names) < 2:
        faults.append(Problem(second, "needs at least two staff names", "add them to names, or remove this key"))
    for name in staff.needs_second_approval:
        keys = file.responders.get(name)
        if isinstance(keys, dict) and keys.get("auto", "never") != "never":
            what = f"{name} is sent automatically, but needs a second approval"
            faults.append(Problem(second, what, f'set auto = "never" in [responders.{name}]'))
    signatures = location.inside("signatures")
    faults += unknown_key_problems(staff.signatures, staff.names, signatures) if staff.names else []
    for name, text in staff.signatures.items():
        collect_faults(faults, values.require_signature, text, signatures.at(name))


def _hash_texts(texts: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for name in POLICY_FILES:
        digest.update(f"{name}\0{texts[name]}\0".encode())
    return digest.hexdigest()
