"""config/*.toml as frozen values; every fault is told at once, with file and key, and unknown keys are refused."""

import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import cast

from listener.errors import ConfigError, EarshotError, Problem
from listener.model import Responder
from listener.policy import Policy
from listener.settings.environment import EnvSecrets, data_folder, database_path, database_url, find_folder, starter
from listener.settings.files import read
from listener.settings.platforms import EARSHOT, Daemon, PlatformSettings, item_author, load_platform, read_earshot
from listener.settings.policy import POLICY_FILES, build_policy, load_responder, read_policy
from listener.settings.schema import suggest

__all__ = [
    "Daemon",
    "EnvSecrets",
    "PlatformSettings",
    "Settings",
    "data_folder",
    "database_path",
    "database_url",
    "find_folder",
    "init",
    "item_author",
    "load",
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
SOON = timedelta(days=14)  # a fact about to expire is noted this long before


@dataclass(frozen=True)
class Settings:
    """A whole configuration. platforms: those that are on, in the file's order."""

    folder: Path
    platforms: tuple[PlatformSettings, ...]
    daemon: Daemon
    policy: Policy

    def platform(self, name: str) -> PlatformSettings | None:
        """The platform of this name, or None when it is not on."""
        return next((one for one in self.platforms if one.name == name), None)


def load(folder: Path) -> Settings:
    """The configuration of a folder; a missing file is the starter's. Raises ConfigError with every fault."""
    if not folder.is_dir():
        do = "make it with `earshot init`, or set EARSHOT_CONFIG to another folder"
        raise ConfigError([Problem(str(folder), "there is no such folder", do)])
    faults: list[Problem] = []
    sources = {name: read(folder, name, faults) for name in FILES}
    policy = build_policy(sources, faults)
    daemon, platforms = read_earshot(sources[EARSHOT], faults)
    if faults or policy is None:
        raise ConfigError(faults)
    return Settings(folder, platforms, daemon, policy)


def load_policy(folder: Path) -> tuple[Policy, list[str]]:
    """The policy of a folder alone, for `earshot replay`, and what should be known of its files. Raises ConfigError."""
    if not folder.is_dir():
        raise ConfigError([Problem(str(folder), "there is no such folder", "give one with a policy.toml")])
    faults: list[Problem] = []
    policy = build_policy({name: read(folder, name, faults) for name in POLICY_FILES}, faults)
    if faults or policy is None:
        raise ConfigError(faults)
    return policy, _file_notes(folder, POLICY_FILES)


def load_responders(policy: Policy) -> dict[str, Responder]:
    """The responders of a policy by kind, in its order. Raises ConfigError."""
    return {one.kind: cast(Responder, load_responder(one.kind)) for one in policy.responders}


def secret_problems(settings: Settings, secrets: EnvSecrets) -> list[Problem]:
    """Return a problem for each secret that a platform declares and that has no value."""
    names = [name for platform in settings.platforms for name in platform.section.secret_names]
    return [secrets.problem(name) for name in secrets.missing(dict.fromkeys(names))]


def problems(settings: Settings) -> list[Problem]:
    """Faults that do not keep a configuration from being read, for `earshot check`."""
    if settings.platforms:
        return []
    return [Problem(EARSHOT, "no platform is on", "add a section [platforms.NAME], or remove its `enabled = false`")]


def notes(settings: Settings, today: date | None = None) -> list[str]:
    """What an operator should know, for `earshot check`; expiring facts only when told what day it is."""
    policy = settings.policy
    message = [
        f"policy.toml [responders.{one.kind}] auto: goes out by itself without having earned it"
        for one in policy.responders
        if one.auto == "always"
    ]
    message += [f"[platforms.{one.name}] {note}" for one in settings.platforms for note in one.section.notes()]
    if not policy.brand.name:
        message.append(
            "policy.toml has no [brand]: the brand's own words are not taken out of a text before it is scored"
        )
    if not policy.responders:
        message.append("policy.toml names no responder: every mention is ignored or escalated")
    if today is not None:
        message += [
            f"factsheet.toml {one.id}: expires on {one.expires}" for one in policy.facts if one.expires < today + SOON
        ]
    return message + _file_notes(settings.folder)


def init(folder: Path) -> list[Path]:
    """Write the starter files and return their paths.

    Raises EarshotError; when one of them is there already, none is written.
    """
    targets = [folder / name for name in (*FILES, SAMPLE)]
    if taken := [path for path in targets if path.exists()]:
        raise EarshotError(f"{taken[0]} is there already", "choose another folder, or move it away")
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
    """Which files the folder leaves to the starter set, and which it has that nobody reads."""
    message = [f"{name}: none in {folder}, so the starter's is used" for name in files if not (folder / name).exists()]
    others = sorted({path.name for path in folder.glob("*.toml")} - set(FILES))
    return message + [f"{name} is not read: {suggest(name, FILES)}" for name in others]
