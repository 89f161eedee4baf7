"""How much sooner members are answered. A tier shortens due times and enters no decision."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from listener.club.tiers import find_tier
from listener.club_rules import Club
from listener.store import members
from listener.triage.result import TriageResult


def read_shares(
    connection: Connection, club: Club, results: Mapping[int, TriageResult], now: datetime
) -> dict[int, float]:
    """Map the mentions of members to the share (0.5..1) of the usual time in which they are answered."""
    if not club.tiers:
        return {}
    authors = {
        key: (result.signals.mention.platform, result.signals.mention.author_id) for key, result in results.items()
    }
    earned = members.read_points(connection, set(authors.values()))
    best = {person: find_tier(points, club.tiers, now) for person, points in earned.items()}
    return {key: tier.due for key, person in authors.items() if (tier := best.get(person)) is not None}
