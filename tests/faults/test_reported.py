"""What must be told and is not, in a database made wrong on purpose."""

import sqlite3
from contextlib import closing

import pytest

from listener.errors import ReadFailed
from listener.feed_page import FeedPage
from tests.faults.reported import unreported
from tests.line import NOON, Line

LONG_AGO = "2026-11-24T11:54:00.000000Z"  # six minutes before noon


def damage(line: Line, *statements: str) -> None:
    """Change the database behind Earshot's back."""
    with closing(sqlite3.connect(line.store.path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def silent(line: Line) -> int:
    """How much nobody was told of."""
    with closing(sqlite3.connect(line.store.path)) as connection:
        return len(list(unreported(lambda query: connection.execute(query).fetchall())))


def give_notice(kind: str, platform: str, subject: str) -> str:
    """The statement that opens a notice."""
    columns = "INSERT INTO notice (kind, platform, subject, since, what, do)"
    return f"{columns} VALUES ('{kind}', '{platform}', '{subject}', '{NOON.isoformat()}', 'x', 'y')"


@pytest.fixture
def read(line: Line) -> Line:
    """A line whose platform was read at noon, and has a feed."""
    line.platform.pages.append(FeedPage({"at": 1}, feed="search", feeds=("search",)))
    line.listen()
    return line


def test_a_stage_that_fails_without_a_notice_is_silent(read: Line) -> None:
    """Twice in a row may pass; the third time somebody must know."""
    damage(read, "INSERT OR REPLACE INTO stage (name, failures) VALUES ('route', 2)")
    assert not silent(read)
    damage(read, "UPDATE stage SET failures = 3 WHERE name = 'route'")
    assert silent(read) == 1
    damage(read, give_notice("stage", "*", "route"))
    assert not silent(read)


@pytest.mark.parametrize("deaf", ["failures = 3", "retry_at = '2026-11-25T12:00:00.000000Z'", f"ok_at = '{LONG_AGO}'"])
def test_a_feed_that_is_deaf_without_a_notice_is_silent(read: Line, deaf: str) -> None:
    """It keeps failing, waits for a day, or was just not read, while the others are; only its own notice tells that."""
    assert not silent(read)
    damage(read, f"UPDATE feed SET {deaf}", give_notice("unreachable", "memory", "another feed"))
    damage(read, give_notice("gap", "memory", "search"), give_notice("unreachable", "memory", "sending"))
    assert silent(read) == 1
    damage(read, give_notice("unreachable", "memory", "search"))
    assert not silent(read)


def test_three_intervals_may_pass_in_silence(read: Line) -> None:
    """Who polls every three minutes may miss two of them."""
    damage(read, f"UPDATE feed SET ok_at = '{LONG_AGO}'", "UPDATE platform SET poll_seconds = 180")
    assert not silent(read)


def test_a_platform_that_cannot_be_read_without_a_notice_is_silent(read: Line) -> None:
    """The whole of it."""
    damage(read, "UPDATE platform SET failures = 3")
    assert silent(read) == 1


def test_what_earshot_reports_itself_is_not_silent(read: Line) -> None:
    """A platform that fails for an hour."""
    for _ in range(6):
        read.wait(minutes=10)
        read.platform.pages.append(ReadFailed("no route to the host"))
        read.stages.poll("memory")
        assert not silent(read)
