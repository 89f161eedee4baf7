"""kill -9 at every point of the send and poll paths: nothing lost, nothing twice, whatever the point."""

import signal
import sqlite3
from pathlib import Path

import pytest

from tests.process import COMPLAINT, PRAISE, Home

SEND_POINTS = ["S1", "S2", "S3", "S7", "S8", "S9"]
POLL_POINTS = ["P1", "P2", "P3"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with two mentions."""
    made = Home(tmp_path)
    made.say(PRAISE, COMPLAINT)
    return made


def rows(home: Home, query: str) -> list[tuple[object, ...]]:
    """Ask the database itself."""
    connection = sqlite3.connect(home.data / "earshot.db")
    result = connection.execute(query).fetchall()
    connection.close()
    return result


@pytest.mark.parametrize("point", SEND_POINTS)
def test_a_kill_in_the_send_path_neither_loses_nor_doubles_a_reply(home: Home, point: str) -> None:
    """Two approved replies, killed at the first meeting of the point, then run again to the end."""
    home.run("once")
    ids = home.approve_all()
    assert home.run("once", "--stage", "send", EARSHOT_FAULT=f"{point}:KILL").code == -signal.SIGKILL
    again = home.run("once", "--json")
    assert again.code == 0, again.err
    assert sorted(post["in_reply_to"] for post in home.posts()) == ["1", "2"]
    assert rows(home, "SELECT state FROM reply") == [("sent",)] * len(ids)
    assert rows(home, "SELECT count(*) FROM reply WHERE remote_id IS NULL") == [(0,)]


def test_a_kill_while_approving_leaves_the_approval_whole_or_away(home: Home) -> None:
    """S0: the approval is committed, and it goes out later."""
    home.run("once")
    first = str(home.queue("--state", "drafted")[0]["id"])
    assert home.run("approve", first, EARSHOT_FAULT="S0:KILL").code == -signal.SIGKILL
    home.run("once")
    assert len(home.posts()) == 1


@pytest.mark.parametrize("point", POLL_POINTS)
def test_a_kill_in_the_poll_path_neither_loses_nor_doubles_a_mention(home: Home, point: str) -> None:
    """Mentions and cursor are one transaction."""
    assert home.run("once", EARSHOT_FAULT=f"{point}:KILL").code == -signal.SIGKILL
    home.run("once")
    assert rows(home, "SELECT id FROM mention ORDER BY key") == [("1",), ("2",)]


def test_a_kill_between_two_pages_continues_where_it_was(home: Home) -> None:
    """P4, with more rows than a page holds."""
    home.say(*[PRAISE] * 1100, start=3)
    assert home.run("once", EARSHOT_FAULT="P4:KILL").code == -signal.SIGKILL
    done = home.run("once", "--json").json
    assert rows(home, "SELECT count(*), count(DISTINCT id) FROM mention") == [(1102, 1102)]
    assert 0 < done["stored"] < 1102


@pytest.mark.parametrize("point", ["S0", *SEND_POINTS])
def test_a_kill_neither_loses_nor_doubles_an_announcement(home: Home, point: str) -> None:
    """It goes through the same outbox as a reply."""
    home.stay_awake()
    home.run("once")
    home.run("announce", "add", "Fresh paper is in.", "--at", "now", "--platform", "memory")
    approved = home.run("announce", "approve", "1", **({"EARSHOT_FAULT": "S0:KILL"} if point == "S0" else {}))
    killed = approved if point == "S0" else home.run("once", "--stage", "send", EARSHOT_FAULT=f"{point}:KILL")
    assert killed.code == -signal.SIGKILL
    assert home.run("once", "--json").code == 0
    assert [post["text"] for post in home.posts()] == ["Fresh paper is in."]
    assert rows(home, "SELECT state, remote_id IS NULL FROM posting") == [("sent", 0)]
