"""Who wrote in the period, by role and tier at its end, and what became of the coupons."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from listener.club.roles import list_roles
from listener.club.tiers import find_tier
from listener.club_rules import ROLES, Club
from listener.store import acts, coupons, members, standing, testimonials
from listener.store.coupons import Stock
from listener.store.testimonials import TestimonialCounts


@dataclass(frozen=True, slots=True)
class ClubFigures:
    """People who wrote in the period, all of them, by role and by tier; coupons: each pool, as it stands now.

    applause: acts that were done in the period, by kind; testimonials: what happened to them in it.
    """

    people: int
    roles: dict[str, int]
    tiers: dict[str, int]
    coupons: list[Stock]
    applause: dict[str, int]
    testimonials: TestimonialCounts


def count_club(connection: Connection, club: Club, since: datetime, until: datetime) -> ClubFigures:
    """Count the people who last wrote in the period; somebody with two roles counts in both."""
    marks = standing.list_marks(connection, until)
    people = [who for who in standing.read_figures(connection, until, since=since) if who.last_at >= since]
    names = [(who.platform, who.author_id) for who in people]
    known_as = [list_roles(who, marks.get(name, ()), until) for who, name in zip(people, names, strict=True)]
    roles = Counter(role.name for roles in known_as for role in roles)
    earned = members.read_points(connection) if club.tiers else {}
    best = [find_tier(earned[name], club.tiers, until) for name in names if name in earned]
    tiers = Counter(tier.name for tier in best if tier is not None)
    known = {role: roles[role] for role in ROLES if roles[role]}
    praise = (acts.count_done(connection, since, until), testimonials.count(connection, since, until))
    return ClubFigures(len(people), known, dict(tiers), coupons.list_stock(connection), *praise)
