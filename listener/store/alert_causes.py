"""What alerts ask for: urgent and overdue replies, what lies in quarantine, and when staff last did anything."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, or_, select, text

from listener.calendar import URGENCY_IMMEDIATE
from listener.store.exchange_tables import ACT_OF_STAFF
from listener.store.states import WAITING
from listener.store.tables import event, mention, quarantine, reply

AT_ONCE = ("legal", "press")  # rules of which people must know at once, though their replies are due later


@dataclass(frozen=True, slots=True)
class UrgentReply:
    """A waiting reply that must not wait, and the rule that says so."""

    reply_id: int
    platform: str
    rule: str


def list_urgent(connection: Connection) -> list[UrgentReply]:
    """List the waiting replies that are of the highest urgency, or about law or press, oldest first."""
    source = reply.join(mention, mention.c.key == reply.c.mention_key)
    query = select(reply.c.id, mention.c.platform, reply.c.rule).select_from(source)
    is_urgent = or_(reply.c.urgency >= URGENCY_IMMEDIATE, reply.c.rule.in_(AT_ONCE))
    query = query.where(reply.c.state.in_(WAITING), is_urgent).order_by(reply.c.id)
    return [UrgentReply(row.id, row.platform, row.rule) for row in connection.execute(query)]


def count_overdue(connection: Connection, now: datetime) -> tuple[int, datetime | None]:
    """Return how many waiting replies are overdue, and when the first of them was due."""
    waits = (reply.c.state.in_(WAITING), reply.c.due_at < now)
    query = select(func.count(), func.min(reply.c.due_at)).where(*waits)
    row = connection.execute(query.where(reply.c.snoozed_until.is_(None) | (reply.c.snoozed_until <= now))).one()
    return row[0], row[1]


def count_quarantined(connection: Connection) -> dict[str, int]:
    """Count the quarantined items that nobody has dealt with, by platform."""
    query = select(quarantine.c.platform, func.count()).where(quarantine.c.resolved_at.is_(None))
    rows = connection.execute(query.group_by(quarantine.c.platform).order_by(quarantine.c.platform))
    return {row[0]: row[1] for row in rows}


def last_act_of_staff(connection: Connection) -> datetime | None:
    """Return when a member of staff last did anything at the desk."""
    query = select(event.c.at).where(text(ACT_OF_STAFF)).order_by(event.c.id.desc()).limit(1)
    return connection.execute(query).scalar_one_or_none()
