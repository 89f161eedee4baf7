"""earshot.toml: [alerts], the channels that are notified, [[webhooks]], and [metrics], where figures are served."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from listener.alert_rules import (
    CAUSE_KINDS,
    NOTICE_KINDS,
    WEBHOOK_EVENTS,
    AlertChannel,
    AlertRules,
    Webhook,
    WebhookEvent,
    Words,
    is_known,
)
from listener.errors import ConfigError, Problem
from listener.platforms.kit.addresses import url_problem
from listener.settings.hours import parse_week_time, parse_window
from listener.settings.scalars import ConfigLocation
from listener.settings.schema import build, collect_faults, convert

NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


@dataclass(frozen=True)
class _Channel:
    """[[alerts.channels]] as it is written."""

    name: str
    severity: Literal["note", "problem", "urgent"] = "problem"
    notices: tuple[str, ...] = ("*",)
    hours: tuple[str, ...] = ()
    digest: tuple[str, ...] = ()
    digest_quotes: bool = False


@dataclass(frozen=True)
class _Alerts:
    """[alerts] as it is written; 0 hours: never."""

    channels: tuple[_Channel, ...] = ()
    remind_hours: float = 24.0
    unattended_hours: float = 8.0
    budget_share: float = 0.8
    disk_free_mb: int = 500


@dataclass(frozen=True)
class _Metrics:
    """[metrics] as it is written."""

    address: str = ""


@dataclass(frozen=True)
class _Webhook:
    """[[webhooks]] as it is written."""

    name: str
    url: str
    events: tuple[WebhookEvent, ...] = ()
    words: Words = "public"


def read_alerts(table: object, spot: ConfigLocation) -> AlertRules:
    """Return the rules of [alerts]. Raises ConfigError with every fault."""
    written = build(_Alerts, table, spot)
    faults: list[Problem] = []
    channels = [collect_faults(faults, _channel, channel, spot) for channel in written.channels]
    faults += _doubled(
        [AlertChannel(channel.name).secret for channel in written.channels], "channels", spot.at("channels")
    )
    if not 0 < written.budget_share <= 1:
        what = f"is not a share: {written.budget_share:g}"
        faults.append(Problem(str(spot.at("budget_share")), what, "write a number above 0, up to 1"))
    if written.disk_free_mb < 0:
        faults.append(Problem(str(spot.at("disk_free_mb")), f"is negative: {written.disk_free_mb}", "write 0 or more"))
    remind_after = collect_faults(faults, _hours, "remind_hours", written.remind_hours, spot)
    unattended_after = collect_faults(faults, _hours, "unattended_hours", written.unattended_hours, spot)
    if faults:
        raise ConfigError(faults)
    return AlertRules(
        channels=tuple(channel for channel in channels if channel is not None),
        remind_after=remind_after,
        unattended_after=unattended_after,
        budget_share=written.budget_share,
        disk_free=written.disk_free_mb * 1_000_000,
    )


def read_webhooks(tables: object, spot: ConfigLocation) -> tuple[Webhook, ...]:
    """Return what [[webhooks]] names. Raises ConfigError with every fault."""
    written: tuple[_Webhook, ...] = convert(tuple[_Webhook, ...], tables, spot)
    faults: list[Problem] = []
    hooks = [collect_faults(faults, _webhook, webhook, spot) for webhook in written]
    faults += _doubled([hook.secret for hook in hooks if hook is not None], "webhooks", spot)
    if faults:
        raise ConfigError(faults)
    return tuple(hook for hook in hooks if hook is not None)


def read_metrics(table: object, spot: ConfigLocation) -> tuple[str, int] | None:
    """Return host and port of [metrics]; None where nothing is to be served. Raises ConfigError."""
    address = build(_Metrics, table, spot).address
    if not address:
        return None
    host, _, port = address.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise spot.at("address").as_error(f"is not an address: {address!r}", 'write HOST:PORT such as "127.0.0.1:9464"')
    return host.strip("[]"), int(port)


def _channel(written: _Channel, spot: ConfigLocation) -> AlertChannel:
    spot = spot.inside(f"channels.{written.name}")
    _require_name(written.name, spot)
    if not written.notices and not written.digest:
        raise spot.at("notices").as_error("is empty", 'name kinds of notices, or write ["*"] for all')
    if strange := [pattern for pattern in written.notices if not is_known(pattern)]:
        names = ", ".join(sorted((*NOTICE_KINDS, *CAUSE_KINDS)))
        raise spot.at("notices").as_error(f"names no kind of notice or alert: {strange[0]!r}", f"choose from {names}")
    windows = tuple(parse_window(text, spot.at("hours")) for text in written.hours)
    digest = tuple(parse_week_time(text, spot.at("digest")) for text in written.digest)
    return AlertChannel(written.name, written.severity, written.notices, windows, digest, written.digest_quotes)


def _webhook(written: _Webhook, spot: ConfigLocation) -> Webhook:
    spot = spot.inside(f"webhooks.{written.name}")
    _require_name(written.name, spot)
    if problem := url_problem(written.url, can_have_path=True):
        raise spot.at("url").as_error(problem, 'write an address such as "https://crm.example/earshot"')
    return Webhook(written.name, written.url, written.events or WEBHOOK_EVENTS, written.words)


def _require_name(name: str, spot: ConfigLocation) -> None:
    if not NAME.fullmatch(name):
        raise spot.at("name").as_error(f"is not a name: {name!r}", "write small letters, digits, - and _")


def _doubled(secrets: Sequence[str], entries: str, spot: ConfigLocation) -> list[Problem]:
    """Return the problem that two entries would share a secret."""
    twice = next((name for name in secrets if secrets.count(name) > 1), None)
    do = "give each its own name: - and _ do not tell them apart"
    return [] if twice is None else [Problem(str(spot), f"two {entries} have the secret {twice}", do)]


def _hours(key: str, hours: float, spot: ConfigLocation) -> timedelta | None:
    if not 0 <= hours <= 24 * 365:
        raise spot.at(key).as_error(f"is out of bounds: {hours:g}", "write 0 (never) to 8760 hours")
    return timedelta(hours=hours) if hours else None
