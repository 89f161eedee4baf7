"""The state of listening and sending: cursors, attempts, errors, pauses."""

from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Connection, Executable, bindparam, delete, insert, or_, select, update

from listener.errors import NEEDS_PERSON
from listener.store import notices
from listener.store.dialect import upsert
from listener.store.loading import columns, load, load_all
from listener.store.operation_records import Pause, PlatformState
from listener.store.tables import pause, platform

LONG_WAIT = timedelta(minutes=5)  # a shorter one is kept even if the program starts again and again


def enable(connection: Connection, intervals: dict[str, float], now: datetime) -> None:
    """Record which platforms are on, and how often each is polled; the others are off.

    What a person had to fix (account, budget) may be fixed by now, and so may what was to last for long: it is tried at
    once. Its notice stays until it is read or sent again, so that a restart is no all-clear; only a platform that is
    off has none.
    """
    retried = {"read_after": None, "cause": None}
    may_be_over = platform.c.cause.in_(NEEDS_PERSON) | (platform.c.read_after > now + LONG_WAIT)
    connection.execute(update(platform).where(may_be_over).values(**retried))
    sends_again = platform.c.send_hold.in_(("account", "budget")) | (platform.c.send_after > now + LONG_WAIT)
    connection.execute(update(platform).where(sends_again).values(send_after=None))
    connection.execute(update(platform).values(enabled=False))
    are_off = select(platform.c.name).where(platform.c.name.not_in(list(intervals)))
    for name in connection.execute(are_off).scalars().all():
        for kind in ("unreachable", "waiting", *NEEDS_PERSON):
            notices.clear(connection, kind, name, now)
    for name, seconds in intervals.items():
        fixed = {"enabled": True, "poll_seconds": seconds}
        row = upsert(connection, platform).values(name=name, began_at=now, failures=0, **fixed)
        connection.execute(row.on_conflict_do_update(index_elements=["name"], set_=fixed))


def read_state(connection: Connection, name: str) -> PlatformState | None:
    """Read the state of a platform; None before its first run."""
    row = connection.execute(_select_state(), {"wanted": name}).one_or_none()
    return None if row is None else load(PlatformState, row)


@cache
def _select_state() -> Executable:
    return select(*columns(PlatformState, platform)).where(platform.c.name == bindparam("wanted"))


def list_states(connection: Connection) -> list[PlatformState]:
    """List every platform that is on, by name."""
    query = select(*columns(PlatformState, platform)).where(platform.c.enabled).order_by(platform.c.name)
    return load_all(PlatformState, connection.execute(query))


def list_names(connection: Connection) -> list[str]:
    """List the names of all platforms that were ever on."""
    return list(connection.execute(select(platform.c.name).order_by(platform.c.name)).scalars())


def is_idle(connection: Connection, now: datetime) -> bool:
    """Return True when no poll has ended for five minutes, or three intervals where that is longer: nothing runs."""
    polls = [(state.attempt_at, max(300, 3 * state.poll_seconds)) for state in list_states(connection)]
    return all(at is None or (now - at).total_seconds() > seconds for at, seconds in polls)


def begin(connection: Connection, name: str, now: datetime) -> None:
    """Remember when a first run began, whatever comes of it: `start = "now"` means that moment."""
    if read_state(connection, name) is None:
        row = {"name": name, "enabled": True, "began_at": now, "poll_seconds": 60.0, "failures": 0}
        connection.execute(insert(platform), [row])


def record(connection: Connection, name: str, **changes: object) -> None:
    """Change columns of a platform's row."""
    connection.execute(update(platform).where(platform.c.name == name).values(**changes))


def end_waits(connection: Connection, name: str, now: datetime) -> None:
    """Let a platform be read and sent to at once; the notices end with what succeeds."""
    record(connection, name, read_after=None)
    waits = (platform.c.name == name) & (platform.c.send_after > now)
    connection.execute(update(platform).where(waits).values(send_after=now))


def set_pause(
    connection: Connection, scope: str, since: datetime, until: datetime | None, reason: str | None, by: str
) -> Pause:
    """Stop sending in this scope (a platform's name, or `*`). A pause that lasts longer already stays as it is."""
    current = next((entry for entry in list_pauses(connection, since) if entry.scope == scope), None)
    if current is not None and (current.until is None or (until is not None and current.until >= until)):
        return current
    fixed = {"since": since, "until": until, "reason": reason, "by": by}
    row = upsert(connection, pause).values(scope=scope, **fixed)
    connection.execute(row.on_conflict_do_update(index_elements=["scope"], set_=fixed))
    return Pause(scope, since, until, reason, by)


def lift_pause(connection: Connection, scope: str | None) -> int:
    """End pauses: in this scope, or everywhere (None). Returns how many ended."""
    query = delete(pause)
    return connection.execute(query if scope is None else query.where(pause.c.scope == scope)).rowcount


def list_pauses(connection: Connection, now: datetime) -> list[Pause]:
    """List the pauses in force."""
    query = select(*columns(Pause, pause)).where(or_(pause.c.until.is_(None), pause.c.until > now))
    return load_all(Pause, connection.execute(query.order_by(pause.c.scope)))
