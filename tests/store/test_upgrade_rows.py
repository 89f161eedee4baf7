"""From every schema there was to this one, with rows in each table of that time: all of them are there afterwards.

`make test-postgres` runs it on a server, too.
"""

from pathlib import Path

import pytest
from sqlalchemy import text

from listener.errors import StoreError
from listener.store import engine
from listener.store.migrate import migrate
from tests.databases import make_place, make_target
from tests.line import NOON
from tests.store import old_schema

RENAMED = {("platform", "send_lost"): "send_failures"}


BASIS = ("signals", "hits")  # columns that `decision` had


def renamed(rows: old_schema.Rows) -> old_schema.Rows:
    """The rows with the names that their columns have now, in the tables that have them now."""
    found = {
        table: [{RENAMED.get((table, name), name): value for name, value in row.items()} for row in listed]
        for table, listed in rows.items()
    }
    found["basis"] = [
        {"decision_id": row["id"], **{name: row.pop(name) for name in BASIS}} for row in found["decision"]
    ]
    return found


@pytest.mark.parametrize("version", range(1, engine.HEAD))
def test_every_row_of_every_table_is_kept(tmp_path: Path, version: int) -> None:
    """Each value, under the name that its column has now."""
    place = make_target(tmp_path)
    old_schema.make(place, NOON, version)
    with old_schema.plainly(place) as connection:
        old_schema.fill(connection)
        before = renamed(old_schema.read(connection))
    assert migrate(place, NOON) == (version, engine.HEAD)
    with old_schema.plainly(place) as connection:
        after = old_schema.read(connection)
    assert len(before) > 15 and min(len(rows) for rows in before.values()) == 2
    for table, rows in before.items():
        assert [{name: row[name] for name in rows[0]} for row in after[table]] == rows, table


def test_a_view_of_the_operators_that_stands_in_the_way_is_named(tmp_path: Path) -> None:
    """With what to do; the database stays as it was, and goes on once the view is gone."""
    place = make_target(tmp_path)
    old_schema.make(place, NOON, 12)
    with old_schema.plainly(place) as connection:
        connection.execute(text("CREATE VIEW why AS SELECT id, signals FROM decision"))
    with pytest.raises(StoreError, match=r"cannot be changed \(.+\), for a view .+: why; drop it"):
        migrate(place, NOON)
    with old_schema.plainly(place) as connection:
        connection.execute(text("SELECT signals FROM why"))
        connection.execute(text("DROP VIEW why"))
    assert migrate(place, NOON) == (12, engine.HEAD)


def test_the_schema_is_that_of_a_new_database(tmp_path: Path) -> None:
    """Through all migrations: columns, keys that the database counts, references, indexes."""
    place = make_target(tmp_path)
    old_schema.make(place, NOON, 1)
    migrate(place, NOON)
    with old_schema.plainly(place) as connection:
        migrated = old_schema.describe(connection)
    with old_schema.plainly(make_place(tmp_path)) as connection:
        assert migrated == old_schema.describe(connection)
