"""[alerts] and [[webhooks]] of earshot.toml as values: who is notified of what, and when. Standard library only."""

import base64
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Literal, get_args

from listener.policy import TimeWindow, WeekTime

NOTICE_KINDS = (
    "account", "alerts", "autonomy", "billing", "clock", "configuration", "coupons_book", "coupons_low", "duplicate",
    "edited_after_reply", "erasure_incomplete", "flood", "gap", "paused", "spike", "stage", "unchecked", "unconfirmed",
    "unreachable", "waiting", "webhook",
)  # fmt: skip
CAUSE_KINDS = (
    "announcement",
    "budget_near",
    "disk",
    "overdue",
    "quarantined",
    "unattended",
    "urgent",
)  # what people are alerted of without a notice

Severity = Literal["note", "problem", "urgent"]
SEVERITIES: tuple[Severity, ...] = ("note", "problem", "urgent")
"""From the least to the most severe: good to know; something does not work; people are in danger or waiting in vain."""


WebhookEvent = Literal[
    "mention.stored",
    "mention.decided",
    "reply.sent",
    "reply.changed",
    "announcement.sent",
    "announcement.changed",
    "applause.sent",
    "applause.changed",
]
WEBHOOK_EVENTS: tuple[WebhookEvent, ...] = get_args(WebhookEvent)
Words = Literal["none", "public", "all"]


@dataclass(frozen=True, slots=True)
class AlertChannel:
    """Who is notified: by the address in the secret `secret`, of these kinds from this severity on.

    hours: outside of them only what is urgent is sent at once, the rest waits for their beginning; empty: any time.
    digest: when a digest is sent here; digest_quotes: it quotes customers.
    """

    name: str
    severity: Severity = "problem"
    kinds: tuple[str, ...] = ("*",)
    hours: tuple[TimeWindow, ...] = ()
    digest: tuple[WeekTime, ...] = ()
    digest_quotes: bool = False

    @property
    def secret(self) -> str:
        """The name of the secret that holds the channel's address: it mostly has a password in it."""
        return f"EARSHOT_ALERT_{self.name.upper().replace('-', '_')}_URL"

    def takes(self, kind: str, severity: Severity) -> bool:
        """Return whether this channel is notified of such a cause."""
        is_severe = SEVERITIES.index(severity) >= SEVERITIES.index(self.severity)
        return is_severe and any(_matches(pattern, kind) for pattern in self.kinds)


@dataclass(frozen=True, slots=True)
class AlertRules:
    """When people are notified. remind_after: an open cause is sent again after so long; None: never.

    unattended_after: business hours without any act of staff while something waits; budget_share: of a day's budget;
    disk_free: bytes.
    """

    heartbeat: ClassVar[str] = "EARSHOT_HEARTBEAT_URL"  # the secret that holds the heartbeat's address

    channels: tuple[AlertChannel, ...] = ()
    remind_after: timedelta | None = timedelta(hours=24)
    unattended_after: timedelta | None = timedelta(hours=8)
    budget_share: float = 0.8
    disk_free: int = 500_000_000


@dataclass(frozen=True, slots=True)
class Webhook:
    """A program that is notified of these events. words: whose words it is sent: of public mentions, all, or none."""

    name: str
    url: str
    events: tuple[WebhookEvent, ...] = WEBHOOK_EVENTS
    words: Words = "public"

    @property
    def secret(self) -> str:
        """The name of the secret that signs: one `whsec_...`, or several while it is replaced."""
        return f"EARSHOT_WEBHOOK_{self.name.upper().replace('-', '_')}_SECRET"


def signing_keys(secret: str) -> tuple[bytes, ...]:
    """Read the keys of a webhook's secret: `whsec_` and base64 of 24 to 64 bytes each. Raises ValueError with why."""
    keys = tuple(_signing_key(part) for part in secret.split())
    if not keys:
        raise ValueError("it is empty")
    return keys


def _signing_key(part: str) -> bytes:
    if not part.startswith("whsec_"):
        raise ValueError("it does not begin with whsec_")
    try:
        key = base64.b64decode(part.removeprefix("whsec_"), validate=True)
    except ValueError:
        raise ValueError("what follows whsec_ is not base64") from None
    if not 24 <= len(key) <= 64:
        raise ValueError(f"it has {len(key)} bytes, not 24 to 64")
    return key


def is_known(pattern: str) -> bool:
    """Return whether a kind, or a pattern such as `acc*`, means anything that people are alerted of."""
    return any(_matches(pattern, kind) for kind in (*NOTICE_KINDS, *CAUSE_KINDS))


def _matches(pattern: str, kind: str) -> bool:
    return kind.startswith(pattern[:-1]) if pattern.endswith("*") else kind == pattern
