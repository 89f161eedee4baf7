"""What a person wrote never stands in an error: not in its line, its cause, or the traceback that a log prints."""

import os
import resource
import sqlite3
import traceback
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import StatementError

from listener.errors import DatabaseBusy, StoreError
from listener.store import engine, platforms, replies
from listener.store.database import as_store_error
from listener.store.savepoint import attempt
from listener.store.tables import metadata
from tests.databases import SERVER, only_on_sqlite
from tests.line import Line

SECRET = "my order 8841 never came"
REPLY = metadata.tables["reply"]


def draft(key: int) -> dict[str, object]:
    """A new reply with a text that must not be shown."""
    about = {"mention_key": key, "state": "drafted", "rule": "complaint", "auto": False, "urgency": 0}
    return {**about, "kind": "support", "text": SECRET, "variant": None, "assigned_to": None, "due_at": None}


def shown(error: BaseException) -> str:
    """All that a log would print of an error: its line, its causes, its traceback."""
    return "".join(traceback.format_exception(error))


def test_a_broken_constraint_is_one_line_without_the_texts(line: Line) -> None:
    """Two live replies to one mention: the index refuses the second one."""
    key = line.approved().mention_key
    with pytest.raises(StoreError, match="refused an inconsistent change") as caught, line.store.write() as connection:
        replies.add_all(connection, [draft(key)], line.now)
    assert "\n" not in str(caught.value)
    assert SECRET not in shown(caught.value)
    assert "report this bug" in str(caught.value)


def test_the_transaction_of_a_broken_constraint_leaves_nothing(line: Line) -> None:
    """What was written before it goes too."""
    key = line.approved().mention_key
    with pytest.raises(StoreError), line.store.write() as connection:
        connection.execute(REPLY.delete())
        replies.add_all(connection, [draft(key), draft(key)], line.now)
    with line.store.read() as connection:
        assert replies.find_live(connection, key) is not None


@pytest.mark.parametrize("statement", ["SELECT nothing FROM nowhere WHERE 'x' = :words", "SELECT :words FROM"])
def test_a_statement_that_fails_shows_no_values(line: Line, statement: str) -> None:
    """A missing table, a fault in the SQL."""
    with pytest.raises(StoreError) as caught, line.store.read() as connection:
        connection.execute(text(statement), {"words": SECRET})
    assert SECRET not in shown(caught.value)
    assert "\n" not in str(caught.value)


def test_a_value_that_the_driver_cannot_take_is_not_shown(line: Line) -> None:
    """A fault before the database is asked: a naive time beside a text."""
    row = {**draft(1), "created_at": line.now.replace(tzinfo=None)}
    with pytest.raises(StatementError, match="naive") as caught, line.store.write() as connection:
        connection.execute(insert(REPLY), [row])
    assert SECRET not in str(caught.value)
    assert SECRET not in shown(caught.value)


@only_on_sqlite("its codes")
def test_a_full_disk_is_said_to_be_full(line: Line) -> None:
    """Nobody is sent to `migrate`, which would need the disk too."""
    with pytest.raises(StoreError, match="fails or is full") as caught, line.store.write() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages(line.store.path)}")
        connection.exec_driver_sql("CREATE TABLE filler AS SELECT hex(zeroblob(100000)) AS x")
    assert "free some space" in caught.value.do and "migrate" not in str(caught.value)


@only_on_sqlite("its codes")
def test_a_disk_that_is_full_inside_a_savepoint_is_said_to_be_full(line: Line) -> None:
    """SQLite has undone the whole transaction by then, so the savepoint cannot be left: that error tells nothing."""
    with pytest.raises(StoreError, match="fails or is full") as caught, line.store.write() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages(line.store.path)}")

        def fill() -> None:
            for n in range(300):
                platforms.begin(connection, f"{n} {'x' * 3000}", line.now)

        attempt(connection, fill)
        pytest.fail("nothing may follow in a transaction that is gone")
    assert "free some space" in caught.value.do


@only_on_sqlite("its codes")
def test_a_disk_that_fails_is_said_to_fail(line: Line) -> None:
    """A write that the system refuses (here: by the limit of a file's size) is SQLITE_IOERR."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (line.store.path.stat().st_size + 4096, usual[1]))
    try:
        with pytest.raises(StoreError, match="fails or is full"), line.store.write() as connection:
            connection.exec_driver_sql("CREATE TABLE filler AS SELECT hex(zeroblob(4000000)) AS x")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


@only_on_sqlite("its file")
def test_a_database_that_cannot_be_written_shows_owner_and_mode(line: Line) -> None:
    """The operator need not go and look."""
    with pytest.raises(StoreError, match="cannot write") as caught, line.store.read() as connection:
        connection.exec_driver_sql("CREATE TABLE refused (id)")
    assert f"{line.store.path} belongs to user {os.getuid()} with mode 0" in caught.value.do


@only_on_sqlite("its file")
def test_a_damaged_file_is_said_to_be_damaged_with_the_command(line: Line) -> None:
    """Pages overwritten with rubbish, as by a dying disk; then the header too."""
    path = line.store.path
    line.store.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"rubbish!" * ((size - 4096) // 8))
    with pytest.raises(StoreError, match="is damaged") as caught, line.store.read() as connection:
        connection.exec_driver_sql("SELECT * FROM mention, reply, event").all()
    assert f"`cp BACKUP {path}`" in caught.value.do
    path.write_bytes(b"rubbish!" * (size // 8))
    with pytest.raises(StoreError, match="damaged, or not a SQLite database"):
        engine.version(path)


def test_what_does_not_fit_the_schema_is_a_bug_and_no_matter_for_migrate(line: Line) -> None:
    """A database of an older schema is refused when it is opened."""
    with pytest.raises(StoreError, match=r"no such table|does not exist") as caught, line.store.read() as connection:
        connection.exec_driver_sql("SELECT * FROM nowhere")
    assert "report this bug" in caught.value.do


@only_on_sqlite("its codes")
def test_a_locked_database_is_busy(line: Line) -> None:
    """Stages try again; nothing is broken."""
    with (
        closing(sqlite3.connect(line.store.path, isolation_level=None, timeout=0)) as one,
        closing(sqlite3.connect(line.store.path, isolation_level=None, timeout=0)) as two,
    ):
        one.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseBusy), as_store_error(line.store.database):
            two.execute("BEGIN IMMEDIATE")


@only_on_sqlite("its file")
def test_a_hard_link_to_the_database_is_refused(line: Line, tmp_path: Path) -> None:
    """SQLite would keep one write-ahead log a name, and the second one would damage the file."""
    other = line.store.path.with_name("other.db")
    other.hardlink_to(line.store.path)
    for name in (other, line.store.path):
        with pytest.raises(StoreError, match="hard link") as caught:
            engine.open_store(name)
        assert "remove the other" in caught.value.do
    other.unlink()
    engine.open_store(line.store.path).close()


def pages(path: Path) -> int:
    """The pages that a database has now."""
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA page_count").fetchone()[0])


def test_a_row_that_is_refused_is_not_shown(line: Line) -> None:
    """PostgreSQL adds the whole row to its error as a detail, which a traceback would print."""
    note = {"platform": "x", "author_id": "1", "at": line.now, "by": "eva", "text": SECRET}
    with pytest.raises(StoreError, match="refused") as caught, line.store.write() as connection:
        connection.execute(insert(metadata.tables["note"]), [{**note, "at": None}])
    assert SECRET not in shown(caught.value)


@pytest.mark.skipif(not SERVER, reason="PostgreSQL alone: SQLite takes any value")
def test_a_value_that_is_refused_is_not_shown(line: Line) -> None:
    """The message itself shows it."""
    with pytest.raises(StoreError, match="cannot keep a value") as caught, line.store.read() as connection:
        connection.execute(text("SELECT CAST(CAST(:words AS TEXT) AS INTEGER)"), {"words": SECRET})
    assert SECRET not in shown(caught.value)
