"""`try` and `evaluate` as people read them, and the progress of long commands."""

import os
import pty
from pathlib import Path

from listener.cli.progress import track
from tests import forked
from tests.cli.conftest import Watch
from tests.cli.test_terminal import STYLE
from tests.conftest import Earshot, environment

PARCEL = "@fernhill my parcel has not arrived, two weeks now"
ROWS = f"""id,text,label,brand
1,"{PARCEL}",negative,fernhill
2,I love it! Thank you so much!,positive,shop
3,Thank you so much I love the smooth paper,negative,shop
"""


def test_try_shows_what_matched_and_all_shows_the_rest(inside: Earshot) -> None:
    """A rule that did not match is rarely the answer to "why?"."""
    shown, full = inside("try", PARCEL), inside("try", PARCEL, "--all")
    assert shown.code == full.code == 0
    matched = [line for line in full.out.splitlines() if line.startswith("  + ")]
    misses = [line for line in full.out.splitlines() if line.startswith("  - ")]
    assert matched and len(misses) > 10
    assert [line for line in shown.out.splitlines() if line.startswith("  ")] == matched
    assert shown.out.splitlines()[-1] == f"{len(misses)} rules did not match; --all lists them"
    assert "did not match" not in full.out


def test_long_lines_are_wrapped_on_a_terminal_and_whole_in_a_pipe(queue: Earshot, watch: Watch) -> None:
    """A reply is read under its label; `grep` finds a notice in one line."""
    queue("pause", "--for", "2h", "--reason", "an outage at our carrier since early this morning")
    for command in (["try", PARCEL, "--all"], ["status"], ["notices"]):
        drawn = STYLE.sub("", watch(*command, env={"NO_COLOR": "1"}))
        assert max(map(len, drawn.splitlines())) <= 80, command
    assert max(map(len, queue("status").out.splitlines())) > 80


def test_a_platform_that_is_not_on_is_one_line(inside: Earshot) -> None:
    """It names those that are."""
    done = inside("try", "hello", "--platform", "x")
    assert (done.code, done.err) == (1, "earshot: platform 'x' is not on; choose memory\n")


def test_evaluate_fits_eighty_columns(inside: Earshot, home: Path) -> None:
    """Counts, shares, rules, brands and mistakes; the columns are the policy's kinds."""
    (home / "rows.csv").write_text(ROWS)
    out = inside("evaluate", "rows.csv").out
    assert out.startswith("3 rows\nlabel ") and "1 of 2  negatives thanked\n" in out
    assert out.splitlines()[1].split()[1:] == [
        *("n", "correction", "support", "answer", "thank_you", "holding", "escalate", "ignore", "auto")
    ]
    before_texts = out.split("worst mistakes")[0]
    assert max(map(len, before_texts.splitlines())) <= 80 and "\nfernhill\n" in before_texts


def test_progress_is_drawn_on_a_terminal_alone_and_never_on_stdout(home: Path) -> None:
    """`earshot evaluate FILE --json > report.json` at a terminal leaves a sound file."""
    (home / "rows.csv").write_text(ROWS)
    master, slave = pty.openpty()
    shown = environment(TERM="xterm-256color")
    with forked.start("evaluate", "rows.csv", "--json", cwd=home, env=shown, stderr=slave) as process:
        os.close(slave)
        assert process.stdout is not None
        out = process.stdout.read()
        drawn = os.read(master, 65536).decode()
    os.close(master)
    assert out.startswith("{") and out.rstrip().endswith("}") and "evaluating" not in out
    assert "evaluating" in STYLE.sub("", drawn)


def test_a_backup_and_a_replay_show_progress_and_nothing_in_a_pipe(queue: Earshot, watch: Watch) -> None:
    """The line is erased at the end."""
    assert "copying" in watch("backup", "copy.db") and "replaying" in watch("replay", "--policy", "config")
    assert queue("backup", "second.db").err == "" and "replaying" not in queue("replay", "--policy", "config").err


def test_tracking_changes_nothing_about_the_items() -> None:
    """Each once, in order, also when stderr is not a terminal."""
    assert list(track(iter("abc"), "reading", 3)) == ["a", "b", "c"]
