"""`earshot migrate --to`: everything in a new place, and the old one closed, told in one line each."""

from pathlib import Path

import pytest

from tests.conftest import Earshot


def test_a_database_is_moved_and_the_old_one_names_the_new_one(earshot: Earshot, home: Path) -> None:
    """Staff with the old address are not left alone."""
    assert earshot("once").code == 0
    waiting = earshot("queue", "--json").json
    to = home / "new.db"
    moved = earshot("migrate", "--to", str(to), "--json")
    assert moved.code == 0 and moved.json["rows"]["mention"] == 6 and moved.json["to"] == str(to)
    for command in ("queue", "once"):
        refused = earshot(command)
        assert refused.code == 1 and f"was moved to {to}; set EARSHOT_DATABASE_URL" in refused.err
    assert earshot("queue", "--json", env={"EARSHOT_DATABASE_URL": str(to)}).json == waiting


@pytest.mark.parametrize(
    ("to", "message"),
    [
        ("mysql://me:hunter2@db/x", "--to: is neither an SQLite database nor PostgreSQL: mysql://..."),
        ("postgresql://me:hunter2@127.0.0.1:1/x", "cannot reach the database postgresql://me@127.0.0.1:1/x"),
        ("data/earshot.db", "there is a database at data/earshot.db already; name a new file"),
    ],
)
def test_a_place_that_cannot_be_used_changes_nothing(earshot: Earshot, to: str, message: str) -> None:
    """One line without the password, and the old database goes on."""
    assert earshot("once").code == 0
    refused = earshot("migrate", "--to", to)
    assert refused.code == 1 and message in refused.err and "hunter2" not in refused.err
    assert refused.err.count("\n") == 1 and earshot("queue").code == 0
