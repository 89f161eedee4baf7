"""Prepare `run` and `once`: the lock, the newest schema, the platforms' connections."""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from listener import shutdown
from listener.access import explain_access, why
from listener.cli import context, logs
from listener.errors import ConfigError, DatabaseBusy, EarshotError, LockHeld, StoreError

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from listener.alerts.digests import Write
    from listener.alerts.notifier import Notifier
    from listener.metrics.process import ProcessFigures
    from listener.place import Place
    from listener.protocols import Meter, Platform
    from listener.settings import PlatformSettings, Settings
    from listener.stages import Stages
    from listener.store.database import Lock
    from listener.store.digests import DigestState
    from listener.store.engine import Store

log = logging.getLogger(__name__)

LEASE_RETRY_S = 3.0  # seconds between two tries to take the lease


def ready() -> "Settings":
    """Load the configuration and check its secrets, before anything is opened or written. Raises ConfigError."""
    from listener import settings as rules

    config = context.settings()
    missing = rules.secret_problems(config, rules.EnvSecrets(os.environ))
    if missing:
        raise ConfigError(missing)
    return config


@contextmanager
def locked(command: str, *, wait: float = 30.0, is_daemon: bool = False) -> Iterator["Store"]:
    """Hold the lock, bring a file to the newest schema, open the database. Raises LockHeld, StoreError.

    On a server nobody but `earshot migrate` changes tables: the daemon's user need not own them. is_daemon: share a
    server with other daemons; wait, until the stop flag is raised, while `once` or `migrate` works there.
    """
    from listener.settings.environment import database_place
    from listener.store.engine import open_store
    from listener.store.migrate import migrate

    place = database_place(os.environ)
    with ExitStack() as stack:
        lock = _join(stack, place) if is_daemon else _hold(stack, place, command)
        if isinstance(place, Path):
            migrate(place, context.now())
        store = open_store(place, wait=wait, lock=lock)
        try:
            yield store
        finally:
            store.close()


def _hold(stack: ExitStack, place: "Place", command: str) -> "Lock":
    from listener.store.database import database_at

    return stack.enter_context(database_at(place).hold(command, context.now()))


def _join(stack: ExitStack, place: "Place") -> "Lock":
    """Become a daemon as soon as nobody else holds everything; a supervisor would give up after a few short starts.

    Ends the process when it is stopped meanwhile. Raises LockHeld for a file, StoreError, but not while it waits.
    """
    from listener.store.database import database_at
    from listener.store.engine import HEAD

    is_waiting = False
    while not shutdown.stop_requested.is_set():
        try:
            return stack.enter_context(database_at(place).join(context.version(), HEAD, context.now()))
        except (LockHeld, StoreError) as error:
            if isinstance(place, Path) or not (is_waiting or isinstance(error, LockHeld | DatabaseBusy)):
                raise
            if not is_waiting:
                fields = {"event": "lease_waited_for", "why": error.what}
                log.info("waiting for the lease: %(why)s", fields)
            is_waiting = True
        shutdown.wait(LEASE_RETRY_S)
    raise typer.Exit(0)


def data_folder() -> Path:
    """Return the data folder, made when it is missing. Raises EarshotError where it cannot be written."""
    from listener.settings.environment import data_folder as find

    folder = find(os.environ)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EarshotError(f"cannot make {folder} ({why(error)})", explain_access(folder)) from error
    return folder


def connect(config: "Settings", store: "Store") -> dict[str, "Platform"]:
    """Connect every platform that is on, with its meter. Raises EarshotError."""
    take_way_out(config)
    return {platform.name: connect_platform(platform, _make_meter(store, platform)) for platform in config.platforms}


def take_way_out(config: "Settings") -> None:
    """Let platforms that are connected from now on take the proxy and the authorities of the configuration."""
    from listener.platforms.kit import network

    network.use(network.WayOut(config.daemon.proxy, config.daemon.ca_file))


def connect_platform(platform: "PlatformSettings", meter: "Meter") -> "Platform":
    """Connect a platform that is on; of its network libraries only warnings are logged. Raises EarshotError."""
    from listener import settings as rules

    logs.quiet(platform.section.chatty_loggers)
    module = rules.load_platform(platform.module)
    return module.connect(platform.section, rules.EnvSecrets(os.environ), data_folder(), meter)


def _make_meter(store: "Store", platform: "PlatformSettings") -> "Meter":
    from listener.store.ledger import LedgerMeter
    from listener.store.parts import platform_part

    budget = platform.section.budget
    fenced = store.under(platform_part(platform.name))
    return LedgerMeter(fenced, platform.name, budget.daily_usd, budget.send_reserve_usd, context.now)


def stages(
    config: "Settings",
    store: "Store",
    stopping: Callable[[], bool] = lambda: False,
    process: "ProcessFigures | None" = None,
) -> "Stages":
    """Bind the four stages to this configuration, and note in the database which platforms are on."""
    from listener.stages import Stages
    from listener.store import alerts, digests, platforms, stage_states, webhooks
    from listener.store.parts import part_of

    connected = connect(config, store)
    sections = {source.name: source.section for source in config.platforms}
    intervals = _stage_intervals(config)
    with store.write() as connection:
        platforms.enable(connection, {name: section.poll_seconds for name, section in sections.items()}, context.now())
        stage_states.begin(connection, intervals, context.now())
        alerts.keep_channels(connection, [channel.name for channel in config.alerts.channels], context.now())
        digests.keep_channels(connection, [channel.name for channel in config.alerts.channels if channel.digest])
        webhooks.keep(connection, {webhook.name: webhook.url for webhook in config.webhooks}, context.now())
    if store.lock is not None:
        store.lock.lead({part_of(stage) for stage in intervals})
    deleted = {name: kept for name, section in sections.items() if (kept := section.retain_deleted_text) is not None}
    texts = {name: kept for name, section in sections.items() if (kept := section.retain_text) is not None}
    triage, notifier = context.triage(config), _make_notifier(config, store, process)
    notes: dict[str, Any] = {"kept": texts}
    if process is not None:
        notes |= {"note_duration": process.durations.note, "note_poll": process.polls.note}
    return Stages(store, connected, triage, context.now, stopping, deleted, intervals, notifier, **notes)


def _make_notifier(config: "Settings", store: "Store", process: "ProcessFigures | None") -> "Notifier | None":
    """Return what notifies people and programs; None where neither is configured."""
    if not _is_anybody_notified(config) and not config.webhooks:
        return None
    from listener.alerts.channels import ignore_message
    from listener.alerts.notifier import bind
    from listener.settings import EnvSecrets
    from listener.store.parts import UPKEEP

    secrets, fenced = EnvSecrets(os.environ), store.under(UPKEEP)
    budgets = {platform.name: platform.section.budget for platform in config.platforms}
    folder, write, note = data_folder(), _digest_writer(config), process.messages.note if process else ignore_message
    return bind(
        fenced, config.alerts, config.webhooks, config.policy, budgets, folder, secrets, write, context.now, note
    )


def _digest_writer(config: "Settings") -> "Write":
    """Return what computes title and text of a digest."""

    def write(connection: "Connection", period: "DigestState", now: "datetime", quotes: bool) -> tuple[str, str]:
        from listener.analysis import digest
        from listener.analysis.digest_text import compose

        policy = config.policy
        figures = digest.gather(connection, policy, period.since, period.until, now, quotes=quotes)
        return compose(policy.brand.name, figures)

    return write


def _is_anybody_notified(config: "Settings") -> bool:
    """Return whether a channel of alerts or a heartbeat is configured."""
    from listener.settings import EnvSecrets

    return bool(config.alerts.channels) or EnvSecrets(os.environ).get(config.alerts.heartbeat) is not None


def _stage_intervals(config: "Settings") -> dict[str, float]:
    """Return every stage by its name, with the seconds between two of its runs."""
    daemon, intervals = config.daemon, dict[str, float]()
    for platform in config.platforms:
        intervals[f"poll {platform.name}"] = platform.section.poll_seconds
        intervals[f"send {platform.name}"] = daemon.send_seconds
    if _is_anybody_notified(config):
        intervals["alerts"] = daemon.alert_seconds
    if any(channel.digest for channel in config.alerts.channels):
        intervals["digests"] = daemon.alert_seconds
    if config.webhooks:
        intervals["webhooks"] = daemon.webhook_seconds
    return {**intervals, "route": daemon.route_seconds, "upkeep": daemon.upkeep_seconds}
