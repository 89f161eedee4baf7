"""Whoever watches a file hears of every commit of another connection, however quickly they follow one another."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from listener.store.sqlite_file import FileChanges
from tests.databases import make_store, only_on_sqlite

pytestmark = only_on_sqlite("PRAGMA data_version")


@pytest.fixture
def other(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Another program that has the file open."""
    make_store(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "earshot.db", isolation_level=None)) as connection:
        connection.execute("CREATE TABLE scratch (number INTEGER)")
        yield connection


def watch(tmp_path: Path) -> FileChanges:
    """Somebody who has looked already."""
    changes = FileChanges(tmp_path / "earshot.db")
    assert changes.has_any() and not changes.has_any() and not changes.has_any()
    return changes


def test_a_commit_is_heard_of_at_the_next_look_and_a_rollback_never(tmp_path: Path, other: sqlite3.Connection) -> None:
    """Fifty in a row, some of which bear the same time."""
    with closing(watch(tmp_path)) as changes:
        for number in range(50):
            other.execute("INSERT INTO scratch VALUES (?)", (number,))
            assert changes.has_any(), number
        assert not changes.has_any() and not changes.has_any()
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO scratch VALUES (99)")
        other.execute("ROLLBACK")
        assert not changes.has_any() and not changes.has_any()


def test_a_commit_after_the_log_was_emptied_is_heard_of(tmp_path: Path, other: sqlite3.Connection) -> None:
    """As after a backup or a cleaning; the log may have the size that it had before."""
    with closing(watch(tmp_path)) as changes:
        for _ in range(3):
            other.execute("INSERT INTO scratch VALUES (1)")
            assert changes.has_any()
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            changes.has_any()
        other.execute("INSERT INTO scratch VALUES (1)")
        assert changes.has_any() and not changes.has_any() and not changes.has_any()


def test_two_commits_of_the_same_moment_are_both_heard_of(tmp_path: Path, other: sqlite3.Connection) -> None:
    """A log that is written from its beginning again keeps its size, and clocks of files are coarse."""
    log = tmp_path / "earshot.db-wal"
    for _ in range(9):
        other.execute("INSERT INTO scratch VALUES (1)")
    other.execute("PRAGMA wal_checkpoint(RESTART)")
    with closing(watch(tmp_path)) as changes:
        other.execute("INSERT INTO scratch VALUES (1)")
        assert changes.has_any()
        stamp = log.stat()
        other.execute("INSERT INTO scratch VALUES (1)")
        os.utime(log, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
        assert log.stat().st_size == stamp.st_size
        assert changes.has_any() and not changes.has_any()
