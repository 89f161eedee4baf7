"""What a stranger wrote is shown as it is, or as what it is made of; it never looks like nothing."""

import json

import pytest

from listener.cli import output


@pytest.mark.parametrize(
    "char", [*"\u3164\u115f\u1160\uffa0\u2800\ufff9\ufffa\ufffb\u200b\u202e", "\ufe0f", "\U000e0100"]
)
def test_a_name_of_what_cannot_be_seen_is_seen(char: str) -> None:
    """Alone, and in the middle of a name."""
    assert output.safe(char) == f"\\x{ord(char):02x}"
    assert char not in output.safe(f"da{char}na")
    assert json.loads(output.dumps({"name": f"da{char}na"})) == {"name": f"da{char}na"}
    assert char not in output.dumps({"name": f"da{char}na"})


def test_marks_are_stacked_four_high_and_no_higher() -> None:
    """A tower of them covers the lines above and below."""
    assert output.safe("a" + "\u0301" * 4) == "a" + "\u0301" * 4
    assert output.safe("a" + "\u0301" * 9) == "a" + "\u0301" * 4 + "\\x301" * 5
    assert output.safe("ก" + "\u0e49" * 30).count("\\xe49") == 26


@pytest.mark.parametrize("text", ["❤️ ☺️ 1️⃣ ©️ 👍🏽 👩‍👩‍👧 🏳️‍🌈", "葛\U000e0100城", "Việt Nam ậ", "ที่นี้", "שָׁלוֹם", "مُحَمَّد"])
def test_what_people_write_stays(text: str) -> None:
    """Emoji with their variants, ideographs with theirs, and every script's own marks."""
    assert output.safe(text) == text
