"""The schema: made by migrations, equal to the declared one; foreign, older and newer files are refused in one line."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from listener.errors import LockHeld, StoreError
from listener.store import dialect, engine, loading, lock, migrate, operation_records, records, sqlite
from listener.store.shared_dialect import SharedDialect
from listener.store.sqlite import SqliteDatabase
from listener.store.tables import metadata
from tests.line import NOON


def columns(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Tables with their columns, and indexes with their definitions, names apart from order."""
    connection = sqlite3.connect(path)
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'alembic%'")
    schema: dict[str, list[tuple[object, ...]]] = {
        name: sorted(row[1:4] + row[5:] for row in connection.execute(f"PRAGMA table_info({name})"))
        for (name,) in names.fetchall()
    }
    rows = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
    )
    schema["indexes"] = [(name, " ".join(sql.split())) for name, sql in rows]
    connection.close()
    return schema


def test_the_migrated_schema_is_the_declared_one(tmp_path: Path) -> None:
    """From scratch, as a new database is made, and through the migrations: table by table, index by index."""
    migrate.migrate(tmp_path / "declared.db", NOON)
    database = SqliteDatabase(tmp_path / "migrated.db")
    with database.migration(None, NOON) as connection:
        migrate.upgrade(connection)
        database.finish_migration(connection, engine.HEAD)
    assert columns(tmp_path / "migrated.db") == columns(tmp_path / "declared.db")


def test_a_new_database_has_every_migration_behind_it(tmp_path: Path) -> None:
    """The next one begins where this version ends, also for Alembic."""
    path = tmp_path / "earshot.db"
    migrate.migrate(path, NOON)
    with sqlite.connect_for_migration(path).begin() as connection:
        migrate.upgrade(connection)
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchall() == [(f"{engine.HEAD:04}",)]


def scripts() -> Config:
    """The migrations as Alembic finds them."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def test_the_known_head_is_alembics() -> None:
    """Commands compare one number; it must be the right one."""
    assert ScriptDirectory.from_config(scripts()).get_current_head() == f"{engine.HEAD:04}"


def test_records_have_columns_of_their_names() -> None:
    """The one loader depends on it."""
    pairs = {
        records.Reply: "reply",
        records.Approval: "approval",
        records.Event: "event",
        operation_records.Notice: "notice",
        operation_records.Quarantined: "quarantine",
        operation_records.PlatformState: "platform",
        operation_records.Pause: "pause",
        operation_records.OptOut: "optout",
        operation_records.Note: "note",
        operation_records.Autonomy: "autonomy",
        operation_records.SentimentBucket: "sentiment_bucket",
    }
    missing = {name: set(loading.names(cls)) - set(metadata.tables[name].c.keys()) for cls, name in pairs.items()}
    assert not any(missing.values()), missing
    decided = metadata.tables["decision"].c.keys() + metadata.tables["basis"].c.keys()
    assert set(loading.names(records.StoredDecision)) <= set(decided)


def test_a_new_database_is_its_owners_alone_and_in_wal_mode(tmp_path: Path) -> None:
    """0600, WAL, and recognisable as ours."""
    path = tmp_path / "earshot.db"
    assert migrate.migrate(path, NOON) == (None, engine.HEAD)
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
    assert (path.stat().st_mode & 0o777, engine.version(path)) == (0o600, engine.HEAD)


def test_an_old_sqlite_is_named_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As some distributions bring it: the first statement would fail with a puzzle."""
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    with pytest.raises(StoreError, match=r"too old: 3\.35 or newer is needed"):
        migrate.migrate(tmp_path / "earshot.db", NOON)
    assert list(tmp_path.iterdir()) == []


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    """Not even a copy is made."""
    path = tmp_path / "earshot.db"
    migrate.migrate(path, NOON)
    assert migrate.migrate(path, NOON) == (engine.HEAD, engine.HEAD)
    assert not (tmp_path / "backups").exists()


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    """Refused, and not a byte changed."""
    path = tmp_path / "theirs.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE customers (id)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="belongs to another program"):
        migrate.migrate(path, NOON)
    assert path.read_bytes() == before


def test_a_file_that_is_not_a_database_is_refused(tmp_path: Path) -> None:
    """A text file by mistake."""
    path = tmp_path / "notes.txt"
    path.write_text("not a database at all, but long enough to be looked at\n" * 20)
    with pytest.raises(StoreError, match="not a SQLite database"):
        engine.open_store(path)


@pytest.mark.parametrize(("version", "message"), [(engine.HEAD + 1, "newer Earshot"), (0, "older schema")])
def test_another_schema_is_refused_saying_what_to_do(tmp_path: Path, version: int, message: str) -> None:
    """Newer: run that version; older: migrate."""
    path = tmp_path / "earshot.db"
    migrate.migrate(path, NOON)
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    with pytest.raises(StoreError, match=message):
        engine.open_store(path)


def test_a_second_holder_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    """By command and process."""
    path = tmp_path / "earshot.db"
    with (
        lock.hold(path, "run", NOON),
        pytest.raises(LockHeld, match=r"`earshot run` \(process \d+"),
        lock.hold(path, "once", NOON),
    ):
        pass


def test_a_link_to_the_database_finds_the_same_lock(tmp_path: Path) -> None:
    """Two names, one file, one holder."""
    path, link = tmp_path / "earshot.db", tmp_path / "link.db"
    path.touch()
    link.symlink_to(path)
    with lock.hold(path, "run", NOON), pytest.raises(LockHeld), lock.hold(link, "once", NOON):
        pass


def test_the_writer_waits_for_another_process_and_then_says_so(tmp_path: Path) -> None:
    """A held write lock is a line, not a traceback."""
    path = tmp_path / "earshot.db"
    migrate.migrate(path, NOON)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store = engine.Store(path, wait=0.05)
    with pytest.raises(StoreError, match="another process holds"), store.write():
        pass
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM mention").scalar_one() == 0
    other.close()
    store.close()


def test_a_naive_time_is_refused_at_the_door() -> None:
    """SQLite would take it silently."""
    with pytest.raises(ValueError, match="naive"):
        dialect.UtcTime().process_bind_param(NOON.replace(tzinfo=None), SharedDialect())


def test_times_sort_as_text(tmp_path: Path) -> None:
    """With and without fractions of a second."""
    bind = dialect.UtcTime().process_bind_param
    earlier, later = bind(NOON, SharedDialect()), bind(NOON.replace(microsecond=5), SharedDialect())
    assert isinstance(earlier, str) and isinstance(later, str) and earlier < later
