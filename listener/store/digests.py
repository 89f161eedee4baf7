"""Which digest each channel was sent last, and which one waits: a row for each channel and end of a period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from listener.store.loading import columns, load_all, values
from listener.store.tables import digest

SETTLED = ("start", "sent", "unconfirmed")  # states after which the next digest begins where this one ended


@dataclass(frozen=True, slots=True)
class DigestState:
    """How the digest of a period stands on a channel; the states are those of the table."""

    channel: str
    until: datetime
    since: datetime
    state: str
    attempts: int
    error: str | None
    not_before: datetime | None
    changed_at: datetime


def list_recent(connection: Connection, channel: str, now: datetime) -> list[DigestState]:
    """List a channel's digests up to now, the newest first; one that ends later was made by a clock that was ahead."""
    query = select(*columns(DigestState, digest)).where(digest.c.channel == channel, digest.c.until <= now)
    return load_all(DigestState, connection.execute(query.order_by(digest.c.until.desc()).limit(10)))


def list_waiting(connection: Connection) -> list[DigestState]:
    """List the digests that wait to be sent."""
    query = select(*columns(DigestState, digest)).where(digest.c.state == "waiting")
    return load_all(DigestState, connection.execute(query.order_by(digest.c.channel)))


def add(connection: Connection, state: DigestState) -> None:
    """Keep a new digest; an older one that waits on its channel is covered by it, and goes."""
    older = (digest.c.channel == state.channel, digest.c.state == "waiting")
    connection.execute(delete(digest).where(*older))
    connection.execute(insert(digest).values(values(state)))


def record(connection: Connection, before: DigestState, now: datetime, **changes: object) -> None:
    """Change columns of a digest."""
    row = (digest.c.channel == before.channel, digest.c.until == before.until)
    connection.execute(update(digest).where(*row).values(changed_at=now, **changes))


def keep_channels(connection: Connection, names: Sequence[str]) -> None:
    """Delete the digests of channels that get none any more."""
    connection.execute(delete(digest).where(digest.c.channel.not_in(names)))


def delete_old(connection: Connection, before: datetime) -> int:
    """Delete digests that ended before a time, but for each channel's newest. Returns how many."""
    newest = select(func.max(digest.c.until)).group_by(digest.c.channel)
    old = (digest.c.until < before, digest.c.until.not_in(newest))
    return connection.execute(delete(digest).where(*old)).rowcount
