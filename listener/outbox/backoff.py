"""What stops all sending on a platform: a pause, a call that the whole platform refused, a lost answer."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from listener import holds, interruptions
from listener.errors import NEEDS_PERSON, Cause, HoldName, NotSent, ReadFailed
from listener.holds import Hold
from listener.interruptions import SENDING
from listener.outbox.round import Round
from listener.store import notices, platforms

HOLD_OF_CAUSE: dict[Cause, HoldName] = {
    "item": "retry", "transient": "unreachable", "rate": "rate", "account": "account", "billing": "budget",
}  # fmt: skip
RETRY_DELAY = timedelta(minutes=1)  # before the next try, when the platform named no time
OUTAGE_BACKOFF = (timedelta(minutes=1), timedelta(minutes=10), timedelta(minutes=30))
"""Pauses after calls in a row that failed or whose answer was lost: in an outage few replies become unconfirmed."""


def platform_hold(round_: Round) -> Hold | None:
    """Return what stops the whole platform now; None when it may send."""
    name, now = round_.platform.name, round_.clock()
    with round_.store.read() as connection:
        pause = holds.paused(connection, name, now)
        state = platforms.read_state(connection, name)
    if pause is not None or state is None or state.send_after is None or state.send_after <= now:
        return pause
    if state.send_stopped_at is not None and state.send_stopped_at > now:
        return None  # the clock was set back since, so that time means nothing any more
    return Hold(state.send_hold or "unreachable", state.send_error or "", state.send_after)


def stop(connection: Connection, name: str, error: NotSent | ReadFailed, now: datetime) -> None:
    """Stop the platform's sending for a while, longer each time it fails; open the notice that this needs."""
    failures, delay = _count_failures(connection, name), RETRY_DELAY
    if error.cause == "transient":
        failures, delay = failures + 1, _outage_delay(failures)
    hold = HOLD_OF_CAUSE[error.cause]
    _record(connection, name, error.retry_at or now + delay, now, hold, error.message, failures)
    in_a_row = failures if error.cause == "transient" else 0
    interruptions.open_notice(connection, SENDING, name, error, in_a_row, now)


def stop_after_lost_answer(connection: Connection, name: str, why: str, now: datetime, *, repeat_is_safe: bool) -> None:
    """Stop the platform's sending for a while, longer each time: what lost one answer would lose the next.

    repeat_is_safe: a first lost answer stops nothing, because it can be asked for and the post repeated at once.
    """
    lost = _count_failures(connection, name)
    if repeat_is_safe and not lost:
        platforms.record(connection, name, send_failures=1)
        return
    until = now + _outage_delay(lost - repeat_is_safe)
    _record(connection, name, until, now, "unreachable", f"the platform's answer was lost ({why})", lost + 1)


def _count_failures(connection: Connection, name: str) -> int:
    state = platforms.read_state(connection, name)
    return state.send_failures if state else 0


def _outage_delay(failures: int) -> timedelta:
    return OUTAGE_BACKOFF[min(failures, len(OUTAGE_BACKOFF) - 1)]


def _record(
    connection: Connection, name: str, until: datetime, now: datetime, hold: HoldName, message: str, failures: int
) -> None:
    stop = {"send_after": until, "send_stopped_at": now, "send_hold": hold, "send_error": message}
    platforms.record(connection, name, **stop, send_failures=failures)


def clear(connection: Connection, name: str, now: datetime) -> None:
    """Clear the platform's send error, its count and its notices: nothing stops sending any more."""
    platforms.record(connection, name, send_after=None, send_hold=None, send_error=None, send_failures=0)
    for kind in (*NEEDS_PERSON, "unreachable", "waiting"):
        notices.clear(connection, kind, name, now, subject="sending")
