"""`queue` lists the part that was asked for, and refuses what it does not know."""

import sqlite3
from pathlib import Path

from tests.cli.test_desk import waiting
from tests.conftest import Earshot, write_mentions

LETTERS = ("my parcel never arrived, where is it?", "you will hear from my lawyer about this")


def test_only_what_is_overdue_is_listed(queue: Earshot, home: Path) -> None:
    """One reply of five is late; of another kind none is."""
    assert waiting(queue, "--overdue") == []
    assert queue("queue", "--overdue").out == "Nothing matches. Waiting: 4 drafted, 1 escalated.\n"
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
        "INSERT INTO platform (name, enabled, began_at, poll_seconds, failures, send_failures) "
        "SELECT 'old', 0, began_at, poll_seconds, failures, send_failures FROM platform"
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


def test_the_queue_of_one_colleague_and_of_one_person(queue: Earshot) -> None:
    """Mine, a colleague's, and everything that one person waits for; a misspelled name is no empty queue."""
    assert queue("assign", "1", "2", "bo", "--new").code == 0
    assert queue("assign", "3", "dana").code == 0
    assert [reply["id"] for reply in waiting(queue, "--mine")] == [3]
    assert [reply["id"] for reply in waiting(queue, "--mine", "--as", "bo")] == [1, 2]
    assert [reply["id"] for reply in waiting(queue, "--assigned", "bo")] == [1, 2]
    assert [reply["id"] for reply in waiting(queue, "--person", "memory:ada")] == [1]
    misspelled = queue("queue", "--assigned", "boo")
    assert misspelled.code == 2 and "Earshot knows bo, dana" in " ".join(misspelled.err.split())
    assert "nobody called 'adda' has mentioned us" in queue("queue", "--person", "adda").err
    assert queue("queue", "--mine", "--assigned", "bo").code == 2


def test_what_else_a_person_waits_for_and_what_is_urgent_is_marked(home: Path, earshot: Earshot) -> None:
    """Whoever answers the one should know of the other."""
    rows = ({"id": f"p{number}", "author": "zoe", "text": f"@fernhill {text}"} for number, text in enumerate(LETTERS))
    (home / "config" / "mentions.jsonl").write_text("")
    write_mentions(home, *rows)
    assert earshot("once").code == 0
    first, second = waiting(earshot)
    assert (first["also_waiting"], second["also_waiting"]) == ([second["id"]], [first["id"]])
    shown = earshot("queue").out
    assert f"@zoe also waits for reply {first['id']}" in shown and "urgent" in shown
    earshot("close", str(first["id"]), "--reason", "one answer is enough")
    assert "also waits" not in earshot("show", str(second["id"])).out
