"""The texts that phrases are tried on: the golden history, the development sets, and the sentences of our own tests."""

import ast
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from listener.model import History, Mention
from tests.factories import DATA, mention
from tests.history import rows

TESTS = Path(__file__).parents[2] / "tests"
ROOMS = ("intake", "triage", "responders", "safety", "claims", "reader", "club", "analysis")  # tests with sentences
COLUMNS = ("text", "customer_text")
HELD_OUT = ("test", "held")  # in a file's name: it is measured once at the end, and nothing is developed on it


@dataclass(frozen=True, slots=True)
class Sample:
    """A mention with its past, and where it is from."""

    origin: str
    mention: Mention
    history: History


def read_samples(files: tuple[Path, ...]) -> list[Sample]:
    """Return the golden history, the sentences of the tests, and every text of these CSV files."""
    return [*_golden(), *_sentences(), *(sample for file in files for sample in _development(file))]


def development_sets() -> tuple[Path, ...]:
    """Return the CSV files of ../shared/data on which rules may be developed."""
    return tuple(path for path in sorted(DATA.glob("*_dev.csv")) if not _is_held_out(path))


def _is_held_out(path: Path) -> bool:
    return any(word in path.stem for word in HELD_OUT)


def _golden() -> Iterator[Sample]:
    for row in rows():
        yield Sample(f"{row.file}:{row.at}", row.mention(), row.past())


def _development(path: Path) -> Iterator[Sample]:
    if _is_held_out(path):
        raise SystemExit(f"{path.name} is held out: phrases are not tried on it; name a development set")
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            text = next(row[column] for column in COLUMNS if row.get(column) is not None)
            origin = f"{path.stem}:{row.get('id') or ''}"
            lang, brand = row.get("lang") or None, row.get("brand") or None
            yield Sample(origin, mention(text, lang=lang, extra_brand_term=brand), History())


def _sentences() -> Iterator[Sample]:
    """Return each text of two words or more in the tests, whatever the test does with it."""
    paths = sorted(path for room in ROOMS for path in (TESTS / room).rglob("*.py"))
    texts = {text: path.name for path in paths for text in _strings(path) if len(text.split()) > 1}
    for text, name in texts.items():
        yield Sample(name, mention(text), History())


def _strings(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
