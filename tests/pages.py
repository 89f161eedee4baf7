"""The written pages as the tests read them: code, tables, headings, and the example platform."""

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
POLICY = ROOT / "docs" / "policy.md"
CLUB = ROOT / "docs" / "club.md"
DESK = ROOT / "docs" / "desk.md"
OPERATIONS = ROOT / "docs" / "operations.md"
PLATFORMS = ROOT / "docs" / "platforms.md"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"\bearshot (?!earshot\b)([a-z][a-z-]*)((?:(?!\bearshot )[^#|;&])*)")
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


class Key(NamedTuple):
    """A row of a key table: under which heading, the key, and its default as written."""

    table: str
    key: str
    default: str


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return [block[2] for block in FENCE.finditer(page.read_text(encoding="utf-8")) if block[1] == language]


def snippets(page: Path) -> Iterator[str]:
    """What a page shows as code: lines of blocks, and spans (which may run over a line's end)."""
    for block in FENCE.finditer(page.read_text(encoding="utf-8")):
        yield from block[2].splitlines()
    yield from (line for line in prose(page).splitlines() if line.startswith("    "))
    yield from (span.replace("\n", " ") for span in re.findall(r"`([^`]+)`", prose(page)))


def named(page: Path) -> Iterator[tuple[str, set[str]]]:
    """Every `earshot COMMAND` of a page with the options shown there."""
    for snippet in snippets(page):
        for command, rest in COMMAND.findall(snippet):
            yield command, set(OPTION.findall(rest))


def keys(page: Path) -> Iterator[Key]:
    """The rows of the tables whose first column is `key`."""
    heading, inside = "", False
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ").replace("`", "")
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        inside = line.startswith("|") and (inside or cells[0] == "key")
        if inside and cells[0].startswith("`"):
            yield Key(heading, cells[0].strip("`"), cells[2])


def section(page: Path, heading: str) -> str:
    """What stands under a heading of the second level."""
    return re.split(r"^## ", prose(page).split(f"\n## {heading}\n")[1], flags=re.MULTILINE)[0]


def first_cells(page: Path, heading: str) -> list[str]:
    """The names in the first column of the table under a heading."""
    return re.findall(r"^\| `(\w+)` \|", section(page, heading), re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """The anchors that a forge makes of a page's headings."""
    titles = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def example_platform(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The platform of docs/platforms.md as a module named board, until the test ends."""
    (folder / "board.py").write_text(blocks(PLATFORMS, "python")[0], encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "board", raising=False)
    return importlib.import_module("board")
