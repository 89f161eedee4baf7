"""A backup can be restored by the steps of docs/operations.md, and nothing is sent a second time."""

from collections import Counter
from pathlib import Path

from tests.process import COMPLAINT, PRAISE, Home


def restore(home: Home, copy: Path) -> None:
    """Move the three files away and put the copy in place (steps 2 and 3)."""
    for name in ("earshot.db", "earshot.db-wal", "earshot.db-shm"):
        if (home.data / name).exists():
            (home.data / name).rename(home.folder / f"lost-{name}")
    copy.rename(home.data / "earshot.db")
    assert home.run("pause", "--reason", "restored").code == 0


def test_a_restored_backup_goes_on_where_it_was_and_sends_nothing_twice(tmp_path: Path) -> None:
    """One reply was sent, one approved and one mention said after the copy was made."""
    home, copy = Home(tmp_path), tmp_path / "monday.db"
    home.say(PRAISE, COMPLAINT)
    home.run("once")
    first, second = (str(reply["id"]) for reply in home.queue("--state", "drafted"))
    assert home.run("approve", first).code == 0
    assert home.run("backup", str(copy)).code == 0
    assert home.run("once", "--stage", "send").code == 0
    home.say("Do you ship to Canada?", start=3)
    home.run("once", "--stage", "poll")
    assert len(home.posts()) == 1

    restore(home, copy)
    home.run("once", "--stage", "poll")
    (approved,) = home.queue("--state", "approved")
    assert str(approved["id"]) == first
    assert home.run("undo", first).code == 0
    assert home.run("close", first, "--reason", "sent before the restore").code == 0
    assert home.run("resume").code == 0
    assert home.run("approve", second).code == 0
    home.run("once")

    answered = Counter(post["in_reply_to"] for post in home.posts())
    assert answered == {"1": 1, "2": 1}
    waiting = home.run("log", "--json").lines
    assert {exchange["mention_id"] for exchange in waiting} == {"1", "2", "3"}


def test_a_restored_backup_sends_nothing_while_it_is_paused(tmp_path: Path) -> None:
    """An approval in the copy goes out only after `resume`."""
    home, copy = Home(tmp_path), tmp_path / "monday.db"
    home.say(PRAISE)
    home.run("once")
    home.approve_all()
    home.run("backup", str(copy))
    restore(home, copy)
    home.run("once")
    assert home.posts() == []
    home.run("resume")
    home.run("once")
    assert len(home.posts()) == 1
