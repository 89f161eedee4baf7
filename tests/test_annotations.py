"""How much of the program mypy cannot check: annotations of Any, and of plain JSON, may only become fewer."""

import ast
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parent.parent
UNCHECKED = ("Any", "Json")
BOUND = 187  # lower it with the number; data with a shape of its own gets a TypedDict, a dataclass or `object`


def _annotations(tree: ast.AST) -> Iterator[ast.expr]:
    """Every annotation of an argument, a result, a variable or a field."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns:
            yield node.returns
        elif isinstance(node, ast.arg | ast.AnnAssign) and node.annotation:
            yield node.annotation


def unchecked(source: str) -> int:
    """How often the annotations of a source name Any or Json, also inside quotes."""
    count = 0
    for annotation in _annotations(ast.parse(source)):
        for node in ast.walk(annotation):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                with suppress(SyntaxError):  # a value of a Literal
                    count += unchecked(f"_: {node.value}")
            name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
            count += name in UNCHECKED
    return count


def test_annotations_of_any_and_plain_json_become_fewer() -> None:
    """673 once: a misspelt key or column was found by whoever ran into it."""
    files = [path for room in ("listener", "responders") for path in sorted((ROOT / room).rglob("*.py"))]
    counts = Counter({str(path.relative_to(ROOT)): unchecked(path.read_text(encoding="utf-8")) for path in files})
    assert counts.total() <= BOUND, counts.most_common(10)


def test_the_counter_sees_every_place_of_an_annotation() -> None:
    """Arguments, results, fields, inside others, in quotes, and by the module's name."""
    source = 'def f(a: Any, *b: list[Any], c: "Json | None", **d: typing.Any) -> dict[str, Any]:\n    e: Json = {}\n'
    assert unchecked(source) == 6
    assert unchecked('Any = 1\nx: object = {"Json": Any}\ndef f(a: Literal["int"]) -> None: ...\n') == 0
