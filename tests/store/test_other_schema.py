"""A process that stays open while another version migrates its database: its errors name the version, not a bug."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from listener.errors import StoreError
from listener.store import engine
from listener.store.engine import Store
from listener.store.migrate import migrate
from tests.databases import make_target
from tests.line import NOON

STATEMENTS = (
    "SELECT text FROM note",
    "UPDATE note SET text = 'x'",
    "INSERT INTO note (platform, author_id, at, by, words) VALUES ('x', '1', '2026-11-24T12:00:00Z', 'eva', 'y')",
    "SELECT * FROM pause",
)
CHANGES = (
    "ALTER TABLE note RENAME COLUMN text TO words",
    "ALTER TABLE note ADD COLUMN tone TEXT NOT NULL CHECK (tone <> '') DEFAULT ''",
    "DROP TABLE pause",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A database of its own that a process has open."""
    place = make_target(tmp_path)
    migrate(place, NOON)
    opened = engine.open_store(place)
    yield opened
    opened.close()


def change(store: Store, schema: int) -> None:
    """Migrate the database as another version does: a column has another name, another is needed, a table is gone."""
    with store.database.migration(engine.HEAD, NOON) as connection:
        for statement in CHANGES:
            connection.exec_driver_sql(statement)
        store.database.finish_migration(connection, schema)


def fail(store: Store, statement: str) -> StoreError:
    """Run a statement of this version on the other schema."""
    with pytest.raises(StoreError) as caught, store.write() as connection:
        connection.execute(text(statement))
    return caught.value


@pytest.mark.parametrize("statement", STATEMENTS)
def test_what_a_newer_version_has_changed_is_no_bug(store: Store, statement: str) -> None:
    """A missing column or table, and a row without what a newer version asks for: restart with that version."""
    change(store, engine.HEAD + 1)
    error = fail(store, statement)
    assert f"a newer Earshot migrated the database {store.place} (schema {engine.HEAD + 1}" in error.what
    assert error.do == "install that version for this process too, and start it again"


def test_an_older_database_in_the_place_of_ours_is_no_bug(store: Store) -> None:
    """A backup of an older version was put there, while the process had it open."""
    change(store, engine.HEAD - 1)
    error = fail(store, STATEMENTS[0])
    assert f"an older schema ({engine.HEAD - 1}, not {engine.HEAD})" in error.what
    assert "run `earshot migrate`" in error.do


def test_a_fault_of_our_own_is_still_a_bug(store: Store) -> None:
    """The schema is the one that this version knows."""
    change(store, engine.HEAD)
    assert "report this bug" in fail(store, STATEMENTS[0]).do


def test_what_still_fits_goes_on(store: Store) -> None:
    """The version is looked at after an error alone: what a newer version left as it was is read and written."""
    change(store, engine.HEAD + 1)
    with store.write() as connection:
        connection.execute(text("UPDATE optout SET why = 'x'"))
    full = StoreError("the disk is full", "free some space")
    with pytest.raises(StoreError, match="the disk is full"), store.read():
        raise full
