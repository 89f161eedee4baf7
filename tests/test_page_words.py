"""The pages keep to their own glossary: no old names, no riddles, and every place that words.md names exists."""

import re
from pathlib import Path

import pytest

from tests.pages import PAGES, ROOT, prose

WORDS = ROOT / "docs" / "words.md"
BANNED = re.compile(
    r"\b(tells|told|shall|shunt\w*|set aside|by itself|nobody knows|four[_ ]eyes|look_alike|not_to_us"
    r"|nothing_to_do|keep_words|keep_deleted|thank_you_cover|spike_least|says why)\b",
    re.IGNORECASE,
)
PLACE = re.compile(r"`((?:listener|responders|config|tests|docs)/[\w./-]*)`")


def _places(text: str) -> set[str]:
    return set(PLACE.findall(text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_uses_the_words_of_the_glossary(page: Path) -> None:
    """Staff and operators meet each thing under one name, in plain English."""
    lines = prose(page).splitlines()
    assert [line for line in lines if BANNED.search(line)] == []


def test_every_place_that_the_glossary_names_exists() -> None:
    """A newcomer who looks for a thing finds the file at once."""
    places = _places(WORDS.read_text(encoding="utf-8"))
    assert len(places) > 40
    assert sorted(place for place in places if not (ROOT / place).exists()) == []


def test_the_check_itself_can_fail() -> None:
    """An old name and a place are seen."""
    assert BANNED.search("`earshot shunted` tells more") and not BANNED.search("Earshot explains it")
    assert _places("see `listener/no_such.py` and `earshot log`") == {"listener/no_such.py"}
