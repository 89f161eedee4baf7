"""What a person wrote never stands in an error: not in its line, its cause, or the traceback that a log prints."""

import sqlite3
import traceback
from pathlib import Path

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import StatementError

from listener.errors import DatabaseBusy, StoreError
from listener.store import dialect, replies
from listener.store.tables import metadata
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


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (sqlite3.OperationalError("database or disk is full"), "no space left"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "cannot write the database"),
        (sqlite3.DatabaseError("database disk image is malformed"), "is damaged"),
        (sqlite3.OperationalError("no such table: reply"), "earshot migrate"),
    ],
)
def test_each_fault_of_the_file_has_its_advice(error: sqlite3.Error, message: str) -> None:
    """An operator reads what is wrong and what to do."""
    with pytest.raises(StoreError, match=message), dialect.as_store_error(Path("earshot.db")):
        raise error


def test_a_locked_database_is_busy() -> None:
    """Stages try again; nothing is broken."""
    with pytest.raises(DatabaseBusy), dialect.as_store_error(Path("earshot.db")):
        raise sqlite3.OperationalError("database is locked")
