"""Wrong usage is exit 2 before anything is touched, and every command's help has an example."""

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from listener.cli.app import PANELS, summarize
from listener.cli.commands import app

DESK = (
    *("queue", "show", "approve", "edit", "reject", "close", "retry", "undo", "done", "resolve", "claim", "release"),
    *("assign", "snooze", "escalate", "log", "notices", "quarantine", "person", "note", "optout", "pause", "resume"),
    *("review", "forget"),
)
WRONG = [
    ["queue", "--state", "lost"],
    ["queue", "--state", "late"],
    ["queue", "--kind", "poem"],
    ["queue", "--limit", "-1"],
    ["approve"],
    ["approve", "x"],
    ["approve", "1@"],
    ["approve", "1@two"],
    ["approve", "1", "-2"],
    ["edit", "one", "--text", "Hi!"],
    ["edit", "1", "--text", "Hi!", "--kind", "poem"],
    ["show", "abc"],
    ["show", ":1"],
    ["escalate", "memory:"],
    ["reject", "1"],
    ["resolve", "1"],
    ["resolve", "1", "--sent", "7", "--not-sent"],
    ["snooze", "1", "soon"],
    ["snooze", "1", "0h"],
    ["log", "--since", "yesterday"],
    ["log", "--after", "m1"],
    ["pause", "--for", "-2h"],
]
NUMBERS = [
    ["queue", "--limit"],
    ["queue", "--after"],
    ["quarantine", "--retry"],
    ["notices", "--clear"],
    ["close", "--reason", "done"],
    ["announce", "show"],
]


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_wrong_usage_is_exit_2(home: Path, arguments: list[str]) -> None:
    """There is not even a database to look into."""
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output and not (home / "data").exists()


@pytest.mark.parametrize("arguments", NUMBERS, ids=" ".join)
def test_what_is_no_number_is_refused_in_our_words(home: Path, arguments: list[str]) -> None:
    """Not in those of the library that reads options."""
    for word in ("x", "1.5", "²"):
        done = CliRunner().invoke(app, [*arguments, word])
        assert done.exit_code == 2 and f"'{word}' is not a whole number; write one such as 12" in done.output


@pytest.mark.parametrize("name", sorted(get_command(app).commands))  # type: ignore[attr-defined]
def test_help_has_an_example(name: str) -> None:
    """In the words that people will type."""
    done = CliRunner().invoke(app, [name, "--help"])
    assert done.exit_code == 0
    assert f"earshot {name}" in done.output.split("Example", 1)[1]


def test_help_lists_each_command_once_under_who_uses_it() -> None:
    """Staff need twenty commands of forty, and find them first."""
    names = [name for panel in PANELS.values() for name in panel]
    assert sorted(names) == sorted(get_command(app).commands)  # type: ignore[attr-defined]
    lines = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "80"}).output.splitlines()
    shown = [line.split()[0] for line in lines[lines.index("Support staff:") :] if line.startswith("  ")]
    assert max(map(len, lines)) <= 80 and not [line for line in lines[-50:] if line.endswith("...")]
    assert shown == names and [line for line in lines if line[:-1] in PANELS] == [
        "Support staff:",
        "Operators:",
        "Policy:",
    ]


def test_a_summary_is_whole_sentences_or_clauses() -> None:
    """Never half a thought with three dots."""
    assert summarize("Close it. For good.\n\nExample: x", 40) == "Close it."
    assert (
        summarize("Approve replies, each on its own; with @REVISION only if", 40) == "Approve replies, each on its own."
    )
    assert summarize("A word\nover two lines", 10) == "A word over two lines."


@pytest.mark.parametrize("name", sorted(get_command(app).commands))  # type: ignore[attr-defined]
def test_the_examples_of_a_command_are_right_usage(name: str) -> None:
    """Each can be typed as it stands: its options exist, its arguments are of the right sort."""
    command = get_command(app).commands[name]  # type: ignore[attr-defined]
    examples = command.help.split("Example", 1)[1].partition(":")[2]
    calls = re.findall(r"(?<![/\w])earshot (\S+)((?: (?!  |earshot |\|\| |> )(?:\"[^\"]*\"|\S+))*)", examples)
    assert calls
    for named, rest in calls:
        assert named == name
        command.make_context(name, shlex.split(rest)).close()


def test_every_command_that_acts_takes_as() -> None:
    """Who acts is never only the machine's user."""
    acting = set(DESK) - {"queue", "show", "log", "person"}
    commands = get_command(app).commands  # type: ignore[attr-defined]
    without = [name for name in acting if not any("--as" in option.opts for option in commands[name].params)]
    assert without == []


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("earshot re", {"reject", "report", "resume"}),
        ("earshot queue --state by", {"by_hand"}),
        ("earshot log --", {"--since"}),
    ],
)
def test_the_shell_completes_commands_options_and_states(typed: str, offered: set[str]) -> None:
    """As bash asks for it, once `--install-completion` has told it how."""
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1), "_EARSHOT_COMPLETE": "complete_bash"}
    done = CliRunner().invoke(app, [], prog_name="earshot", env=words)
    assert offered <= set(done.output.split()), done.output
