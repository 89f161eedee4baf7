"""The written pages against the program: commands, keys and defaults, guards, cues, links, examples."""

import importlib
import pkgutil
import re
import shutil
import tomllib
from dataclasses import MISSING, Field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
import typer

import responders
from listener import lexicon, platforms, policy, protocols, settings
from listener.alert_rules import CAUSE_KINDS, NOTICE_KINDS
from listener.cli import commands
from listener.errors import HoldName
from listener.intake import cues
from listener.model import History, Mention
from listener.platforms import x
from listener.settings import club, combinations, operation
from listener.settings import platforms as listening
from listener.settings import policy as rules
from listener.settings import responders as kinds_of_reply
from listener.settings.scalars import ConfigLocation
from listener.settings.schema import convert, key_of
from listener.triage.decide import GUARDS
from listener.triage.signals import SignalExtractor
from tests.pages import (
    CLUB,
    DESK,
    OPERATIONS,
    PAGES,
    POLICY,
    ROOT,
    Key,
    anchors,
    blocks,
    example_platform,
    first_cells,
    keys,
    named,
    prose,
    section,
)

OWN_TABLES = (
    "brand",
    "staff",
    "responders",
    "reader",
    "limits",
    "autonomy",
    "holds",
    "hours",
    "links",
    "cues",
    "lexicon",
)
OF_EVERY_COMMAND = {"--help", "-h"}
Shape = dict[str, "tuple[Any, Field[Any]]"]
pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def known() -> dict[str, set[str]]:
    """Every command with its options."""
    group: Any = typer.main.get_command(commands.app)
    found = {name: _options(made) for name, made in group.commands.items()}
    return {**found, "health": set()}


def _options(command: Any) -> set[str]:
    """A command's options, and those of the commands of a group."""
    parts = getattr(command, "commands", {}).values()
    return {word for one in command.params for word in one.opts}.union(*map(_options, parts))


@pages
def test_every_command_that_a_page_names_exists_with_its_options(page: Path) -> None:
    """Nobody is told to type what the program refuses."""
    there = known()
    odd = [(name, asked - there.get(name, set()) - OF_EVERY_COMMAND) for name, asked in named(page)]
    assert [name for name, _ in named(page) if name not in there] == []
    assert [(name, left) for name, left in odd if left] == []


def test_every_command_and_option_stands_in_a_page() -> None:
    """What the program can do is written down somewhere."""
    seen = {name for page in PAGES for name, _ in named(page)}
    told = {word for page in PAGES for word in re.findall(r"--[a-z][a-z-]+", page.read_text(encoding="utf-8"))}
    assert set(known()) - seen == set()
    assert {word for options in known().values() for word in options if word.startswith("--")} - told == set()


def _shapes() -> dict[str, Shape]:
    """Heading of a key table -> its keys, each with its type and field."""
    common = {one.name for one in fields(protocols.Section)}
    kinds = [one.name for one in pkgutil.iter_modules(responders.__path__)]
    options = {kind: importlib.import_module(f"responders.{kind}").Options for kind in kinds}
    return {
        "[daemon]": _shape(listening.Daemon),
        "[alerts]": _shape(operation._Alerts, {"channels"}),
        "[[alerts.channels]]": _shape(operation._Channel),
        "[[webhooks]]": _shape(operation._Webhook),
        "[metrics]": _shape(operation._Metrics),
        "[platforms.NAME]": {**_shape(listening._Common), **_shape(protocols.Section)},
        **{f"[platforms.{name}]": _shape(section, common) for name, section in _sections().items()},
        "[platforms.x.prices]": _shape(x.Prices),
        "top of policy.toml": _shape(rules._PolicyFile, set(OWN_TABLES)),
        "[brand]": _shape(policy.Brand),
        "[staff]": _shape(rules._Staff),
        "[responders.KIND]": _shape(kinds_of_reply._ResponderKeys),
        **{f"[responders.{kind}]": _shape(shape) for kind, shape in options.items()},
        "[reader]": _shape(policy.Reader),
        "[limits]": _shape(policy.Limits),
        "[autonomy]": _shape(policy.Autonomy),
        "[holds]": _shape(policy.Holds),
        "[hours]": _shape(rules._Hours),
        "[links]": _shape(rules._Links),
        "[[fact]]": _shape(policy.Fact),
        "[[KIND]]": _shape(combinations.Wording),
        "[[saved]]": _shape(policy.SavedReply),
    }


def _sections() -> dict[str, Any]:
    """The Section of every platform that is shipped."""
    return {name: importlib.import_module(f"listener.platforms.{name}").Section for name in platforms.names()}


def _shape(made: Any, without: set[str] | None = None) -> Shape:
    hints = get_type_hints(made)
    return {key_of(one.name): (hints[one.name], one) for one in fields(made) if one.name not in (without or set())}


def test_every_key_is_documented_and_every_documented_key_exists() -> None:
    """The tables of docs/policy.md are the dataclasses that settings checks against."""
    told: dict[str, set[str]] = {}
    for row in keys(POLICY):
        told.setdefault(row.table, set()).add(row.key)
    assert told == {heading: set(found) for heading, found in _shapes().items()}


def test_every_key_of_the_club_is_documented_and_exists() -> None:
    """The same for club.toml in docs/club.md, with its defaults."""
    told: dict[str, set[str]] = {}
    for row in keys(CLUB):
        told.setdefault(row.table, set()).add(row.key)
        hint, field = _club_shapes()[row.table][row.key]
        if row.default == "required":
            assert field.default is MISSING
        elif row.default == "none":
            assert field.default is None
        else:
            value = tomllib.loads(f"v = {row.default.strip('`')}")["v"]
            assert convert(hint, value, ConfigLocation(CLUB.name)) == field.default
    assert told == {heading: set(found) for heading, found in _club_shapes().items()}


def _club_shapes() -> dict[str, Shape]:
    tables = {"[club]": club._Club, "[tiers.NAME]": club._Tier, "[pools.NAME]": club._Pool}
    tables |= {"[applause]": club._Applause, "[testimonials]": club._Testimonials}
    return {heading: _shape(made) for heading, made in {**tables, "[offers.NAME]": club._Offer}.items()}


@pytest.mark.parametrize("row", list(keys(POLICY)), ids=lambda row: f"{row.table}-{row.key}")
def test_documented_default_is_the_programs(row: Key) -> None:
    """A default in a table, read as TOML and converted as settings would, is the dataclass's."""
    hint, field = _shapes()[row.table][row.key]
    default = field.default if field.default_factory is MISSING else field.default_factory()
    if row.default == "required":
        assert default is MISSING
    elif row.default == "none":
        assert default is None
    elif row.default != "table":
        value = tomllib.loads(f"v = {row.default.strip('`')}")["v"]
        assert convert(hint, value, ConfigLocation(POLICY.name)) == default


def test_guards_are_told_in_their_order() -> None:
    """An operator can see which safety rule comes first."""
    assert first_cells(POLICY, "Guards") == [name for name, _, _ in GUARDS]


def test_every_cue_is_told() -> None:
    """What [cues] takes stands in the page, and nothing else does."""
    assert sorted(first_cells(POLICY, "Cues")) == sorted(lexicon.cues())
    assert set(cues.LISTS) <= set(first_cells(POLICY, "Cues"))


def test_every_hold_is_explained() -> None:
    """`held: 3 by retry` must mean something to whoever reads it."""
    assert sorted(first_cells(DESK, "Why a reply is not sent yet")) == sorted(get_args(HoldName))


def _sources() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "listener").rglob("*.py"))


def test_every_kind_of_notice_is_told() -> None:
    """At three in the morning each notice has a section of its own."""
    told = set(re.findall(r"^### (\w+)$", section(OPERATIONS, "Notices"), re.MULTILINE))
    assert told == set(NOTICE_KINDS)


def test_every_kind_of_notice_and_alert_is_known_to_the_channels() -> None:
    """What is opened by its name stands in the list; so does each alert that has no notice, and in the page."""
    opened = set(re.findall(r"open_notice\(\s*connection,\s*\"(\w+)\"", _sources()))
    assert opened <= set(NOTICE_KINDS)
    causes = set(re.findall(r"Cause\(\"(\w+)\"", _sources()))
    assert causes == set(CAUSE_KINDS)
    assert causes == set(
        re.findall(r"^\| `(\w+)` \| (?:urgent|problem) \|", section(OPERATIONS, "Alerts"), re.MULTILINE)
    )


def test_every_environment_variable_is_told() -> None:
    """What the program reads of the environment stands in docs/operations.md, and nothing that it does not read."""
    read = set(re.findall(r"\bEARSHOT_[A-Z_]*[A-Z]\b", _sources()))
    assert set(re.findall(r"^\| `(EARSHOT_[A-Z_]+)`", section(OPERATIONS, "Environment"), re.MULTILINE)) == read


@pages
def test_links_between_pages_resolve(page: Path) -> None:
    """A link leads to a file of the repository, and an anchor to a heading of it."""
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        path, _, anchor = target.partition("#")
        there = (page.parent / path) if path else page
        if "://" in target or not there.exists() or (anchor and anchor not in anchors(there)):
            broken.append(target)
    assert broken == []


@pages
def test_a_page_is_plain(page: Path) -> None:
    """Lines stay short, and no path or package index of somebody's machine is shown."""
    text = page.read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if len(line) > 120] == []
    assert re.findall(r"(?<![\w.])/(?:work|root|tmp|home)\b|py" + "pi|python" + "hosted", text) == []


@pytest.mark.parametrize("text", [one for page in PAGES for one in blocks(page, "toml")])
def test_toml_example_is_a_configuration(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An example names its file in its first line, and can be used as it stands."""
    example_platform(tmp_path, monkeypatch)
    name = re.match(r"# (\w+\.toml)\n", text)
    assert name is not None
    shutil.copy(settings.starter() / "mentions.jsonl", tmp_path)
    (tmp_path / name[1]).write_text(text, encoding="utf-8")
    assert settings.load(tmp_path).folder == tmp_path


@pytest.mark.parametrize("manner", ["stated", "asked", "hedged", "denied"])
def test_manner_of_a_claim_is_as_the_page_says(manner: str, tmp_path: Path) -> None:
    """The four examples of the fact sheet, read with the fact that stands under them."""
    example = re.search(rf'^\| {manner} \| "(.+)" \|', POLICY.read_text(encoding="utf-8"), re.MULTILINE)
    assert example is not None
    (tmp_path / "factsheet.toml").write_text(next(one for one in blocks(POLICY, "toml") if "[[fact]]" in one))
    now = datetime(2026, 11, 22, tzinfo=UTC)
    mention = Mention("memory", "1", example[1], "ada", now, now, "1", "1", lang="en")
    facts = SignalExtractor(settings.load(tmp_path).policy).extract(mention, History(), now)
    assert {claim.stance for claim in facts.claims} == {manner}
