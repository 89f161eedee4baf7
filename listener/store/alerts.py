"""The outbox of alerts: which channel was notified of which cause, and what waits to be sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from listener.store import notices
from listener.store.loading import chunks, columns, load_all, values
from listener.store.tables import alert

CauseKey = tuple[str, str, str]
"""(kind, platform, subject)"""
UNSENT = (alert.c.sent_at.is_(None), alert.c.dropped_at.is_(None))


@dataclass(frozen=True, slots=True)
class NewAlert:
    """A message about a cause that is to go out. event: opened | reminder | ended."""

    channel: str
    kind: str
    platform: str
    subject: str
    event: str
    severity: str
    what: str
    do: str


@dataclass(frozen=True, slots=True)
class Alert(NewAlert):
    """A message in the outbox."""

    id: int
    created_at: datetime
    not_before: datetime | None
    attempts: int
    error: str | None
    sent_at: datetime | None

    @property
    def key(self) -> CauseKey:
        """The cause it is about."""
        return self.kind, self.platform, self.subject


def add(connection: Connection, messages: Sequence[NewAlert], now: datetime) -> None:
    """Put messages into the outbox."""
    rows = [{**values(message), "created_at": now, "attempts": 0} for message in messages]
    if rows:
        connection.execute(insert(alert), rows)


def list_last(connection: Connection, channel: str) -> dict[CauseKey, Alert]:
    """Map each cause that lasts, or whose end is not sent yet, to a channel's last message that was not dropped."""
    newest = select(func.max(alert.c.id)).where(alert.c.channel == channel, alert.c.dropped_at.is_(None))
    newest = newest.group_by(alert.c.kind, alert.c.platform, alert.c.subject)
    is_open = or_(alert.c.event != "ended", alert.c.sent_at.is_(None))
    query = select(*columns(Alert, alert)).where(alert.c.id.in_(newest), is_open)
    return {message.key: message for message in load_all(Alert, connection.execute(query))}


def list_unsent(connection: Connection, channel: str) -> list[Alert]:
    """List what waits to be sent on a channel, oldest first."""
    query = select(*columns(Alert, alert)).where(alert.c.channel == channel, *UNSENT)
    return load_all(Alert, connection.execute(query.order_by(alert.c.id)))


@dataclass(frozen=True, slots=True)
class UnsentCount:
    """How many messages wait on a channel, since when, how often the most tried one was tried, and its error."""

    channel: str
    number: int
    since: datetime
    attempts: int
    error: str | None


def count_unsent(connection: Connection) -> list[UnsentCount]:
    """Count what waits to be sent, by channel."""
    counts = (func.count().label("number"), func.min(alert.c.created_at).label("since"))
    worst = (func.max(alert.c.attempts).label("attempts"), func.max(alert.c.error).label("error"))
    query = select(alert.c.channel, *counts, *worst).where(*UNSENT).group_by(alert.c.channel)
    return load_all(UnsentCount, connection.execute(query.order_by(alert.c.channel)))


def last_sent_at(connection: Connection, channel: str) -> datetime | None:
    """Return when a channel was last notified of anything."""
    return connection.execute(select(func.max(alert.c.sent_at)).where(alert.c.channel == channel)).scalar_one_or_none()


def mark_sent(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    """Record that these messages went out."""
    for piece in chunks(ids):
        connection.execute(update(alert).where(alert.c.id.in_(piece)).values(sent_at=now, error=None))


def mark_failed(connection: Connection, ids: Sequence[int], error: str, not_before: datetime) -> None:
    """Record that these messages did not go out, why, and when to try again."""
    failed = {"attempts": alert.c.attempts + 1, "error": error, "not_before": not_before}
    for piece in chunks(ids):
        connection.execute(update(alert).where(alert.c.id.in_(piece)).values(**failed))


def drop(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    """Record that these messages need not go out any more."""
    for piece in chunks(ids):
        connection.execute(update(alert).where(alert.c.id.in_(piece)).values(dropped_at=now))


def keep_channels(connection: Connection, names: Sequence[str], now: datetime) -> None:
    """Drop what channels that are no more would be sent, and clear the notices about them."""
    connection.execute(update(alert).where(alert.c.channel.not_in(names), *UNSENT).values(dropped_at=now))
    for notice in notices.list_open(connection):
        if notice.kind == "alerts" and notice.subject not in names:
            notices.clear(connection, "alerts", notice.platform, now, subject=notice.subject)


def delete_old(connection: Connection, before: datetime) -> int:
    """Delete messages sent or dropped before a time, but for the last one about each cause. Returns how many."""
    last = select(func.max(alert.c.id)).group_by(alert.c.channel, alert.c.kind, alert.c.platform, alert.c.subject)
    is_last_word = alert.c.id.in_(last) & (alert.c.event != "ended")
    over = or_(alert.c.sent_at < before, alert.c.dropped_at < before)
    return connection.execute(delete(alert).where(over, ~is_last_word)).rowcount
