"""`earshot edit ID` without --text: the person's own editor on a private file."""

import stat
from pathlib import Path

import pytest

from listener.cli import editor
from tests.conftest import Earshot


@pytest.fixture
def number(queue: Earshot) -> str:
    """A draft's id."""
    return str(queue("queue", "--kind", "thank_you", "--limit", "1", "--json").json[0]["id"])


def script(home: Path, body: str) -> str:
    """An editor that does this to its file, and tells what it was given."""
    file = home / "my editor"
    file.write_text(f'#!/bin/sh\ncp -p "$2" "{home}/seen"\necho "$2" > "{home}/name"\n{body}\n')
    file.chmod(0o700)
    return f"'{file}' --wait"


def test_the_editor_gets_the_present_text_on_a_private_file(queue: Earshot, home: Path, number: str) -> None:
    """Mode 0600, gone afterwards; what it leaves is the new revision."""
    before = queue("show", number, "--json").json["text"]
    command = script(home, 'printf "Thank you,\\nand hello!\\n" > "$2"')
    edited = queue("edit", number, "--json", env={"VISUAL": command, "EDITOR": "false"}).json
    assert (edited["revision"], edited["text"]) == (2, "Thank you,\nand hello!")
    assert (home / "seen").read_text() == before + "\n"
    assert stat.S_IMODE((home / "seen").stat().st_mode) == 0o600
    assert not Path((home / "name").read_text().strip()).exists()


@pytest.mark.parametrize("body", ["true", ': > "$2"', 'echo >> "$2"'])
def test_unchanged_or_empty_changes_nothing(queue: Earshot, home: Path, number: str, body: str) -> None:
    """One line says so."""
    done = queue("edit", number, env={"EDITOR": script(home, body)})
    assert (done.code, done.out) == (0, "")
    assert done.err == f"earshot: reply {number} unchanged: the text is empty or the same\n"
    assert queue("show", number, "--json").json["revision"] == 1


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("", "no editor is set; give --text TEXT"),
        ("no-such-editor", "cannot start the editor 'no-such-editor'"),
        ("false", "the editor 'false' ended with 1; nothing was changed"),
        ("'", "$EDITOR cannot be read"),
    ],
)
def test_an_editor_that_does_not_work(queue: Earshot, number: str, command: str, message: str) -> None:
    """One line, exit 1."""
    done = queue("edit", number, env={"EDITOR": command, "VISUAL": ""})
    assert done.code == 1 and done.err.startswith(f"earshot: {message}") and done.err.count("\n") == 1


def test_a_reply_that_cannot_be_edited_opens_no_editor(queue: Earshot, home: Path, number: str) -> None:
    """Nobody writes in vain."""
    queue("claim", number, "--as", "bo")
    done = queue("edit", number, env={"EDITOR": script(home, "true")})
    assert done.code == 1 and "claimed by bo" in done.err and not (home / "seen").exists()


def test_a_text_that_is_refused_is_kept_in_a_private_file(queue: Earshot, home: Path, number: str) -> None:
    """Too long, or taken by a colleague meanwhile: nobody writes it twice."""
    done = queue("edit", number, env={"EDITOR": script(home, 'printf "See evil.com" > "$2"'), "TMPDIR": str(home)})
    assert done.code == 1 and "links to evil.com" in done.err and done.err.count("\n") == 1
    kept = Path(done.err.rpartition("your text is kept in ")[2].strip())
    assert kept.read_text() == "See evil.com" and stat.S_IMODE(kept.stat().st_mode) == 0o600
    kept.unlink()


def test_what_a_failing_editor_left_is_kept(queue: Earshot, home: Path, number: str) -> None:
    """It ended with an error after it had written."""
    done = queue("edit", number, env={"EDITOR": script(home, 'printf "Half a text" > "$2"; exit 1')})
    assert done.code == 1 and "ended with 1; your text is in " in done.err
    kept = Path(done.err.rpartition("your text is in ")[2].strip())
    assert kept.read_text() == "Half a text" and queue("show", number, "--json").json["revision"] == 1
    kept.unlink()


def test_something_is_done_now_and_then_while_the_editor_is_open(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lease is renewed; this editor waits for it."""
    monkeypatch.setattr(editor, "PAUSE_S", 0.05)
    monkeypatch.setenv(
        "VISUAL", script(home, f'while [ ! -e "{home}/renewed" ]; do sleep 0.01; done; printf "Hello" > "$2"')
    )
    assert editor.ask("before", (home / "renewed").touch) == "Hello"


@pytest.mark.parametrize(("body", "is_used"), [("true", False), ('touch "$2"', True), (': > "$2"', False)])
def test_an_escalated_reply_offers_its_text_and_saving_uses_it(
    queue: Earshot, home: Path, number: str, body: str, is_used: bool
) -> None:
    """Who leaves the editor without saving has written nothing."""
    before = queue("show", number, "--json").json["text"]
    queue("escalate", number)
    assert "Text before it was escalated" in queue("show", number).out
    queue("edit", number, env={"EDITOR": script(home, body)})
    assert (home / "seen").read_text() == before + "\n"
    after = queue("show", number, "--json").json
    expected = ("drafted", before, "thank_you") if is_used else ("escalated", None, None)
    assert (after["state"], after["text"], after["kind"]) == expected
    assert not Path((home / "name").read_text().strip()).exists()
