"""Cleaning the file of erased words while others hold it: it waits for nobody long, and is not given up."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from listener.desk.forget import forget
from listener.store import notices, platforms, sqlite_file, vacuum
from tests import factories
from tests.databases import only_on_sqlite
from tests.line import COMPLAINT, Line, line

pytestmark = only_on_sqlite("the file that is written anew, and its log")

__all__ = ["line"]
WORD = "zirconium"


class Usage(NamedTuple):
    """What a disk says of itself."""

    total: int
    used: int
    free: int


@contextmanager
def reader(path: Path) -> Iterator[None]:
    """Another program that reads the state of now until the end."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM mention").fetchone()
    yield
    connection.close()


def forgotten(line: Line) -> None:
    """A person is forgotten, and the file is not cleaned yet."""
    mention = line.say(f"{COMPLAINT} {WORD}")
    line.listen()
    forget(line.store, line.desk(), f"memory:{mention.author_id}", factories.author_of)


def traces(line: Line) -> bool:
    """Whether a file of the folder holds the word."""
    return any(WORD.encode() in path.read_bytes() for path in line.folder.rglob("*"))


def test_a_reader_leaves_a_notice_that_upkeep_ends(line: Line) -> None:
    """Not written anew a second time: only the log is left to empty."""
    with reader(line.store.path):
        forgotten(line)
        assert not vacuum.clean(line.store, line.now, 0.2) and traces(line)
        with line.store.read() as connection:
            (left,) = notices.list_open(connection)
        assert (left.kind, left.subject) == ("erasure_incomplete", "log")
        assert "another program reads an older state" in left.what
    line.stages.upkeep()
    assert line.notices() == [] and not traces(line)


def test_writers_have_their_turn_while_a_reader_keeps_the_log(line: Line) -> None:
    """`pause` must come through: a checkpoint that waited would hold the write lock all the while."""
    forgotten(line)
    turns = 0
    with reader(line.store.path):
        cleaning = threading.Thread(target=vacuum.clean, args=(line.store, line.now, 1.5))
        cleaning.start()
        while cleaning.is_alive():
            with line.store.write() as connection:
                platforms.set_pause(connection, "*", line.now, None, "tragedy", "ann")
            turns += 1
    assert turns > 5  # one at most, if the first had to wait for all of it


def test_a_full_disk_leaves_the_file_for_later(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing anew needs the room of the whole file again; the words are erased all the same."""
    forgotten(line)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(9, 9, 0))
    assert not vacuum.clean(line.store, line.now, 0.2)
    with line.store.read() as connection:
        assert "no room" in notices.list_open(connection)[0].what
    monkeypatch.undo()
    line.stages.upkeep()
    assert line.notices() == [] and not traces(line)


def test_who_is_forgotten_while_the_file_is_written_is_not_taken_as_cleaned(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the writing and its being noted: the second one's file is still to be written."""
    forgotten(line)
    write = sqlite_file.rewrite_file

    def meanwhile(path: Path, patience: float) -> str:
        why = write(path, patience)
        forgotten(line)
        return why

    monkeypatch.setattr(sqlite_file, "rewrite_file", meanwhile)
    assert not vacuum.clean(line.store, line.now, 0.2) and "erasure_incomplete" in line.notices()
    monkeypatch.undo()
    assert vacuum.clean(line.store, line.now) and not traces(line) and line.notices() == []


def test_nothing_is_rewrite_without_need(line: Line) -> None:
    """Upkeep asks every round."""
    line.say(COMPLAINT)
    line.listen()
    with line.store.read() as connection:
        before = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
        assert vacuum.clean(line.store, line.now)
        assert connection.exec_driver_sql("PRAGMA data_version").scalar_one() == before


def test_a_process_that_dies_after_erasing_leaves_the_cleaning_to_the_next(line: Line) -> None:
    """The notice is opened in the transaction that erases."""
    forgotten(line)
    assert line.notices() == ["erasure_incomplete"]
    line.stages.upkeep()
    assert line.notices() == [] and not traces(line)
