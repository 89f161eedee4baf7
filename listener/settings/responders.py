"""[responders.KIND]: the kinds of reply that a policy names, each with the options of its module."""

import importlib
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import timedelta
from types import ModuleType

from listener.errors import ConfigError, Problem
from listener.policy import Auto, ResponderConfig
from listener.settings.scalars import ConfigLocation, mistyped
from listener.settings.schema import build, collect_faults, suggest, unknown_key_problems

SHIPPED = "responders."
NAME = re.compile(r"[a-z][a-z0-9_]*")
# words that stand beside the kinds in replies.toml, in decisions and in reports
RESERVED = (
    "variables",
    "private",
    "saved",
    "draft",
    "escalate",
    "escalated",
    "ignore",
    "ignored",
    "undecided",
    "auto",
    "n",
)
_HELP = "see CONTRIBUTING.md, Add a kind of reply"


@dataclass(frozen=True)
class _ResponderKeys:
    auto: Auto = "never"
    due: timedelta | None = None
    module: str | None = None


def read_responder(kind: str, table: object, location: ConfigLocation) -> ResponderConfig:
    """Read one [responders.KIND]: auto, due, module, and the keys of the module's Options. Raises ConfigError."""
    location = location.inside(f"responders.{kind}")
    if not isinstance(table, dict):
        raise mistyped(location, "a table", table)
    own = {field.name for field in fields(_ResponderKeys)}
    faults: list[Problem] = []
    keys = collect_faults(faults, build, _ResponderKeys, {key: table[key] for key in own & set(table)}, location)
    if not isinstance(table.get("module", ""), str):
        raise ConfigError(faults)
    module = load_responder(kind, table.get("module"), location)
    if keys is not None and keys.auto != "never" and getattr(module, "NEVER_AUTO", False):
        do = 'set auto = "never": a person approves each of them'
        faults.append(Problem(str(location.at("auto")), "is not possible for this kind", do))
    options = _read_options(module, table, own, location, faults)
    if faults or keys is None:
        raise ConfigError(faults)
    traits = (bool(getattr(module, name, False)) for name in ("USES_FACTS", "IS_FALLBACK"))
    return ResponderConfig(kind, keys.auto, keys.due, options, keys.module, *traits)


def load_responder(kind: str, module: str | None, location: ConfigLocation) -> ModuleType:
    """Import the module of a kind: responders/KIND.py, or the one that `module` names. Raises ConfigError."""
    if module is None:
        return _require_respond(_import_shipped(kind, location), location)
    if not NAME.fullmatch(kind) or kind in RESERVED:
        raise location.as_error(f"{kind} cannot be the name of a kind", "write lower-case letters, not a reserved word")
    location = location.at("module")
    if module.startswith(SHIPPED) and module != SHIPPED + kind:
        raise location.as_error(f"{module} is a kind of another name", f"rename the section after it, not {kind}")
    try:
        return _require_respond(importlib.import_module(module), location)
    except Exception as error:
        if isinstance(error, ConfigError):
            raise
        message = f"cannot import {module}: {type(error).__name__}: {error}"
        raise location.as_error(message, "correct the name, or install the package that has it") from None


def _import_shipped(kind: str, location: ConfigLocation) -> ModuleType:
    shipped = {module.name for module in pkgutil.iter_modules(importlib.import_module("responders").__path__)}
    if kind not in shipped or not NAME.fullmatch(kind):
        raise location.as_error(
            "no kind of reply has this name", f'{suggest(kind, shipped)}; or add module = "package.module"'
        )
    return importlib.import_module(SHIPPED + kind)


def _require_respond(module: ModuleType, location: ConfigLocation) -> ModuleType:
    if not callable(getattr(module, "respond", None)):
        raise location.as_error(f"{module.__name__} has no function respond", _HELP)
    shape = getattr(module, "Options", None)
    if shape is not None and not (isinstance(shape, type) and is_dataclass(shape)):
        raise location.as_error(f"{module.__name__}.Options is not a dataclass", _HELP)
    return module


def _read_options(
    module: ModuleType, table: Mapping[str, object], own: set[str], location: ConfigLocation, faults: list[Problem]
) -> object:
    """Return an instance of the module's Options from its keys; None without Options, or with faults."""
    shape: type[object] | None = getattr(module, "Options", None)
    names = {field.name for field in fields(shape)} if shape else set()  # type: ignore[arg-type]
    faults += unknown_key_problems(table, own | names, location)
    if shape is None:
        return None
    return collect_faults(faults, build, shape, {key: table[key] for key in table if key in names - own}, location)
