"""What a channel that does not take its messages leads to: growing pauses, and a notice for the other channels."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from listener.alert_rules import AlertChannel
from listener.alerts.plan import CHANNEL_FAILS
from listener.errors import NotSent
from listener.pauses import growing_pause
from listener.store import notices
from listener.store.notices import EVERYWHERE

NOTICE_AFTER = 3  # failed tries
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)


def retry_at(tries: int, now: datetime) -> datetime:
    """Return when to try again after so many failed tries."""
    return now + growing_pause(tries, FIRST_PAUSE, LONGEST_PAUSE)


def report(connection: Connection, channel: AlertChannel, tries: int, error: NotSent, now: datetime) -> None:
    """Call a person where tries keep failing."""
    if tries >= NOTICE_AFTER:
        what = f"messages to the channel {channel.name} do not go out: {error.message}"
        notices.open_notice(connection, CHANNEL_FAILS, EVERYWHERE, what, error.do, now, subject=channel.name)


def clear(connection: Connection, channel: AlertChannel, now: datetime) -> None:
    """Clear the notice: the channel took a message."""
    notices.clear(connection, CHANNEL_FAILS, EVERYWHERE, now, subject=channel.name)
