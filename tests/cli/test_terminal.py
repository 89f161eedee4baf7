"""What a stranger wrote never reaches the terminal raw, and a page fits 80 columns."""

import re
import unicodedata
from pathlib import Path

import pytest

from tests.cli.conftest import Watch
from tests.conftest import Earshot, write_mentions

HOSTILE = (
    "@fernhill \x1b[2J\x1b]0;owned\x07 my \u202eparcel\u2066 never arrived \x00 [bold red]broken[/] :smile:\x9b31m"
    "\u200b\nNext\n  `earshot approve 1`\r\x08 and it is broken, where is my order? " + "日本語" * 20
)
STYLE = re.compile(r"\x1b\[[0-9;]*m")
COMMANDS = (["queue"], ["show", "memory:evil"], ["log"], ["person", "memory:e1"], ["quarantine"], ["notices"])


@pytest.fixture
def hostile(home: Path, inside: Earshot) -> Earshot:
    """A home with one hostile mention, and one hostile row that cannot be read."""
    (home / "config" / "mentions.jsonl").write_text("")
    author = {"author": "ev\u202eil\x1b[31m", "author_id": "e1", "name": "Eve\x1b[0m\nNext"}
    write_mentions(home, {"id": "evil", "text": HOSTILE, **author}, {"id": "bad\x1b[31m", "texts": HOSTILE})
    assert inside("once").code in (0, 3)
    return inside


def harmless(text: str) -> bool:
    """True when nothing but line ends is a control, and nothing turns or hides text."""
    return all(char == "\n" or unicodedata.category(char) not in ("Cc", "Cf", "Cs") for char in text)


def test_hostile_text_is_escaped_on_a_terminal_and_in_a_pipe(hostile: Earshot, watch: Watch) -> None:
    """Only our own colours are left; and only on a terminal."""
    for command in COMMANDS:
        drawn, piped = watch(*command), hostile(*command)
        assert harmless(STYLE.sub("", drawn)), command
        assert piped.code == 0 and harmless(piped.out) and harmless(piped.err), command
    assert "\\x1b[2J" in watch("queue", env={"NO_COLOR": "1", "COLUMNS": "200"})


def test_a_strangers_lines_cannot_pose_as_ours(hostile: Earshot) -> None:
    """Each of them stands behind a bar; markup is not read."""
    shown = hostile("show", "memory:evil").out
    assert "│ Next" in shown and "[bold red]broken[/] :smile:" in shown
    assert [line for line in shown.splitlines() if line.startswith("Next")] == ["Next"]


def test_a_page_fits_eighty_columns_and_is_plain_without_colour(queue: Earshot, watch: Watch) -> None:
    """NO_COLOR leaves not even bold."""
    for command in (["queue"], ["show", "1"], ["show", "memory:m5"], ["person", "ada"], ["log"]):
        drawn = watch(*command, env={"NO_COLOR": "1"})
        assert "\x1b" not in drawn
        assert max(len(line) for line in drawn.splitlines()) <= 80, command
    assert "\x1b[" in watch("queue")


def test_the_queue_shows_what_staff_need_in_the_morning(queue: Earshot) -> None:
    """Id, due, kind, author, both texts' starts, totals, and what to type next."""
    queue("claim", "1", "--as", "bo")
    shown = queue("queue").out
    for words in ("support", "thank_you", "escalated", "@ada", "→ ", "claimed by bo", "4 drafted, 1 escalated"):
        assert words in shown, words
    assert "earshot show ID | approve ID ..." in shown


def test_an_empty_queue_says_whether_anybody_listens(queue: Earshot) -> None:
    """Nothing to do is good news only then."""
    shown = queue("queue", "--state", "failed").out
    assert shown.startswith("Nothing waits here; listening last succeeded ")


def test_show_tells_everything_and_the_next_command(queue: Earshot) -> None:
    """Each section of one exchange."""
    queue("note", "ada", "order 1182 was replaced")
    shown = queue("show", "memory:m1").out
    for words in ("Mention", "│ @fernhill my parcel", "Person", "order 1182", "Reply", "Why", "+ support", "- legal"):
        assert words in shown, words
    assert shown.rstrip().splitlines()[-2:] == ["Next", "  `earshot approve 1@1`, `earshot edit 1`, or `reject`"]
