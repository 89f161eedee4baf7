"""Send each channel its digest, once for each period, however often Earshot is stopped, killed or started.

The intent is committed before the call. After a kill during the call nobody knows whether the digest arrived; it is not
sent again, and the next one says so. A digest begins where the last one ended, so one that was missed is in the next.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from listener.alert_rules import AlertChannel
from listener.alerts import failing
from listener.alerts.channels import Channels, NoteMessage, ignore_message
from listener.calendar import latest_time, opens_at
from listener.errors import NotSent
from listener.faultpoints import fault_point
from listener.policy import Policy
from listener.store import digests
from listener.store.digests import SETTLED, DigestState
from listener.store.engine import Store

log = logging.getLogger(__name__)

LONGEST = timedelta(days=31)  # that a digest covers, after a long time off
KEEP = timedelta(days=90)
Write = Callable[[Connection, DigestState, datetime, bool], tuple[str, str]]
"""Computes title and text of a digest: connection, period, now, whether customers are quoted."""


@dataclass(frozen=True, slots=True)
class Digests:
    """Everything that sending digests needs."""

    store: Store
    recipients: Sequence[AlertChannel]
    policy: Policy
    channels: Channels
    write: Write
    clock: Callable[[], datetime]
    note_message: NoteMessage = ignore_message

    def run(self) -> int:
        """Send each channel the digest that is due; one that fails raises nothing. Returns how many went out."""
        return sum(self._serve(channel) for channel in self.recipients if channel.digest)

    def tidy(self) -> int:
        """Delete old rows. Returns how many."""
        with self.store.write() as connection:
            return digests.delete_old(connection, self.clock() - KEEP)

    def _serve(self, channel: AlertChannel) -> int:
        now = self.clock()
        with self.store.read() as connection:
            recent = digests.list_recent(connection, channel.name, now)
        recent = self._settle(recent, now)
        new = plan(channel.name, recent, latest_time(self.policy, channel.digest, now), now)
        if new is not None:
            with self.store.write() as connection:
                digests.add(connection, new)
            recent = [new, *recent]
        if not recent or not self._is_ready(channel, recent[0], now):
            return 0
        return self._send(channel, recent, now)

    def _settle(self, recent: Sequence[DigestState], now: datetime) -> list[DigestState]:
        """Record of a digest that an earlier process was sending when it ended that it may have arrived."""
        cut_off = [state for state in recent if state.state == "sending"]
        if not cut_off:
            return list(recent)
        with self.store.write() as connection:
            for state in cut_off:
                digests.record(connection, state, now, state="unconfirmed", error="Earshot stopped during the call")
        with self.store.read() as connection:
            return digests.list_recent(connection, cut_off[0].channel, now)

    def _is_ready(self, channel: AlertChannel, state: DigestState, now: datetime) -> bool:
        """Return whether a digest waits whose time has come; a time set by a clock that was ahead means nothing."""
        waits = state.not_before is not None and state.changed_at <= now < state.not_before
        is_open = not channel.hours or opens_at(self.policy, channel.hours, now) <= now
        return state.state == "waiting" and is_open and not waits

    def _send(self, channel: AlertChannel, recent: Sequence[DigestState], now: datetime) -> int:
        state = recent[0]
        with self.store.read() as connection:
            title, text = self.write(connection, state, now, channel.digest_quotes)
        with self.store.write() as connection:
            digests.record(connection, state, now, state="sending")
        fault_point("D1")
        try:
            self.channels.notify(channel, title, text + doubt(recent))
        except NotSent as error:
            self._note_failure(channel, state, error)
            return 0
        fault_point("D2")
        with self.store.write() as connection:
            digests.record(connection, state, self.clock(), state="sent", error=None)
            failing.clear(connection, channel, now)
        self.note_message(channel.name, "sent")
        return 1

    def _note_failure(self, channel: AlertChannel, state: DigestState, error: NotSent) -> None:
        """Keep the digest for a later try, and call a person where tries keep failing."""
        now, tries = self.clock(), state.attempts + 1
        self.note_message(channel.name, "failed")
        fields = {"event": "digest_not_sent", "channel": channel.name, "why": error.message}
        log.warning("the channel %(channel)s took no digest: %(why)s", fields)
        again: dict[str, object] = {"attempts": tries, "not_before": failing.retry_at(tries, now)}
        with self.store.write() as connection:
            digests.record(connection, state, now, state="waiting", error=error.message, **again)
            failing.report(connection, channel, tries, error, now)


def plan(channel: str, recent: Sequence[DigestState], latest: datetime | None, now: datetime) -> DigestState | None:
    """Return the digest that is to be added, None where there is nothing to add. recent: the newest first.

    A channel that never had a digest gets its first one at the next of its times, for the time from the latest on.
    """
    if latest is None or (recent and recent[0].until >= latest):
        return None
    if not recent:
        return DigestState(channel, latest, latest, "start", 0, None, None, now)
    ended = next((state.until for state in recent if state.state in SETTLED), recent[-1].since)
    return DigestState(channel, latest, max(ended, latest - LONGEST), "waiting", 0, None, None, now)


def doubt(recent: Sequence[DigestState]) -> str:
    """Return what is to be said of a digest before this one that may not have arrived."""
    before = next((state for state in recent[1:] if state.state in SETTLED), None)
    if before is None or before.state != "unconfirmed":
        return ""
    times = f"--since {before.since:%Y-%m-%dT%H:%MZ} --until {before.until:%Y-%m-%dT%H:%MZ}"
    return f"\nThe digest before this one may not have arrived; `earshot digest {times}` shows it."
