"""Prepare `run` and `once`: the lock, the newest schema, the platforms' connections."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from listener.cli import context
from listener.errors import ConfigError, EarshotError

if TYPE_CHECKING:
    from listener.model import Platform
    from listener.settings import Settings
    from listener.stages import Stages
    from listener.store.engine import Store


def ready() -> "Settings":
    """Load the configuration and check its secrets, before anything is opened or written. Raises ConfigError."""
    from listener import settings as rules

    config = context.settings()
    missing = rules.secret_problems(config, rules.EnvSecrets(os.environ))
    if missing:
        raise ConfigError(missing)
    return config


@contextmanager
def locked(command: str, *, wait: float = 30.0) -> Iterator["Store"]:
    """Hold the lock, bring the database to the newest schema, open it. Raises LockHeld, StoreError."""
    from listener.settings.environment import database_path
    from listener.store.engine import open_store
    from listener.store.lock import hold
    from listener.store.migrate import migrate

    path = database_path(os.environ)
    with hold(path, command, context.now()):
        migrate(path, context.now())
        store = open_store(path, wait=wait)
        try:
            yield store
        finally:
            store.close()


def data_folder() -> Path:
    """Return the data folder, made when it is missing. Raises EarshotError where it cannot be written."""
    from listener.settings.environment import data_folder as find

    folder = find(os.environ)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EarshotError(
            f"cannot make {folder} ({error.strerror})", "set EARSHOT_DATA to a folder that can be written"
        ) from error
    return folder


def connect(config: "Settings", store: "Store") -> dict[str, "Platform"]:
    """Connect every platform that is on, with its meter. Raises EarshotError."""
    from listener import settings as rules

    secrets = rules.EnvSecrets(os.environ)
    folder = data_folder()
    connected: dict[str, Platform] = {}
    for source in config.platforms:
        meter = _meter(store, source.name, source.section)
        connected[source.name] = rules.load_platform(source.module).connect(source.section, secrets, folder, meter)
    return connected


def _meter(store: "Store", name: str, section: object) -> object:
    from listener.store.ledger import LedgerMeter

    budget = getattr(section, "daily_budget_usd", "none")
    reserve = float(getattr(section, "send_reserve_usd", 0.0))
    return LedgerMeter(store, name, None if budget == "none" else float(budget), reserve, context.now)


def stages(config: "Settings", store: "Store", stopping: Callable[[], bool] = lambda: False) -> "Stages":
    """Bind the four stages to this configuration, and note in the database which platforms are on."""
    from listener.stages import Stages
    from listener.store import platforms

    connected = connect(config, store)
    sections = {source.name: source.section for source in config.platforms}
    with store.write() as connection:
        platforms.enable(connection, {name: section.poll_seconds for name, section in sections.items()}, context.now())
    deleted = {name: kept for name, section in sections.items() if (kept := section.retain_deleted_text) is not None}
    return Stages(store, connected, context.triage(config), context.now, stopping, deleted)
