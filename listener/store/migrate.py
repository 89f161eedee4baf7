"""Bring a database to the newest schema, or make a new one. Alembic is imported only for an older database."""

import os
from datetime import datetime
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, insert, text

from listener.access import explain_access, why
from listener.errors import StoreError
from listener.store import dialect
from listener.store.dialect import as_store_error
from listener.store.engine import HEAD, require_known_version, version
from listener.store.tables import metadata
from listener.store.views import VIEWS

_alembic = Table(  # where Alembic keeps which migrations a database has had
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def migrate(path: Path, now: datetime) -> tuple[int | None, int]:
    """Migrate; the caller holds the lock. Returns the version before (None: new) and after.

    An existing database is copied to the folder `backups` beside it first. Raises StoreError.
    """
    before = version(path)
    require_known_version(path, before)
    if before == HEAD:
        return before, HEAD
    with as_store_error(path):
        _make_file(path)
        if before is None:
            _create(path)
        else:
            _copy(path, path.parent / "backups" / f"{path.stem}-schema{before}-{now:%Y%m%dT%H%M%SZ}.db")
            _upgrade(path)
    return before, HEAD


def _make_file(path: Path) -> None:
    """Make the file, readable by its owner alone, in WAL mode. Raises StoreError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreError(f"cannot write {path} ({why(error)})", explain_access(path)) from error
    mode = dialect.enable_wal(path)
    if mode != "wal":
        raise StoreError(f"the file system of {path} does not support WAL ({mode})", "put the database on a local disk")


def _copy(path: Path, target: Path) -> None:
    """Copy the database before it is changed. Raises StoreError naming the copy where that cannot be written."""
    try:
        target.parent.mkdir(exist_ok=True)
        target.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"cannot write {target} ({why(error)})", explain_access(target)) from error
    dialect.copy_database(path, target)


def _create(path: Path) -> None:
    """Make every table as it is declared, in one transaction; a test compares that with what the migrations make.

    Alembic would stay in the memory of a daemon at its first start: 12 MiB.
    """
    with dialect.connect_for_migration(path).begin() as connection:
        metadata.create_all(connection)
        _alembic.create(connection)
        connection.execute(insert(_alembic).values(version_num=f"{HEAD:04}"))
        _finish(connection)


def _upgrade(path: Path) -> None:
    """Run the migrations in one transaction, on a connection of their own."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with dialect.connect_for_migration(path).begin() as connection:
        config.attributes["connection"] = connection
        for name in VIEWS:
            connection.execute(text(f"DROP VIEW IF EXISTS {name}"))
        command.upgrade(config, "head")
        _finish(connection)


def _finish(connection: Connection) -> None:
    """Make the views anew, refuse rows without their parent, and mark the version. Raises StoreError."""
    for statement in VIEWS.values():
        connection.execute(text(statement))
    if orphans := dialect.count_orphans(connection):
        raise StoreError(
            f"the migration would leave {orphans} rows without their parent", "nothing was changed; report this bug"
        )
    dialect.write_version(connection, HEAD)
