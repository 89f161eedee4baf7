"""Read club.toml: what members get, pools of coupons, and offers."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields

from listener.club_rules import TELLING_ROLES, Applause, Club, Offer, OfferKind, OfferTerms, Pool, Testimonials, Tier
from listener.codes import CODE, GLUED_CODE
from listener.errors import Problem
from listener.settings.entries import check_each, require_phrase, require_text
from listener.settings.files import Source
from listener.settings.scalars import ConfigLocation
from listener.settings.schema import build, collect_faults, suggest

FASTEST = 0.5  # the share of the usual time in which a member may be answered at best
TERMS = "{terms}"  # in the text of an offer: where its terms stand


@dataclass(frozen=True)
class _Club:
    join: tuple[str, ...] = ()
    terms: str = ""
    adults_only: bool = False
    disclosures: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Applause:
    on: bool = False
    days: int = 14


@dataclass(frozen=True)
class _Testimonials:
    ask: str = ""
    consent: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Tier:
    points: int
    due: float = 1.0


@dataclass(frozen=True)
class _Pool:
    cents: int
    currency: str
    low: int = 0


@dataclass(frozen=True, kw_only=True)
class _Offer(OfferTerms):
    pool: str
    for_: OfferKind
    terms: str


@dataclass(frozen=True)
class _ClubFile:
    club: _Club = _Club()
    tiers: Mapping[str, _Tier] = field(default_factory=dict)
    pools: Mapping[str, _Pool] = field(default_factory=dict)
    offers: Mapping[str, _Offer] = field(default_factory=dict)
    applause: _Applause = _Applause()
    testimonials: _Testimonials = _Testimonials()


def read_club(source: Source, faults: list[Problem]) -> Club:
    """Return the club of a file; that of an empty one has nothing. Adds faults to the list."""
    file = collect_faults(faults, build, _ClubFile, source.table or {}, source.location)
    if file is None:
        return Club()
    before, location = len(faults), source.location
    _check_club(file, location.inside("club"), faults)
    _check_praise(file, location, faults)
    for name, tier in file.tiers.items():
        _check_tier(tier, location.inside(f"tiers.{name}"), faults)
    for name, pool in file.pools.items():
        _check_least(pool.cents, 0, location.inside(f"pools.{name}").at("cents"), faults)
    for name, offer in file.offers.items():
        _check_offer(name, offer, file, location.inside(f"offers.{name}"), faults)
    return Club() if len(faults) > before else _to_club(file)


def _to_club(file: _ClubFile) -> Club:
    tiers = (Tier(name, tier.points, tier.due) for name, tier in file.tiers.items())
    pools = {name: Pool(name, pool.cents, pool.currency, pool.low) for name, pool in file.pools.items()}
    return Club(
        file.club.join,
        file.club.terms,
        file.club.adults_only,
        tuple(sorted(tiers, key=lambda tier: tier.points)),
        tuple(pools.values()),
        tuple(_to_offer(name, offer, pools[offer.pool]) for name, offer in file.offers.items()),
        file.club.disclosures,
        Applause(file.applause.days) if file.applause.on else None,
        Testimonials(file.testimonials.ask, file.testimonials.consent) if file.testimonials.ask else None,
    )


def _to_offer(name: str, offer: _Offer, pool: Pool) -> Offer:
    same = {key.name: getattr(offer, key.name) for key in fields(OfferTerms)}
    same["text"] = offer.text.replace(TERMS, offer.terms)
    return Offer(name=name, pool=pool, kind=offer.for_, **same)


def _check_club(file: _ClubFile, location: ConfigLocation, faults: list[Problem]) -> None:
    check_each(faults, file.club.join, location.at("join"), require_phrase)
    if file.club.join:
        collect_faults(faults, require_text, file.club.terms, location.at("terms"))
    if file.tiers and not file.club.join:
        faults.append(Problem(str(location.at("join")), "is empty, but there are tiers", "write how people join"))


def _check_praise(file: _ClubFile, location: ConfigLocation, faults: list[Problem]) -> None:
    check_each(faults, file.club.disclosures, location.inside("club").at("disclosures"), require_text)
    _check_least(file.applause.days, 1, location.inside("applause").at("days"), faults)
    asked, place = file.testimonials, location.inside("testimonials")
    check_each(faults, asked.consent, place.at("consent"), require_phrase)
    _check_discreet(asked.ask, file.tiers, place.at("ask"), faults)
    if bool(asked.ask.strip()) != bool(asked.consent):
        what = "goes with `consent`, and neither without the other"
        faults.append(Problem(str(place.at("ask")), what, "write how you ask, and the phrases by which people consent"))


def _check_tier(tier: _Tier, location: ConfigLocation, faults: list[Problem]) -> None:
    _check_least(tier.points, 1, location.at("points"), faults)
    if not FASTEST <= tier.due <= 1:
        what = f"is out of bounds: {tier.due:g}"
        faults.append(Problem(str(location.at("due")), what, f"write a share from {FASTEST:g} to 1"))


def _check_least(value: int, least: int, location: ConfigLocation, faults: list[Problem]) -> None:
    if value < least:
        faults.append(Problem(str(location), f"is too small: {value}", f"write {least} or more"))


def _check_discreet(text: str, names: Collection[str], location: ConfigLocation, faults: list[Problem]) -> None:
    """Check that a text for customers has none of these names, and of no role that would tell them something."""
    if leaked := sorted({*names, *TELLING_ROLES} & set(re.findall(r"[\w-]+", text.lower()))):
        do = "write it without names of tiers, roles, pools and offers"
        faults.append(Problem(str(location), f"names {leaked[0]!r}, which customers must not see", do))


def _check_offer(name: str, offer: _Offer, file: _ClubFile, location: ConfigLocation, faults: list[Problem]) -> None:
    """Check that an offer can be given, and that its text has the code and the terms and names nothing of ours."""
    for key in ("owner", "terms"):
        collect_faults(faults, require_text, getattr(offer, key), location.at(key))
    _check_least(offer.per_day, 1, location.at("per_day"), faults)
    _check_least(offer.budget_cents, 0, location.at("budget_cents"), faults)
    _check_least(offer.known_days, 0, location.at("known_days"), faults)
    check_each(faults, offer.claim, location.at("claim"), require_phrase)
    faults += [Problem(str(location.at(key)), what, do) for key, what, do in _find_offer_faults(offer, file)]
    _check_discreet(offer.text, {name, offer.pool, *file.tiers}, location.at("text"), faults)


def _find_offer_faults(offer: _Offer, file: _ClubFile) -> list[tuple[str, str, str]]:
    """Return what makes an offer impossible, as (key, what is wrong, what to do)."""
    wrong = [] if offer.from_ < offer.until else [("from", "is not before until", "correct the dates")]
    if offer.pool not in file.pools:
        wrong.append(("pool", f"there is no [pools.{offer.pool}]", suggest(offer.pool, file.pools)))
    if (offer.for_ == "asked") != bool(offer.claim):
        wrong.append(("claim", "is needed by an offer that is asked for, and by no other", "add or remove it"))
    if (offer.for_ == "members" or offer.tiers) and not file.club.join:
        wrong.append(("for", "needs members, but nobody can join", "write `join` in [club]"))
    wrong += [
        ("tiers", f"there is no tier {tier}", suggest(tier, file.tiers))
        for tier in offer.tiers
        if tier not in file.tiers
    ]
    if offer.text.count(CODE) != 1:
        wrong.append(
            ("text", f"has {CODE} {offer.text.count(CODE)} times", f"write {CODE} once, where the code stands")
        )
    if glued := GLUED_CODE.search(offer.text.replace(TERMS, offer.terms)):
        wrong.append(("text", f"has {glued[0]!r}: nobody could tell where the code ends", f"put a space around {CODE}"))
    if TERMS not in offer.text:
        wrong.append(("text", "does not state the terms", f"write {TERMS} where they stand"))
    return wrong
