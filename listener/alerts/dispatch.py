"""The stage of alerts: look what people should know, fill each channel's outbox, send what is due."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from listener.alert_rules import AlertChannel
from listener.alerts import failing
from listener.alerts.causes import Cause, Watch, find_causes
from listener.alerts.channels import Channels, NoteMessage, ignore_message
from listener.alerts.plan import compose, due, plan
from listener.errors import NotSent
from listener.store import alerts
from listener.store.alerts import Alert
from listener.store.engine import Store

log = logging.getLogger(__name__)

KEEP = timedelta(days=90)  # how long messages are kept


@dataclass(frozen=True, slots=True)
class Alerts:
    """Everything this stage needs."""

    store: Store
    watch: Watch
    channels: Channels
    clock: Callable[[], datetime]
    note_message: NoteMessage = ignore_message

    def run(self) -> int:
        """Notify each channel of what is due; one that fails raises nothing. Returns how many messages went out."""
        if not self.watch.rules.channels:
            return 0
        with self.store.read() as connection:
            causes = find_causes(connection, self.watch, self.clock())
        return sum(self._serve(channel, causes) for channel in self.watch.rules.channels)

    def tidy(self) -> int:
        """Delete old messages. Returns how many."""
        with self.store.write() as connection:
            return alerts.delete_old(connection, self.clock() - KEEP)

    def _serve(self, channel: AlertChannel, causes: Sequence[Cause]) -> int:
        now = self.clock()
        self._fill(channel, causes, now)
        with self.store.read() as connection:
            unsent = alerts.list_unsent(connection, channel.name)
            last_sent_at = alerts.last_sent_at(connection, channel.name) if unsent else None
        ready = due(channel, unsent, last_sent_at, self.watch.policy, now)
        return self._send(channel, ready, now) if ready else 0

    def _fill(self, channel: AlertChannel, causes: Sequence[Cause], now: datetime) -> None:
        """Bring the channel's outbox up to date; write only where something changes."""
        with self.store.read() as connection:
            last = alerts.list_last(connection, channel.name)
        changes = plan(channel, causes, last, self.watch.rules.remind_after, now)
        if changes.new or changes.dropped:
            with self.store.write() as connection:
                alerts.drop(connection, changes.dropped, now)
                alerts.add(connection, changes.new, now)

    def _send(self, channel: AlertChannel, ready: Sequence[Alert], now: datetime) -> int:
        title, text = compose(self.watch.policy.brand.name, ready)
        ids = [message.id for message in ready]
        try:
            self.channels.notify(channel, title, text)
        except NotSent as error:
            self._note_failure(channel, ready, error)
            return 0
        with self.store.write() as connection:
            alerts.mark_sent(connection, ids, self.clock())
            failing.clear(connection, channel, now)
        self.note_message(channel.name, "sent")
        return len(ids)

    def _note_failure(self, channel: AlertChannel, ready: Sequence[Alert], error: NotSent) -> None:
        """Keep the messages for a later try, and call a person where tries keep failing."""
        now, tries = self.clock(), max(message.attempts for message in ready) + 1
        self.note_message(channel.name, "failed")
        fields = {"event": "channel_not_notified", "channel": channel.name, "why": error.message}
        log.warning("the channel %(channel)s was not notified: %(why)s", fields)
        with self.store.write() as connection:
            ids = [message.id for message in ready]
            alerts.mark_failed(connection, ids, error.message, failing.retry_at(tries, now))
            failing.report(connection, channel, tries, error, now)
