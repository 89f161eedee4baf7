"""Counts for a monitoring system. What only grows is counted from the last id seen, so a look costs what is new."""

from collections import Counter
from datetime import datetime

from sqlalchemy import Connection, FromClause, func, select

from listener.store import alerts, digests
from listener.store.events import OF_ACT
from listener.store.tables import decision, event, mention, notice, platform, posting

OUTCOMES = ("sent", "not_sent", "unconfirmed", "failed", "by_hand", "withdrawn", "returned_to_staff")


def newest_ids(connection: Connection) -> tuple[int, int]:
    """Return the ids of the last event and of the last decision."""
    events = connection.execute(select(func.coalesce(func.max(event.c.id), 0))).scalar_one()
    return events, connection.execute(select(func.coalesce(func.max(decision.c.id), 0))).scalar_one()


def count_events(connection: Connection, after: int, until: int) -> dict[tuple[str, str], int]:
    """Count the events in this range of ids, by platform ("" where there is none) and by what happened."""
    place = func.coalesce(mention.c.platform, posting.c.platform, "")
    query = select(place, event.c.what, func.count()).select_from(_events())
    rows = connection.execute(query.where(event.c.id > after, event.c.id <= until).group_by(place, event.c.what))
    return {(row[0], row[1]): row[2] for row in rows}


def count_sends(connection: Connection, after: int, until: int) -> dict[tuple[str, str], int]:
    """Count how calls to post or to applaud ended, in this range of event ids, by platform and outcome."""
    place = func.coalesce(mention.c.platform, posting.c.platform)
    query = select(place, event.c.what, func.count()).select_from(_events())
    names = {prefix + outcome: outcome for outcome in OUTCOMES for prefix in ("", OF_ACT)}
    by_outbox = (event.c.by == "outbox", event.c.what.in_(names))
    rows = connection.execute(
        query.where(event.c.id > after, event.c.id <= until, *by_outbox).group_by(place, event.c.what)
    )
    counts: Counter[tuple[str, str]] = Counter()
    for platform_name, what, number in rows:
        counts[platform_name, names[what]] += number
    return counts


def _events() -> FromClause:
    """Join events with what they are about: a mention, or a posting."""
    source = event.outerjoin(mention, mention.c.key == event.c.mention_key)
    return source.outerjoin(posting, posting.c.id == event.c.posting_id)


def count_decisions(connection: Connection, after: int, until: int) -> dict[tuple[str, str, str], int]:
    """Count the decisions in this range of ids, by action, kind ("" where there is none) and rule."""
    kind = func.coalesce(decision.c.kind, "")
    query = select(decision.c.action, kind, decision.c.rule, func.count())
    rows = connection.execute(
        query.where(decision.c.id > after, decision.c.id <= until).group_by(decision.c.action, kind, decision.c.rule)
    )
    return {(row[0], row[1], row[2]): row[3] for row in rows}


def count_notices(connection: Connection) -> dict[tuple[str, str], int]:
    """Count the open notices, by kind and platform."""
    query = select(notice.c.kind, notice.c.platform, func.count()).where(notice.c.cleared_at.is_(None))
    return {(row[0], row[1]): row[2] for row in connection.execute(query.group_by(notice.c.kind, notice.c.platform))}


def last_read(connection: Connection) -> dict[str, datetime]:
    """Map each platform that is on to when it was last read."""
    query = select(platform.c.name, platform.c.ok_at).where(platform.c.enabled, platform.c.ok_at.is_not(None))
    return {row[0]: row[1] for row in connection.execute(query)}


def count_unsent_alerts(connection: Connection) -> dict[str, int]:
    """Count the messages that wait to be sent, digests included, by channel."""
    counts = Counter({count.channel: count.number for count in alerts.count_unsent(connection)})
    counts.update(state.channel for state in digests.list_waiting(connection))
    return counts
