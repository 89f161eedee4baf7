"""`queue` lists the part that was asked for, and refuses what it does not know."""

import sqlite3
from pathlib import Path

from tests.cli.test_desk import waiting
from tests.conftest import Earshot


def test_only_what_is_overdue_is_listed(queue: Earshot, home: Path) -> None:
    """One reply of five is late; of another kind none is."""
    assert waiting(queue, "--overdue") == []
    database = sqlite3.connect(home / "data" / "earshot.db")
    database.execute("UPDATE reply SET due_at = '2026-01-01T09:00:00.000Z' WHERE id = 2")
    database.commit()
    database.close()
    (late,) = waiting(queue, "--overdue")
    assert late["id"] == 2
    assert " late " in queue("queue", "--overdue").out
    other = next(str(reply["kind"]) for reply in waiting(queue) if reply["kind"] not in (None, late["kind"]))
    assert waiting(queue, "--overdue", "--kind", other) == []


def test_an_unknown_platform_is_wrong_usage_that_lists_the_known_ones(queue: Earshot, home: Path) -> None:
    """A typing error must not look like an empty queue; a platform that is off by now can still be asked for."""
    refused = queue("queue", "--platform", "memry")
    assert (refused.code, refused.out) == (2, "")
    assert "Invalid value for --platform: there is no platform 'memry'; Earshot knows memory" in refused.err
    database = sqlite3.connect(home / "data" / "earshot.db")
    database.execute(
        "INSERT INTO platform (name, enabled, began_at, poll_seconds, failures, send_lost) "
        "SELECT 'old', 0, began_at, poll_seconds, failures, send_lost FROM platform"
    )
    database.commit()
    database.close()
    assert "Earshot knows memory, old" in queue("queue", "--platform", "memry").err
    assert waiting(queue, "--platform", "old") == []
    assert len(waiting(queue, "--platform", "memory")) == 5


def test_an_unknown_state_is_refused_in_plain_words(queue: Earshot) -> None:
    """With the states; who looks for late replies reads how to list them."""
    refused = queue("queue", "--state", "late").err
    assert "'late' is not a state of a reply; choose one of escalated, drafted, " in refused
    assert "--overdue lists what is late" in refused and "Value error" not in refused
    assert "--overdue" not in queue("queue", "--state", "lost").err


def test_the_kind_of_need_stands_under_the_kind_of_reply(queue: Earshot) -> None:
    """Staff see what a draft answers before they open it; JSON has all needs."""
    (reply,) = (reply for reply in waiting(queue) if reply["kind"] == "support")
    needs = reply["needs"]
    assert isinstance(needs, list) and needs
    lines = queue("queue", "--kind", "support").out.splitlines()
    below = next(lines[at + 1] for at, line in enumerate(lines) if " support " in line)
    assert below.split()[0] == str(needs[0]).split("_")[0]
