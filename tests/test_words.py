"""Words that hide what they mean stay out of names and messages (docs/words.md has the ones we use)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = sorted(path for room in ("listener", "responders") for path in (ROOT / room).rglob("*.py"))
NAMES = {"one", "each", "found", "told", "says", "said", "made", "mine", "its"}
"""Names that say nothing of the thing they name."""

MESSAGES = re.compile(
    r"\b(shall|shunt\w*|tells|told|nobody knows|whoever|(?<!there )(?:is|are) no (?!longer|more|less))\b", re.I
)
"""Old words and turns of phrase that staff and operators stumbled over."""


def names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and name of everything that a module defines or binds."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr


def messages(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and text of every string that is not a docstring or a comment in string's clothes."""
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in bare:
            yield node.lineno, node.value


def banned(text: str) -> list[str]:
    """Return what is wrong with a module's text, a line for each."""
    tree = ast.parse(text)
    wrong = [f"{line}: the name {name}" for line, name in names(tree) if name in NAMES]
    return wrong + [
        f"{line}: {hit[0]!r} in a message" for line, part in messages(tree) if (hit := MESSAGES.search(part))
    ]


@pytest.mark.parametrize("path", PROGRAM, ids=lambda path: str(path.relative_to(ROOT)))
def test_names_and_messages_use_plain_words(path: Path) -> None:
    """Name the thing; tell staff what is wrong and what to do in words they use."""
    assert banned(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    ["for one in replies: pass", "def said(): ...", "def f(mine): ...", "self.its = 1", 'raise E("who told you")'],
)
def test_a_banned_word_is_seen(text: str) -> None:
    """Else the test above could not fail."""
    assert len(banned(text)) == 1
