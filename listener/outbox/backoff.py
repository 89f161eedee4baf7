"""What stops all sending on a platform: a pause, a call that the whole platform refused, a lost answer."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from listener import holds
from listener.errors import NotSent
from listener.holds import Hold
from listener.outbox.round import Round
from listener.store import notices, platforms

HOLD_OF_CAUSE = {"rate": "rate", "transient": "rate", "billing": "budget", "account": "paused"}
NEEDS_PERSON = ("account", "billing")  # causes that a person must mend: each opens a notice
LOST_ANSWER_BACKOFF = (timedelta(minutes=1), timedelta(minutes=10), timedelta(minutes=30))
"""Pauses after lost answers in a row: in an outage few replies become unconfirmed."""


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
    return Hold(state.send_hold or "rate", state.send_error or "", state.send_after)


def stop(connection: Connection, name: str, error: NotSent, until: datetime, now: datetime) -> None:
    """Stop the platform's sending until a time; open a notice where a person must mend the cause."""
    hold = HOLD_OF_CAUSE[error.cause]
    platforms.record(connection, name, send_after=until, send_stopped_at=now, send_hold=hold, send_error=error.message)
    if error.cause in NEEDS_PERSON:
        notices.open_notice(connection, error.cause, name, error.message, error.do, now, subject="sending")


def stop_after_lost_answer(connection: Connection, name: str, why: str, now: datetime) -> None:
    """Stop the platform's sending for a while, longer each time: what lost one answer would lose the next."""
    state = platforms.read_state(connection, name)
    lost = state.send_lost if state else 0
    platforms.record(
        connection,
        name,
        send_lost=lost + 1,
        send_error=f"the platform's answer was lost ({why})",
        send_after=now + LOST_ANSWER_BACKOFF[min(lost, len(LOST_ANSWER_BACKOFF) - 1)],
        send_stopped_at=now,
        send_hold="rate",
    )


def clear(connection: Connection, name: str, now: datetime) -> None:
    """Clear the platform's send error and its notices: nothing stops sending any more."""
    platforms.record(connection, name, send_after=None, send_hold=None, send_error=None)
    for kind in NEEDS_PERSON:
        notices.clear(connection, kind, name, now, subject="sending")
