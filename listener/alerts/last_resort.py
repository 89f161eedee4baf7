"""What people are told when the database cannot be written: the outbox is part of it, so nothing else would go out.

It is told once it has lasted a minute, again each hour, and its end is told; what was told is kept in this process.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from listener.alert_rules import AlertChannel
from listener.alerts.channels import Channels
from listener.alerts.plan import GRACE
from listener.errors import NotSent, StoreError

log = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(hours=1)
KIND = "disk"  # of a cause, as the channels choose them


class LastResort:
    """Notifies the channels past the outbox. brand: for the title."""

    def __init__(
        self, channels: Channels, takers: Sequence[AlertChannel], brand: str, clock: Callable[[], datetime]
    ) -> None:
        self._channels, self._brand, self._clock = channels, brand, clock
        self._takers = [channel for channel in takers if channel.takes(KIND, "urgent")]
        self._since: datetime | None = None
        self._told: dict[str, datetime] = {}  # channel -> when it was last told
        self._what = ""

    def report(self, error: StoreError) -> None:
        """Notify each channel that was not told within the hour, once it has lasted."""
        now = self._clock()
        self._since, self._what = self._since or now, error.what
        if now - self._since < GRACE:
            return
        for channel in self._takers:
            told_at = self._told.get(channel.name)
            if told_at is None or now - told_at >= AGAIN_AFTER:
                self._notify(channel, f"{error.what}\nWhat to do: {error.do}", now)

    def clear(self) -> None:
        """Notify of the end whom it was told."""
        for channel in [channel for channel in self._takers if channel.name in self._told]:
            self._notify(channel, f"Over: {self._what}", None)
        self._since = None

    def _notify(self, channel: AlertChannel, text: str, told_at: datetime | None) -> None:
        try:
            self._channels.notify(channel, f"URGENT: Earshot {self._brand}: the database cannot be written", text)
        except NotSent as error:
            fields = {"event": "last_resort_not_sent", "channel": channel.name, "why": error.message}
            log.warning("the channel %(channel)s was not notified: %(why)s", fields)
            return
        self._told.pop(channel.name, None)
        if told_at is not None:
            self._told[channel.name] = told_at
