"""What the repository itself must keep to: no tracked binaries, and every room in an import contract."""

import subprocess
from collections.abc import Collection, Iterable
from configparser import ConfigParser
from pathlib import Path

import pytest

from tests.binaries import ROOT, main, tracked_binaries

# They import everything; nobody imports them.
TOP = {"listener.cli", "listener.daemon", "listener.stages", "listener.stage_runner"}


def contracts() -> list[tuple[str, set[str], set[str]]]:
    """Each contract of .importlinter: its name, the modules it restricts, and what they must not import."""
    parser = ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    sections = [parser[name] for name in parser.sections() if name.startswith("importlinter:contract:")]
    return [
        (
            section["name"],
            {*section.get("source_modules", "").split(), *section.get("modules", "").split()},
            set(section.get("forbidden_modules", "").split()),
        )
        for section in sections
    ]


def rooms() -> set[str]:
    """Every package and module directly in listener/."""
    entries = (ROOT / "listener").iterdir()
    packages = {f"listener.{entry.name}" for entry in entries if (entry / "__init__.py").exists()}
    modules = {f"listener.{path.stem}" for path in (ROOT / "listener").glob("*.py") if path.stem != "__init__"}
    return packages | modules


def unrestricted(names: Iterable[str], restricted: Collection[str]) -> set[str]:
    """Name the rooms that no contract restricts, neither as a whole nor in one of their modules."""
    covered = {".".join(name.split(".")[:2]) for name in restricted}
    return set(names) - covered


def exists(name: str) -> bool:
    """True when a dotted name (its end may be *) is a module of the tree."""
    path = ROOT.joinpath(*name.removesuffix(".*").split("."))
    return (path / "__init__.py").exists() or path.with_suffix(".py").exists()


def test_every_room_stands_in_an_import_contract() -> None:
    """A new package without a contract may import whatever it likes."""
    restricted = {name for _, sources, _ in contracts() for name in sources}
    assert unrestricted(rooms(), restricted) <= TOP
    assert unrestricted({"listener.new", "listener.store"}, restricted) == {"listener.new"}


def test_no_room_may_import_the_command_line_or_the_daemon() -> None:
    """Each room is in at least one contract that forbids them."""
    guarded = {name for _, sources, forbidden in contracts() if forbidden >= TOP for name in sources}
    assert unrestricted(rooms(), guarded) <= TOP


def test_contracts_name_only_what_is_there() -> None:
    """A contract on a module that moved protects nothing."""
    names = {name for _, sources, forbidden in contracts() for name in sources | forbidden}
    ours = {name for name in names if name.split(".")[0] in ("listener", "responders")}
    assert sorted(name for name in ours if not exists(name)) == []
    assert not exists("listener.no_such") and exists("listener.platforms.*")


def test_files_are_small_enough_to_be_read() -> None:
    """One with more lines has two subjects."""
    files = [path for room in ("listener", "responders") for path in (ROOT / room).rglob("*.py")]
    lines = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert {name: count for name, count in lines.items() if count > 250} == {}


def test_no_binary_file_is_tracked() -> None:
    """As `make lint` checks it."""
    assert main(ROOT) == 0


def test_a_tracked_binary_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An ignored one, or one that is only text, is not."""
    for command in (["init", "-q"], ["config", "user.email", "a@example.com"], ["config", "user.name", "a"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    (tmp_path / "wheel.whl").write_bytes(b"PK\0\0")
    (tmp_path / "text.md").write_text("naïve")
    assert list(tracked_binaries(tmp_path)) == []
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    assert main(tmp_path) == 1 and "wheel.whl: a tracked binary file" in capsys.readouterr().out
