"""What reading and sending share about a platform that cannot be called: its notices, and new secrets, which end waits.

The intake and the outbox meet here, because stages do not import each other.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from listener.capabilities import Rekeyable
from listener.errors import NEEDS_PERSON, NotSent, ReadFailed
from listener.feed_page import FeedError
from listener.protocols import Platform
from listener.store import notices, platforms
from listener.store.engine import Store

FAILURES_BEFORE_NOTICE = 3  # in a row
LONG_WAIT = timedelta(minutes=5)  # a longer one opens a notice
WAIT_DO = "it ends by itself; new secrets or a restart end it at once"


@dataclass(frozen=True, slots=True)
class Activity:
    """What is interrupted, in the words of its notices. subject: theirs; failed, stopped: with the platform's name."""

    subject: str
    failed: str
    stopped: str
    do: str = ""


READING = Activity("reading", "{} could not be read", "{} is not read")
SENDING = Activity(
    "sending",
    "sending on {} failed",
    "nothing is sent on {}",
    "check the network and the platform's status page; the replies are kept",
)


def open_notice(
    connection: Connection,
    activity: Activity,
    name: str,
    error: NotSent | ReadFailed,
    failures: int,
    now: datetime,
    least: timedelta = LONG_WAIT,
) -> None:
    """Open the notice of what a person must mend, of a wait longer than `least`, or of the third failure in a row."""
    kind, what, do = "", error.message, error.do
    if error.cause in NEEDS_PERSON:
        kind = error.cause
    elif until := find_wait_end(error, now, least):
        kind, do = "waiting", do or WAIT_DO
        what = f"{activity.stopped.format(name)} until {until:%Y-%m-%d %H:%M} UTC: {what}"
    elif failures >= FAILURES_BEFORE_NOTICE:
        kind, do = "unreachable", do or activity.do
        what = f"{activity.failed.format(name)} {failures} times in a row: {what}"
    if kind:
        notices.open_notice(connection, kind, name, what, do, now, subject=activity.subject)


def find_wait_end(
    error: FeedError | ReadFailed | NotSent, now: datetime, least: timedelta = LONG_WAIT
) -> datetime | None:
    """Return when a wait ends that is longer than `least`; else None."""
    end = max((at for at in (error.retry_at, error.ends_at) if at is not None), default=now)
    return end if end - now > least else None


def end_waits_after_new_secrets(store: Store, platform: Platform, now: datetime) -> None:
    """End the waits for reading and sending where the secrets were replaced, by whichever of the two asks first.

    They may be another account's, whose limits are its own. Once a call was made with the new secrets, the platform
    does not call them new any more.
    """
    if isinstance(platform, Rekeyable) and platform.has_new_secret():
        with store.write() as connection:
            platforms.end_waits(connection, platform.name, now)
