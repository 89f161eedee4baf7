"""Bring a database to the newest schema, or make a new one. Alembic is imported only when there is something to do."""

import os
import sqlite3
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Connection, create_engine, event, pool

from listener.errors import StoreError
from listener.store.engine import APPLICATION_ID, HEAD, as_store_error, version
from listener.store.views import VIEWS


def migrate(path: Path, now: datetime) -> tuple[int | None, int]:
    """Migrate; the caller holds the lock. Returns the version before (None: new) and after.

    An existing database is copied to the folder `backups` beside it first. Raises StoreError.
    """
    before = version(path)
    if before == HEAD:
        return before, HEAD
    if before is not None and before > HEAD:
        raise StoreError(
            f"the database {path} was written by a newer Earshot (schema {before}, this one knows {HEAD})",
            "run that version, or restore the copy its migration made",
        )
    with as_store_error(path):
        _make_file(path)
        if before is not None:
            _copy(path, path.parent / "backups" / f"{path.stem}-schema{before}-{now:%Y%m%dT%H%M%SZ}.db")
        _upgrade(path)
    return before, HEAD


def _make_file(path: Path) -> None:
    """An own file, readable by its owner alone, in WAL mode (which can fail silently: read its answer)."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(path, timeout=10)
    except (OSError, sqlite3.OperationalError) as error:
        raise StoreError(
            f"cannot write {path} ({error})", "make the data folder writable, or set EARSHOT_DATA"
        ) from error
    try:
        mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    finally:
        connection.close()
    if mode != "wal":
        raise StoreError(f"the file system of {path} cannot do WAL ({mode})", "put the database on a local disk")


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    target.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    try:
        connection.execute("VACUUM INTO ?", (str(target),))
    finally:
        connection.close()
    target.chmod(0o600)


def _upgrade(path: Path) -> None:
    """One transaction on a connection of its own: foreign keys go off before BEGIN, where it still works."""
    from alembic import command
    from alembic.config import Config

    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=pool.NullPool)
    event.listen(engine, "connect", _foreign_keys_off)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        _drop_views(connection)
        command.upgrade(config, "head")
        _finish(connection)


def _foreign_keys_off(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("PRAGMA synchronous=FULL")


def _drop_views(connection: Connection) -> None:
    for name in VIEWS:
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")


def _finish(connection: Connection) -> None:
    for statement in VIEWS.values():
        connection.exec_driver_sql(statement)
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise StoreError(
            f"the migration would leave {len(broken)} rows without their parent", "nothing was changed; report this"
        )
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {HEAD}")
