"""The entry point: whatever ends a command is one harmless line."""

import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Watch
from tests.cli.test_terminal import STYLE, harmless
from tests.conftest import Earshot, environment, write_mentions

ASCII = {"PYTHONIOENCODING": "ascii"}
NO_TEXT = "\udcff"  # what the shell's byte FF becomes


def test_a_strangers_id_in_a_fault_is_escaped(home: Path, inside: Earshot) -> None:
    """Two authors of one handle are named by their ids, which they may have chosen."""
    for number in ("1", "2"):
        write_mentions(
            home, {"id": f"e{number}", "author": "eve", "author_id": f"\x1b]0;owned\x07{number}", "text": "hi"}
        )
    inside("once")
    done = inside("person", "eve")
    assert done.code == 1 and "more than one person" in done.err and harmless(done.err)


def test_bytes_that_are_no_text_are_one_clear_line(queue: Earshot) -> None:
    """In an argument of any command; nothing is changed."""
    for command in (["note", "ada", NO_TEXT], ["show", f"memory:{NO_TEXT}"], ["reject", "1", "--reason", NO_TEXT]):
        done = queue(*command)
        is_named = "UTF-8" in done.err or "U+DCFF" in done.err
        assert done.code == 1 and is_named and "internal error" not in done.err, command
    assert queue("show", "1", "--json").json["state"] == "drafted"


def test_a_terminal_that_lacks_a_character_ends_no_command(queue: Earshot, earshot: Earshot) -> None:
    """An arrow or an emoji is spelt out where the encoding has none."""
    for command in (["queue"], ["show", "1"]):
        done = earshot(*command, env=ASCII)
        assert (done.code, done.err) == (0, ""), command
        assert "\\u" in done.out and done.out.isascii()


def test_times_on_the_screen_name_their_zone(queue: Earshot, watch: Watch) -> None:
    """Whoever reads the log sits anywhere."""
    assert " UTC  @ada" in STYLE.sub("", watch("log"))


def test_the_queue_starts_without_what_it_does_not_use(queue: Earshot, home: Path) -> None:
    """Staff wait for every import; scripts, which ask for JSON, not even for the one that draws."""
    heavy = "('alembic', 'apscheduler', 'httpx', 'fasttext', 'jinja2', 'rich', 'tweepy', 'vaderSentiment', 'textual')"
    code = (
        "import atexit, sys; from listener.cli.__main__ import main; sys.argv = ['earshot', 'queue', '--json'];"
        f"atexit.register(lambda: print([name for name in {heavy} if name in sys.modules], file=sys.stderr)); main()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=home, env=environment(), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "[]\n")
