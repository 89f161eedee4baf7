"""earshot.toml: [daemon], and the platforms that are on."""

import importlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, cast

from listener.alert_rules import AlertRules, Webhook
from listener.errors import ConfigError, Problem
from listener.protocols import ItemAuthor, PlatformModule, Section
from listener.settings.files import Source
from listener.settings.operation import read_alerts, read_metrics, read_webhooks
from listener.settings.scalars import ConfigLocation
from listener.settings.schema import build, collect_faults, suggest, unknown_key_problems

EARSHOT = "earshot.toml"
SHIPPED = "listener.platforms."
_PROXY = re.compile(r"http://[^\s/@?#]+:\d+/?")
SHORTEST, LONGEST = 0.1, 7 * 86_400.0  # seconds of an interval


@dataclass(frozen=True)
class Daemon:
    """[daemon]: how often the stages run, in seconds, and the way out to the platforms.

    proxy: http://HOST:PORT (default: none); ca_file: certificates of authorities to trust beside the public ones, PEM.
    """

    send_seconds: float = 5.0
    upkeep_seconds: float = 60.0
    route_seconds: float = 1.0
    alert_seconds: float = 5.0
    webhook_seconds: float = 1.0
    proxy: str | None = None
    ca_file: Path | None = None


@dataclass(frozen=True)
class PlatformSettings:
    """A platform that is on: its name, its dotted module, and an instance of that module's `Section`."""

    name: str
    module: str
    section: Section


@dataclass(frozen=True)
class EarshotFile:
    """earshot.toml. metrics: host and port where figures are served; None: nowhere."""

    daemon: Daemon
    platforms: tuple[PlatformSettings, ...]
    alerts: AlertRules
    metrics: tuple[str, int] | None
    webhooks: tuple[Webhook, ...] = ()


@dataclass(frozen=True)
class _Common:
    enabled: bool = True
    module: str | None = None


def read_earshot(source: Source, faults: list[Problem]) -> EarshotFile:
    """Return what the file says, the platforms in its order; add to the faults."""
    table, spot = source.table or {}, source.location
    faults += unknown_key_problems(table, ("daemon", "platforms", "alerts", "metrics", "webhooks"), spot)
    daemon = collect_faults(faults, _daemon, table.get("daemon", {}), spot.inside("daemon"))
    alerts = collect_faults(faults, read_alerts, table.get("alerts", {}), spot.inside("alerts"))
    metrics = collect_faults(faults, read_metrics, table.get("metrics", {}), spot.inside("metrics"))
    webhooks = collect_faults(faults, read_webhooks, table.get("webhooks", []), spot.at("webhooks"))
    sections = table.get("platforms", {})
    if not isinstance(sections, dict):
        faults.append(Problem(str(spot.at("platforms")), "is not a table", "write [platforms.NAME]"))
        sections = {}
    built = [collect_faults(faults, _platform, name, section, spot) for name, section in sections.items()]
    platforms = tuple(platform for platform in built if platform)
    return EarshotFile(daemon or Daemon(), platforms, alerts or AlertRules(), metrics, webhooks or ())


def load_platform(module: str, spot: ConfigLocation | None = None) -> PlatformModule[Any]:
    """Import a platform's module. Raises ConfigError if it cannot be imported or is not a platform."""
    spot = spot or ConfigLocation(EARSHOT)
    try:
        loaded = importlib.import_module(module)
    except Exception as error:  # noqa: BLE001 - a module of the operator's own may raise anything
        message = f"cannot import {module}: {type(error).__name__}: {error}"
        raise spot.as_error(message, "correct the name, or install the package that has it") from None
    shape = getattr(loaded, "Section", None)
    if not (isinstance(shape, type) and issubclass(shape, Section)):
        raise spot.as_error(f"{module} has no subclass Section of listener.protocols.Section", "see docs/platforms.md")
    if not (callable(getattr(loaded, "preview", None)) and callable(getattr(loaded, "connect", None))):
        raise spot.as_error(f"{module} lacks preview or connect", "see docs/platforms.md")
    return cast(PlatformModule[Any], loaded)


def item_author(platforms: Iterable[PlatformSettings], platform: str, raw: str) -> ItemAuthor | None:
    """Return who wrote a quarantined item, by its platform's own rule; a shipped platform that is off has its rule too.

    None: the raw text does not show it, or the platform is not installed.
    """
    sections = {settings.name: type(settings.section) for settings in platforms}
    if platform not in sections and platform in _shipped_names():
        sections[platform] = load_platform(SHIPPED + platform).Section
    return sections.get(platform, Section).item_author(raw)


def _daemon(table: object, spot: ConfigLocation) -> Daemon:
    daemon = build(Daemon, table, spot)
    intervals = [field.name for field in fields(daemon) if field.name.endswith("_seconds")]
    faults = [fault for name in intervals for fault in _interval(daemon, name, spot)]
    if faults := faults + _way_out_problems(daemon, spot):
        raise ConfigError(faults)
    return daemon


def _way_out_problems(daemon: Daemon, spot: ConfigLocation) -> list[Problem]:
    """Return what is wrong with the proxy and the file of authorities."""
    faults = []
    if daemon.proxy is not None and not _PROXY.fullmatch(daemon.proxy):
        do = 'write "http://HOST:PORT", without user and password: a proxy that asks for them is not supported'
        faults.append(Problem(str(spot.at("proxy")), "is not the address of a proxy", do))
    if daemon.ca_file is not None:
        import ssl  # nobody pays for it who does not need it

        try:
            ssl.create_default_context(cafile=str(daemon.ca_file))
        except (OSError, ValueError):
            do = "give the certificates of your authority in PEM, from -----BEGIN CERTIFICATE----- on"
            faults.append(Problem(str(spot.at("ca_file")), f"{daemon.ca_file} holds no certificate", do))
    return faults


def _platform(name: str, table: object, spot: ConfigLocation) -> PlatformSettings | None:
    """Build one [platforms.NAME]; None when it is off. Raises ConfigError."""
    spot = spot.inside(f"platforms.{name}")
    if not isinstance(table, dict):
        raise spot.as_error("is not a table", f"write [platforms.{name}]")
    own = {field.name for field in fields(_Common)}
    common = build(_Common, {key: table[key] for key in own & table.keys()}, spot)
    if not common.enabled:
        return None
    module = common.module or _shipped(name, spot)
    if module.startswith(SHIPPED) and module != SHIPPED + name:
        raise spot.at("module").as_error(
            f"{module} is the module of another platform", f"rename the section after it, not {name}"
        )
    shape: type[Section] = load_platform(module, spot.at("module") if common.module else spot).Section
    return PlatformSettings(name, module, _section(shape, table, own, spot))


def _section(shape: type[Section], table: Mapping[str, object], own: set[str], spot: ConfigLocation) -> Section:
    """Build a platform's section, which is checked by type and then by itself. Raises ConfigError."""
    known = {field.name for field in fields(shape)}
    faults = unknown_key_problems(table, own | known, spot)
    section: Section | None = collect_faults(
        faults, build, shape, {key: table[key] for key in table if key in known}, spot
    )
    if section is not None:
        faults += _interval(section, "poll_seconds", spot)
        faults += [Problem(str(spot.at(key)), what, do) for key, what, do in section.problems()]
    if faults or section is None:
        raise ConfigError(faults)
    return section


def _shipped(name: str, spot: ConfigLocation) -> str:
    """Return the dotted name of a platform in this repository. Raises ConfigError."""
    known = _shipped_names()
    if name not in known:
        raise spot.as_error(
            "there is no platform of this name", f'{suggest(name, known)}; or add module = "package.module"'
        )
    return SHIPPED + name


def _shipped_names() -> tuple[str, ...]:
    known: tuple[str, ...] = importlib.import_module("listener.platforms").names()
    return known


def _interval(values: object, name: str, spot: ConfigLocation) -> list[Problem]:
    seconds = getattr(values, name)
    if SHORTEST <= seconds <= LONGEST:
        return []
    return [Problem(str(spot.at(name)), f"is out of bounds: {seconds}", f"write {SHORTEST} to {LONGEST:.0f} seconds")]
