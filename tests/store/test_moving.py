"""A database moved to another place: every row the same, new rows after them, nothing more written to the old one."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
from sqlalchemy import insert, select, update

from listener.errors import StoreError
from listener.place import Place
from listener.store import engine, events, moving
from listener.store.engine import Store, open_store
from listener.store.migrate import migrate
from listener.store.tables import event, mention, metadata
from tests.databases import SERVER, discard_schemas, make_target
from tests.line import COMPLAINT, NOON, Line

INSTEAD = "\N{REPLACEMENT CHARACTER}"
DAMAGED = {"k\0": ["\ud83d!", {"in": "a\0b"}, 1]}  # the first half of an emoji, and NULs
Rows: TypeAlias = dict[str, list[tuple[object, ...]]]


@pytest.fixture(autouse=True)
def _schemas() -> Iterator[None]:
    """A database that was moved serves no other test."""
    yield
    discard_schemas()


def rows(store: Store) -> Rows:
    """Every row of every table, but those that name the place itself."""
    with store.read() as connection:
        return {
            name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for name, table in metadata.tables.items()
            if name != "pool_home"
        }


def lived(line: Line) -> Line:
    """A line that has sent a reply, holds one, and has been told something with a NUL in it."""
    line.approved()
    line.send()
    line.say(COMPLAINT)
    line.listen()
    return line


def moved(line: Line, to: Place, advance: Callable[[], None] = lambda: None) -> Store:
    """The line's database moved there, and opened."""
    moving.require_new(to, engine.version(to))
    migrate(to, NOON)
    store = open_store(to)
    moving.move(line.store, store, advance)
    return store


def test_every_row_is_in_the_new_place_and_new_ones_follow(line: Line, tmp_path: Path) -> None:
    """Times, JSON, truth values and numbers, to and fro; the keys go on where they ended."""
    before, steps = rows(lived(line).store), list[None]()
    there = moved(line, make_target(tmp_path), lambda: steps.append(None))
    back = tmp_path / "back.db"
    migrate(back, NOON)
    assert rows(there) == before and len(steps) == len(metadata.tables)
    with there.write() as connection:
        events.add(connection, "seen", "poll", NOON)
        newest = connection.execute(select(event.c.id).order_by(event.c.id.desc()).limit(1)).scalar_one()
    assert newest == len(before["event"]) + 1
    home = open_store(back)
    moving.move(there, home, lambda: None)
    assert rows(home) == rows(there)
    for store in (there, home):
        store.close()


def test_the_old_place_refuses_to_be_opened_and_to_be_written(line: Line, tmp_path: Path) -> None:
    """Also a colleague whose review was open: an approval there would reach nobody."""
    to = make_target(tmp_path)
    moved(lived(line), to).close()
    with pytest.raises(StoreError, match="was moved to") as caught:
        open_store(line.store.place)
    assert str(to) in str(caught.value) and "EARSHOT_DATABASE_URL" in caught.value.do
    with pytest.raises(StoreError, match="nothing can be written any more: this"), line.store.write() as connection:
        connection.execute(update(mention).values(text="lost"))


def test_a_place_that_is_taken_is_left_alone(line: Line, tmp_path: Path) -> None:
    """A second try after a crash names what is there."""
    to = make_target(tmp_path)
    migrate(to, NOON)
    with pytest.raises(StoreError, match="there is a database at"):
        moved(line, to)


def test_a_row_that_cannot_be_copied_leaves_both_as_they_were(line: Line, tmp_path: Path) -> None:
    """The new database already has a row of the same key: nothing of the copy is kept, and the old one goes on."""
    to = make_target(tmp_path)
    migrate(to, NOON)
    there, before = open_store(to), rows(lived(line).store)
    with there.write() as connection:
        connection.execute(insert(event), [{"at": NOON, "what": "seen", "by": "poll"}])
    with pytest.raises(StoreError):
        moving.move(line.store, there, lambda: None)
    assert [len(kept) for kept in rows(there).values() if kept] == [1] and rows(line.store) == before
    line.send()
    there.close()


def test_an_old_place_that_cannot_be_closed_leaves_both_as_they_were(line: Line, tmp_path: Path) -> None:
    """A login that may not make triggers: two databases that can be written would send twice."""
    to = make_target(tmp_path)
    migrate(to, NOON)
    there, before = open_store(to), rows(lived(line).store)
    taken = "FUNCTION refuse_moved() RETURNS int LANGUAGE sql AS 'SELECT 1'" if SERVER else "TABLE moved (place TEXT)"
    with line.store.write() as connection:
        connection.exec_driver_sql(f"CREATE {taken}")
    with pytest.raises(StoreError):
        moving.move(line.store, there, lambda: None)
    assert not any(rows(there).values()) and rows(line.store) == before
    line.send()
    there.close()


@pytest.mark.skipif(not SERVER, reason="PostgreSQL alone: SQLite keeps a NUL")
def test_a_nul_that_a_file_kept_is_replaced(tmp_path: Path) -> None:
    """PostgreSQL has no text with a NUL, and cannot read JSON with it or with half a character."""
    file = tmp_path / "old.db"
    migrate(file, NOON)
    old = open_store(file)
    with old.write() as connection:
        connection.execute(insert(event), [{"at": NOON, "what": "se\0en", "by": "poll", "detail": DAMAGED}])
    to = make_target(tmp_path)
    migrate(to, NOON)
    there = open_store(to)
    moving.move(old, there, lambda: None)
    with there.read() as connection:
        (row,) = connection.execute(select(event.c.what, event.c.detail)).all()
    assert row.what == f"se{INSTEAD}en" and row.detail == {f"k{INSTEAD}": [f"{INSTEAD}!", {"in": f"a{INSTEAD}b"}, 1]}
    for store in (old, there):
        store.close()
