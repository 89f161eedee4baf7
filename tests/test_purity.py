"""The pure rooms know neither clock nor chance, and the daemon's rooms read the time only where it is passed on."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PURE = [
    *(ROOT / "responders").glob("*.py"),
    *(ROOT / "listener" / "triage").glob("*.py"),
    *[path for path in (ROOT / "listener" / "intake").glob("*.py") if path.name not in ("poll.py", "page.py")],
    *[ROOT / "listener" / "reader" / name for name in ("features.py", "score.py", "opinion.py")],
    *[
        ROOT / "listener" / name
        for name in ("model.py", "protocols.py", "policy.py", "errors.py", "wording.py", "calendar.py")
    ],
]
BANNED = {"random", "secrets", "os", "time", "socket", "subprocess", "uuid", "threading"}
CLOCKS = {"now", "utcnow", "today"}


def _imports(tree: ast.AST) -> set[str]:
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in plain | named}


def _clocks(tree: ast.AST) -> list[int]:
    """Lines that ask a class for the present time."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("datetime", "date")
    ]


@pytest.mark.parametrize("path", PURE, ids=lambda path: path.stem)
def test_a_pure_room_reads_no_clock_and_draws_no_lot(path: Path) -> None:
    """The same facts give the same decision, today or replayed."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not _imports(tree) & BANNED
    assert _clocks(tree) == []


def test_the_check_itself_can_fail() -> None:
    """A clock and a random number are seen."""
    tree = ast.parse("import random\nfrom datetime import datetime\nx = datetime.now()\n")
    assert _imports(tree) & BANNED == {"random"}
    assert _clocks(tree) == [3]
