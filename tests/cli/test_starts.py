"""Each command once in an interpreter of its own: the other tests fork theirs from a process that has imported all.

A module that a command needs and does not import itself is missing here, and nowhere else.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.main import get_command

from listener.cli.commands import app
from tests import forked
from tests.conftest import Earshot, environment

STARTED_ELSEWHERE = {"run": "tests/test_daemon.py", "review": "tests/cli/review/test_terminal.py"}
# Arguments of each command; where it needs it, what is changed in reply 1 first.
LINES: tuple[tuple[str, str | None], ...] = (
    ("init new", None),
    ("check", None),
    ("demo", None),
    ("queue", None),
    ("show 1", None),
    ("approve 1", None),
    ("edit 1 --text Thanks!", None),
    ("once", None),
    ("migrate", None),
    ("backup copy.db", None),
    ("export everything", None),
    ("forget ada", None),
    ("log", None),
    ("notices", None),
    ("quarantine", None),
    ("reject 1 --reason rude", None),
    ("close 1 --reason answered", None),
    ("retry 1", "state = 'failed'"),
    ("undo 1", "state = 'approved'"),
    ("done 1 --remote-id p7", "state = 'by_hand'"),
    ("resolve 1 --not-sent", "state = 'unconfirmed'"),
    ("claim 1", None),
    ("release 1", "claimed_by = 'dana', claimed_until = '2099-01-01T00:00:00.000Z'"),
    ("assign 1 bo --new", None),
    ("snooze 1 2h", None),
    ("escalate 1", None),
    ("person ada", None),
    ("people", None),
    ("member ada", None),
    ("coupons", None),
    ("offer list", None),
    ("announce list", None),
    ("applaud", None),
    ("testimonials list", None),
    ("note ada regular", None),
    ("optout ada", None),
    ("pause", None),
    ("resume", None),
    ("replay --policy config", None),
    ("report", None),
    ("learn", None),
    ("digest", None),
    ("status", None),
    ("health", None),
    ("try hello", None),
    ("evaluate rows.csv", None),
)

CODES = {"health": (0, 1), "status": (3,), "applaud": (1,)}  # by how long ago it read; no daemon has run; it is off


def test_every_command_is_started_for_real() -> None:
    """Here or where its start needs more."""
    here = [line.partition(" ")[0] for line, _ in LINES]
    assert sorted([*here, *STARTED_ELSEWHERE]) == sorted(get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("line", "change"), LINES, ids=[line.partition(" ")[0] for line, _ in LINES])
def test_a_command_needs_nothing_that_another_imported(
    queue: Earshot, home: Path, line: str, change: str | None
) -> None:
    """It does its work."""
    (home / "rows.csv").write_text("id,text\n1,I love it\n")
    if change is not None:
        with closing(sqlite3.connect(home / "data" / "earshot.db")) as database, database:
            database.execute(f"UPDATE reply SET {change} WHERE id = 1")
    process = forked.start_anew(*line.split(), env=environment(), cwd=home)
    out, err = process.communicate(timeout=60)
    assert process.returncode in CODES.get(line, (0,)), err
    assert "Traceback" not in err and "Earshot's own" not in err and (out or err)
