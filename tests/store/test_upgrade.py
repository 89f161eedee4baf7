"""From schema 1 to this one, on a database with rows that others have open: nothing is lost, and a copy is kept."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from listener.errors import StoreError
from listener.store import engine, migrate, people, sqlite_file
from tests.line import NOON
from tests.store import old_schema

STAMP = "2026-11-22T09:00:00.000000Z"
MENTIONS = (("1", "Ada"), ("2", "JÖRG"), ("3", None))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database of schema 1 with three mentions and a reply that waits."""
    path = tmp_path / "earshot.db"
    old_schema.make(path, NOON, 1)
    with closing(sqlite3.connect(path)) as raw, raw:
        for name, handle in MENTIONS:
            insert(raw, "mention", platform="memory", id=name, interaction_id=name, author_handle=handle)
        key = raw.execute("SELECT min(key) FROM mention").fetchone()[0]
        insert(raw, "reply", mention_key=key, state="drafted", text="Thank you!", kind="thank_you")
    return path


def insert(connection: sqlite3.Connection, table: str, **given: object) -> None:
    """Insert a row; what must not be null and was not given is filled in."""
    filled = dict(given)
    for _, name, kind, required, default, is_key in connection.execute(f"PRAGMA table_info({table})").fetchall():
        if required and default is None and not is_key and name not in filled:
            filled[name] = STAMP if name.endswith("_at") else 0 if kind in ("INTEGER", "BOOLEAN", "FLOAT") else "x"
    marks = ", ".join("?" * len(filled))
    connection.execute(f"INSERT INTO {table} ({', '.join(filled)}) VALUES ({marks})", tuple(filled.values()))


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Somebody who reads an older state of the database meanwhile."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM mention").fetchone()
        yield connection


def test_every_row_is_kept_and_the_new_columns_are_filled(old: Path) -> None:
    """A colleague reads while it is migrated; handles are found in any case afterwards, also beyond ASCII."""
    with reading(old) as reader:
        assert migrate.migrate(old, NOON) == (1, engine.HEAD)
        assert reader.execute("SELECT count(*) FROM mention").fetchone() == (3,)
    store = engine.open_store(old)
    with store.read() as connection:
        rows = connection.exec_driver_sql("SELECT id, handle_key, is_private, attachments FROM mention ORDER BY id")
        assert rows.all() == [("1", "ada", 0, "[]"), ("2", "jörg", 0, "[]"), ("3", None, 0, "[]")]
        assert connection.exec_driver_sql("SELECT state, text, trouble_count FROM reply").all() == [
            ("drafted", "Thank you!", 0)
        ]
        assert people.find_person(connection, "memory:ada") == ("memory", "x")
        assert connection.exec_driver_sql("SELECT count(*) FROM feed").scalar_one() == 0
        assert connection.exec_driver_sql("SELECT count(*) FROM exchange").scalar_one() == 3
    store.close()


def test_the_copy_is_the_database_before(old: Path) -> None:
    """Its owner's alone, whole, of schema 1, named after schema and time: the way back."""
    migrate.migrate(old, NOON)
    (copy,) = (old.parent / "backups").iterdir()
    assert copy.name == f"earshot-schema1-{NOON:%Y%m%dT%H%M%SZ}.db"
    assert (engine.version(copy), copy.stat().st_mode & 0o777) == (1, 0o600)
    assert sqlite_file.check_integrity(copy) == "ok"
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM mention").fetchone() == (3,)
        assert "handle_key" not in {row[1] for row in connection.execute("PRAGMA table_info(mention)")}


def test_the_desk_asks_for_migrate_and_changes_nothing(old: Path) -> None:
    """Before `earshot migrate` an older schema is refused with the command."""
    with pytest.raises(StoreError, match=r"older schema \(1, not") as caught:
        engine.open_store(old)
    assert "earshot migrate" in caught.value.do and engine.version(old) == 1


def test_a_copy_that_cannot_be_written_stops_the_migration(old: Path) -> None:
    """A file stands where the folder of the copies should be: it is named, and nothing is changed."""
    (old.parent / "backups").write_text("in the way")
    with pytest.raises(StoreError, match=r"backups.*(exists|directory)"):
        migrate.migrate(old, NOON)
    assert engine.version(old) == 1


def test_decisions_are_written_anew_without_what_may_be_erased(tmp_path: Path) -> None:
    """Their pages become free, and of an erased basis no word is left in the file."""
    path = tmp_path / "earshot.db"
    old_schema.make(path, NOON, 12)
    with closing(sqlite3.connect(path)) as raw, raw:
        insert(raw, "mention", platform="memory", id="1", interaction_id="1")
        (key,) = raw.execute("SELECT min(key) FROM mention").fetchone()
        for number in range(300):
            signals = "{}" if number < 100 else json.dumps({"text": f"zirconium {number} " + "word " * 200})
            insert(raw, "decision", mention_key=key, signals=signals, hits="[]")
    assert migrate.migrate(path, NOON) == (12, engine.HEAD)
    with closing(sqlite3.connect(path)) as raw, raw:
        assert raw.execute("SELECT count(*) FROM basis").fetchone() == (200,)
        (free,) = raw.execute("PRAGMA freelist_count").fetchone()
        assert free > 50, "the pages of the old table are there for new rows"
        raw.execute("PRAGMA secure_delete = ON")
        raw.execute("DELETE FROM basis")
        raw.commit()
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"zirconium" not in path.read_bytes()
