"""Backups: a sound copy while the database is in use, and never over another file."""

import resource
import sqlite3
from pathlib import Path

import pytest

from listener.errors import InputError, StoreError
from listener.store.engine import HEAD, version
from listener.upkeep.backup import backup
from tests.databases import only_on_sqlite
from tests.line import Line

pytestmark = only_on_sqlite("a copy of the file; pg_dump is PostgreSQL's")


def test_a_backup_taken_while_another_writes_is_whole(line: Line, tmp_path: Path) -> None:
    """It has the committed mention, and opens as a database of ours."""
    line.say()
    line.listen()
    target = tmp_path / "copy.db"
    with line.store.read():
        assert backup(line.store.path, target) == target.stat().st_size
    connection = sqlite3.connect(target)
    assert connection.execute("SELECT count(*) FROM mention").fetchone() == (1,)
    connection.close()
    assert (version(target), target.stat().st_mode & 0o777) == (HEAD, 0o600)


def test_a_backup_never_overwrites(line: Line, tmp_path: Path) -> None:
    """An older copy is not lost by a slip."""
    target = tmp_path / "copy.db"
    target.write_text("precious")
    with pytest.raises(InputError, match="exists"):
        backup(line.store.path, target)
    assert target.read_text() == "precious"


def test_a_folder_that_is_not_there_is_told(line: Line, tmp_path: Path) -> None:
    """One line instead of SQLite's."""
    with pytest.raises(InputError, match="no folder"):
        backup(line.store.path, tmp_path / "none" / "copy.db")


def test_a_backup_that_does_not_fit_names_the_copy_and_leaves_none(line: Line, tmp_path: Path) -> None:
    """The disk of the copy is full (here: the limit of a file's size), not that of the database."""
    target = tmp_path / "copy.db"
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, usual[1]))
    try:
        with pytest.raises(StoreError, match=r"the disk of the database .*copy\.db fails or is full"):
            backup(line.store.path, target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert not target.exists()
