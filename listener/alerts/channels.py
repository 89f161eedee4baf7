"""Notify a channel: any service that Apprise knows (mail, Slack, Teams, Telegram, ntfy, webhooks ...).

Apprise 2.x is imported when the first message goes out: it takes 0.4 s and 16 MiB. An address mostly holds a password,
so it comes as a secret, and no part of it appears in a message of ours.
"""

import re
from collections.abc import Callable
from typing import Protocol

from listener.alert_rules import AlertChannel
from listener.errors import NotSent
from listener.platforms.kit.deadline import DeadlineExceeded, DeadlineRunner
from listener.protocols import Secrets

DEADLINE_S = 30.0  # for one message, whatever the service


NoteMessage = Callable[[str, str], None]
"""Counts a message: channel, and "sent" or "failed"."""


def ignore_message(channel: str, outcome: str) -> None:
    """Count nothing: nobody asks for figures."""


class Channels(Protocol):
    """What notifies channels."""

    def notify(self, channel: AlertChannel, title: str, text: str) -> None:
        """Notify a channel. Raises NotSent with the reason."""


class AppriseChannels:
    """Notifies channels through Apprise. secrets: their addresses are read again for each message."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets, self._deadline = secrets, DeadlineRunner(DEADLINE_S)

    def notify(self, channel: AlertChannel, title: str, text: str) -> None:
        """Notify a channel. Raises NotSent with the reason."""
        address = self._secrets.get(channel.secret)
        if address is None:
            raise NotSent(f"{channel.secret} is not set", f"set it, or remove the channel {channel.name}")
        try:
            reason = self._deadline.call(lambda: _notify(address, title, text))
        except DeadlineExceeded as error:
            raise NotSent(str(error), "check the service, and the network") from None
        except Exception as error:
            raise NotSent(f"unexpected {type(error).__name__}", f"check {channel.secret}") from error
        if reason is not None:
            raise NotSent(reason, f"check {channel.secret} and the service; `earshot check --online` sends a test")


def _notify(address: str, title: str, text: str) -> str | None:
    """Return why the message did not go out, None when it did."""
    import logging

    import apprise

    services = apprise.Apprise()
    if not services.add(address):
        return "the address is none that Apprise knows"
    with apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as log:  # type: ignore[no-untyped-call]
        if services.notify(title=title, body=text):
            return None
        lines = [line for line in log.getvalue().splitlines() if line.strip()]
    return _shown(lines[-1], address) if lines else "the service did not take the message"


def _shown(line: str, address: str) -> str:
    """Return a line of Apprise's without any part of the address."""
    return "the service refused the message" if any(part in line for part in _parts(address)) else line[:200]


def _parts(address: str) -> list[str]:
    return [part for part in re.split(r"[:/@?&=]+", address.partition("://")[2]) if len(part) >= 4]
