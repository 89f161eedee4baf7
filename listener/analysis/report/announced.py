"""What became of the announcements whose time was in the period."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from listener.store import postings


@dataclass(frozen=True, slots=True)
class AnnouncementFigures:
    """Announcements whose time was in the period, one a platform. sent: by platform; others: by state."""

    sent: dict[str, int]
    others: dict[str, int]


def count_announcements(connection: Connection, since: datetime, until: datetime) -> AnnouncementFigures:
    """Count the announcements of a period, as they stand now."""
    sent: dict[str, int] = {}
    others: dict[str, int] = {}
    for (platform, state), number in postings.count_of_period(connection, since, until).items():
        counts, name = (sent, platform) if state == "sent" else (others, state)
        counts[name] = counts.get(name, 0) + number
    return AnnouncementFigures(sent, others)
