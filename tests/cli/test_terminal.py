"""What a stranger wrote never reaches the terminal raw, and a page fits 80 columns."""

import re
import sqlite3
import unicodedata
from datetime import UTC, datetime, timedelta
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
    assert "show ID | approve ID ..." in shown


def test_every_line_of_the_queue_says_what_it_is(queue: Earshot) -> None:
    """At 80 columns: when it is due, what it is, where and from whom, and how the mention begins."""
    lines = queue("queue").out.splitlines()
    assert lines[0].split() == ["id", "due", "what", "from", "mention", "and", "reply"]
    at = {word: lines[0].index(word) for word in ("due", "what", "from", "mention")}
    for view in queue("queue", "--json").json:
        number = next(number for number, line in enumerate(lines) if line.split()[:1] == [str(view["id"])])
        first, second = lines[number], lines[number + 1]
        assert re.fullmatch(r"in \d+[mhd] +", first[at["due"] : at["what"]])
        assert first[at["what"] : at["from"]].strip() == (view["kind"] or view["state"])
        assert first[at["from"] : at["mention"]].strip() == f"@{view['mention']['author']['handle']}"
        assert second[at["from"] : at["mention"]].strip() == view["platform"]
        assert first[at["mention"] :][:20] in view["mention"]["text"]
        assert second[at["mention"] :].startswith("→ ") == (view["text"] is not None)


def test_a_late_reply_fits_its_column(queue: Earshot, home: Path) -> None:
    """`late 18m`, and a space."""
    with sqlite3.connect(home / "data" / "earshot.db") as connection:
        late = (datetime.now(UTC) - timedelta(minutes=18, seconds=20)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        connection.execute("UPDATE reply SET due_at = ?", (late,))
    connection.close()
    assert queue("queue").out.count(" late 18m ") == 5


def test_a_warning_about_many_replies_stands_once(queue: Earshot) -> None:
    """Above the queue, not at every draft."""
    queue("pause", "--reason", "outage")
    shown = queue("queue").out
    assert shown.startswith("! sending is paused by dana: outage\n") and shown.count("outage") == 1


def test_once_shows_its_stages_on_a_terminal_alone(home: Path, earshot: Earshot, watch: Watch) -> None:
    """On stderr while they run; a pipe has the counts and nothing else."""
    drawn = watch("once")
    assert all(stage in drawn for stage in ("poll", "route", "send", "upkeep"))
    assert "polled 6  stored 6 " in drawn.splitlines()[-1]
    assert earshot("once").err == ""


def test_an_empty_queue_says_whether_anybody_listens(queue: Earshot) -> None:
    """Nothing to do is good news only then."""
    drafts = [str(reply["id"]) for reply in queue("queue", "--json").json]
    assert queue("close", *drafts, "--reason", "settled").code == 0
    shown = queue("queue").out
    assert shown.startswith("Nothing waits here; the last successful poll was ")


def test_show_tells_everything_and_the_next_command(queue: Earshot) -> None:
    """Each section of one exchange; the rules that did not match with --all."""
    queue("note", "ada", "order 1182 was replaced")
    shown = queue("show", "memory:m1").out
    for words in (
        "Mention",
        "│ @fernhill my parcel",
        "Person",
        "order 1182",
        "Reply",
        "Why",
        "+ support",
        "--all shows",
    ):
        assert words in shown, words
    assert "- legal" not in shown and "- legal" in queue("show", "memory:m1", "--all").out
    assert shown.rstrip().splitlines()[-2:] == [
        "Next",
        "  `earshot approve 1@1`, `earshot edit 1`, or `earshot reject 1 --reason TEXT`",
    ]
