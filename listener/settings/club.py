"""Read club.toml: what members get."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from listener.club_rules import Club, Tier
from listener.errors import Problem
from listener.settings.entries import check_each, require_phrase, require_text
from listener.settings.files import Source
from listener.settings.scalars import ConfigLocation
from listener.settings.schema import build, collect_faults

FASTEST = 0.5  # the share of the usual time in which a member may be answered at best


@dataclass(frozen=True)
class _Club:
    join: tuple[str, ...] = ()
    terms: str = ""
    adults_only: bool = False


@dataclass(frozen=True)
class _Tier:
    points: int
    due: float = 1.0


@dataclass(frozen=True)
class _ClubFile:
    club: _Club = _Club()
    tiers: Mapping[str, _Tier] = field(default_factory=dict)


def read_club(source: Source, faults: list[Problem]) -> Club:
    """Return the club of a file; nobody can join that of an empty one. Adds faults to the list."""
    file = collect_faults(faults, build, _ClubFile, source.table or {}, source.location)
    if file is None:
        return Club()
    _check_club(file, source.location.inside("club"), faults)
    for name, tier in file.tiers.items():
        _check_tier(tier, source.location.inside(f"tiers.{name}"), faults)
    tiers = sorted(
        (Tier(name, tier.points, tier.due) for name, tier in file.tiers.items()), key=lambda tier: tier.points
    )
    return Club(file.club.join, file.club.terms, file.club.adults_only, tuple(tiers))


def _check_club(file: _ClubFile, location: ConfigLocation, faults: list[Problem]) -> None:
    check_each(faults, file.club.join, location.at("join"), require_phrase)
    if file.club.join:
        collect_faults(faults, require_text, file.club.terms, location.at("terms"))
    if file.tiers and not file.club.join:
        faults.append(Problem(str(location.at("join")), "is empty, but there are tiers", "write how people join"))


def _check_tier(tier: _Tier, location: ConfigLocation, faults: list[Problem]) -> None:
    if tier.points < 1:
        faults.append(Problem(str(location.at("points")), f"is too small: {tier.points}", "write 1 or more"))
    if not FASTEST <= tier.due <= 1:
        what = f"is out of bounds: {tier.due:g}"
        faults.append(Problem(str(location.at("due")), what, f"write a share from {FASTEST:g} to 1"))
