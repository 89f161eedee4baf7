"""Rules are about language, not about the rows they were developed on."""

import csv
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

import pytest

from listener import lexicon
from listener.intake.phrases import tokenize
from tests.factories import DATA

OTHERS = {"brands_dev": "text", "sarcasm_dev": "text", "staff_replies_dev": "customer_text", "languages_dev": "text"}
NAMES = (
    "lookalike_letters",
    "profane_stem",
    "profane_innocent",
    "impersonation_words",
    "english",
    "classes",
)  # lists that are no phrases
OFTEN = 2  # rows; once is chance

# ordinary words that stand in one airline's rows alone, read by a person: none is a name, a place or a trade's jargon
ORDINARY = {
    "clueless", "compensating", "cot", "damages", "disability", "locating", "misses", "refunding", "runaround",
    "smoothest", "surly", "terrific", "trace", "yikes", "reek*", "dispatch", "overseas",
}  # fmt: skip


def _words() -> set[str]:
    """Every word of every shipped phrase and class, and every word that is weighed."""
    found = {word.split()[1] for word in lexicon.cues()["classes"]} | set(lexicon.valence())
    for name, phrases in lexicon.cues().items():
        if name not in NAMES:
            found |= {word for phrase in phrases for word in phrase.lower().split() if not word.startswith("<")}
    return found - {"*"}


def _rows(name: str) -> Iterator[dict[str, str]]:
    path = DATA / f"{name}.csv"
    if not path.exists():
        pytest.skip(f"{path.name} is not here: it may not be shipped")
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _where() -> dict[str, Counter[str]]:
    """Word -> in how many rows of which airline, or of any other data, it stands."""
    where: dict[str, Counter[str]] = {}
    for row in _rows("airline_dev"):
        for word in set(tokenize(row["text"])):
            where.setdefault(word, Counter())[row["brand"]] += 1
    for name, column in OTHERS.items():
        for row in _rows(name):
            for word in set(tokenize(row[column])):
                where.setdefault(word, Counter())["others"] += 1
    return where


def _met(word: str, there: list[str]) -> list[str]:
    """The words of the data (sorted) that a word of a rule stands for."""
    stem = word.rstrip("*")
    end = stem + "\U0010ffff" if stem != word else stem + "\0"
    return there[bisect_left(there, stem) : bisect_left(there, end)]


def test_no_word_of_a_rule_stands_in_one_airlines_rows_alone() -> None:
    """A word that only one brand's customers use would be a rule about that brand; the exceptions were read."""
    where = _where()
    there = sorted(where)
    alone = set()
    for word in _words():
        rows = sum((where[one] for one in _met(word, there)), Counter[str]())
        if len(rows) == 1 and "others" not in rows and max(rows.values()) >= OFTEN:
            alone.add(word)
    assert alone <= ORDINARY, f"read these and generalise or drop them: {sorted(alone - ORDINARY)}"


@pytest.mark.parametrize(
    "trade", ["united", "usairways", "americanair", "delta", "southwest", "jetblue", "o'hare", "iah"]
)
def test_no_rule_names_a_brand_or_a_place_of_the_data(trade: str) -> None:
    """Brands and airports of the development data stand in no phrase ("united" is weighed, as an ordinary word)."""
    phrases = [phrase for name, found in lexicon.cues().items() if name not in NAMES for phrase in found]
    assert [phrase for phrase in phrases if trade in phrase.lower().split()] == []
