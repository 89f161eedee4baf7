"""Read config/*.toml as frozen values; report every fault with file and key, and refuse unknown keys."""

import os
import re
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import cast

from listener.alert_rules import AlertRules, Webhook, signing_keys
from listener.club_rules import TELLING_ROLES
from listener.errors import ConfigError, EarshotError, Problem
from listener.policy import Policy
from listener.protocols import Responder
from listener.settings.claims import claim_notes
from listener.settings.environment import EnvSecrets, data_folder, database_place, find_folder, starter
from listener.settings.files import read
from listener.settings.platforms import (
    EARSHOT,
    Daemon,
    EarshotFile,
    PlatformSettings,
    item_author,
    load_platform,
    read_earshot,
)
from listener.settings.policy import POLICY, POLICY_FILES, build_policy, read_policy
from listener.settings.responders import load_responder
from listener.settings.scalars import ConfigLocation
from listener.settings.schema import suggest

__all__ = [
    "Daemon",
    "EnvSecrets",
    "PlatformSettings",
    "Settings",
    "data_folder",
    "database_place",
    "find_folder",
    "init",
    "item_author",
    "load",
    "load_earshot",
    "load_platform",
    "load_policy",
    "load_responders",
    "notes",
    "problems",
    "read_policy",
    "secret_problems",
    "starter",
]

FILES = (EARSHOT, *POLICY_FILES)
SAMPLE = "mentions.jsonl"
SOON = timedelta(days=14)  # `check` notes a fact this long before it expires


@dataclass(frozen=True)
class Settings:
    """A whole configuration. platforms: those that are on, in the file's order."""

    folder: Path
    platforms: tuple[PlatformSettings, ...]
    daemon: Daemon
    policy: Policy
    alerts: AlertRules
    metrics: tuple[str, int] | None  # host and port where figures are served
    webhooks: tuple[Webhook, ...] = ()

    def platform(self, name: str) -> PlatformSettings | None:
        """Return the platform of this name, or None if it is not on."""
        return next((platform for platform in self.platforms if platform.name == name), None)


def load(folder: Path) -> Settings:
    """Read the configuration of a folder; a missing file is the starter's. Raises ConfigError with every fault."""
    if not os.path.isdir(folder):  # noqa: PTH112 - unlike Path.is_dir it also says no where it may not look
        do = "create it with `earshot init`, or set EARSHOT_CONFIG to another folder"
        raise ConfigError([Problem(str(folder), "there is no such folder", do)])
    faults: list[Problem] = []
    sources = {name: read(folder, name, faults) for name in FILES}
    policy = build_policy(sources, faults)
    file = read_earshot(sources[EARSHOT], faults)
    if faults or policy is None:
        raise ConfigError(faults)
    return Settings(folder, file.platforms, file.daemon, policy, file.alerts, file.metrics, file.webhooks)


def load_earshot(folder: Path) -> EarshotFile:
    """Return what can be read of earshot.toml, for use when the configuration is broken; faults are passed over."""
    faults: list[Problem] = []
    return read_earshot(read(folder, EARSHOT, faults), faults)


def load_policy(folder: Path) -> tuple[Policy, list[str]]:
    """Read the policy of a folder alone, for `earshot replay`, with notes on its files. Raises ConfigError."""
    if not folder.is_dir():
        raise ConfigError([Problem(str(folder), "there is no such folder", "name a folder with a policy.toml")])
    faults: list[Problem] = []
    policy = build_policy({name: read(folder, name, faults) for name in POLICY_FILES}, faults)
    if faults or policy is None:
        raise ConfigError(faults)
    return policy, _file_notes(folder, POLICY_FILES)


def load_responders(policy: Policy) -> dict[str, Responder]:
    """Import the responders of a policy; return them by kind, in its order. Raises ConfigError."""
    location = ConfigLocation(POLICY)
    return {
        config.kind: cast(
            Responder, load_responder(config.kind, config.module, location.inside(f"responders.{config.kind}"))
        )
        for config in policy.responders
    }


def secret_problems(settings: Settings, secrets: EnvSecrets) -> list[Problem]:
    """Return a problem for each secret that is needed and has no value, or cannot be used."""
    names = [name for platform in settings.platforms for name in platform.section.secret_names]
    names += [channel.secret for channel in settings.alerts.channels]
    names += [webhook.secret for webhook in settings.webhooks]
    names += [settings.alerts.heartbeat] * secrets.is_named(settings.alerts.heartbeat)
    missing = [secrets.problem(name) for name in secrets.missing(dict.fromkeys(names))]
    return missing + [problem for webhook in settings.webhooks if (problem := _signing_problem(webhook, secrets))]


def _signing_problem(webhook: Webhook, secrets: EnvSecrets) -> Problem | None:
    """Return why a webhook's secret cannot sign; None where it can, or is missing."""
    secret = secrets.get(webhook.secret)
    try:
        if secret is not None:
            signing_keys(secret)
    except ValueError as error:
        do = "write whsec_ and 32 random bytes in base64: docs/webhooks.md shows how to make one"
        return Problem(webhook.secret, f"cannot sign: {error}", do)
    return None


def problems(settings: Settings) -> list[Problem]:
    """Return the faults of a configuration that can be read, for `earshot check`."""
    if settings.platforms:
        return []
    return [Problem(EARSHOT, "no platform is on", "add a section [platforms.NAME], or remove its `enabled = false`")]


def notes(settings: Settings, today: date | None = None) -> list[str]:
    """Return what an operator should know, for `earshot check`; with today also the facts that expire soon."""
    policy = settings.policy
    lines = [
        f"policy.toml [responders.{responder.kind}] auto: replies are sent automatically, unearned"
        for responder in policy.responders
        if responder.auto == "always"
    ]
    for platform in settings.platforms:
        lines += [f"[platforms.{platform.name}] {note}" for note in platform.section.notes()]
    if not policy.brand.name:
        lines.append("policy.toml has no [brand]: the brand's own words are not removed before a text is scored")
    if not policy.responders:
        lines.append("policy.toml names no kind of reply: every mention is ignored or escalated")
    lines += [*claim_notes(policy), *_leak_notes(policy)]
    if today is not None:
        expiring = (fact for fact in policy.facts if fact.expires < today + SOON)
        lines += [f"factsheet.toml {fact.id}: expires on {fact.expires}" for fact in expiring]
    return lines + _file_notes(settings.folder)


def _leak_notes(policy: Policy) -> list[str]:
    """Note which wordings name a tier or a role that customers must not see: perhaps it is an everyday word there."""
    names = {*(tier.name for tier in policy.club.tiers), *TELLING_ROLES}
    texts = [
        (f"{kind} {variant.id}", variant.text) for kind, variants in policy.wording.items() for variant in variants
    ]
    texts += [(f"saved {saved.id}", saved.text) for saved in policy.saved_replies]
    return [
        f"replies.toml {where}: names {leaked[0]!r}; customers must not see their tier or role"
        for where, text in texts
        if (leaked := sorted(names & set(re.findall(r"[\w-]+", text.lower()))))
    ]


def init(folder: Path) -> list[Path]:
    """Write the starter files and return their paths; write none if any exists. Raises EarshotError."""
    targets = [folder / name for name in (*FILES, SAMPLE)]
    if taken := [path for path in targets if path.exists()]:
        raise EarshotError(f"{taken[0]} already exists", "choose another folder, or move it away")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in targets:
            shutil.copyfile(starter() / path.name, path)
    except OSError as error:
        raise EarshotError(
            f"cannot write {error.filename}: {error.strerror}", "choose a folder you may write to"
        ) from None
    return targets


def _file_notes(folder: Path, files: tuple[str, ...] = FILES) -> list[str]:
    """Note which files the folder leaves to the starter set, and which of its files are not read."""
    missing = [name for name in files if not (folder / name).exists()]
    unread = sorted({path.name for path in folder.glob("*.toml")} - set(FILES))
    return [f"{name}: not in {folder}, so the starter's file is used" for name in missing] + [
        f"{name} is not read: {suggest(name, FILES)}" for name in unread
    ]
