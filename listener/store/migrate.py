"""Bring a database to the newest schema, or make a new one. Alembic is imported only for an older database."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, insert, inspect, text
from sqlalchemy.exc import DBAPIError

from listener.errors import StoreError
from listener.place import Place
from listener.store import reward_home
from listener.store.database import as_store_error, database_at
from listener.store.engine import HEAD, require_known_version
from listener.store.tables import metadata
from listener.store.views import VIEWS, view_statements

OWN_VIEWS = (
    "the tables cannot be changed ({error}), for a view that is not Earshot's: {views}; "
    "drop it, start again, and make it anew from the columns of now (docs/operations.md)"
)

_alembic = Table(  # where Alembic keeps which migrations a database has had
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def migrate(place: Place, now: datetime) -> tuple[int | None, int]:
    """Migrate; the caller holds the lock. Returns the version before (None: new) and after.

    An existing file is copied to the folder `backups` beside it first. Raises StoreError.
    """
    database = database_at(place)
    before = database.read_version()
    require_known_version(place, before)
    if before == HEAD:
        return before, HEAD
    with as_store_error(database), database.migration(before, now) as connection:
        if before is None:
            create(connection)
        else:
            upgrade(connection)
        database.finish_migration(connection, HEAD)
    return before, HEAD


def create(connection: Connection) -> None:
    """Make every table as it is declared; a test compares that with what the migrations make.

    Alembic would stay in the memory of a daemon at its first start: 12 MiB.
    """
    metadata.create_all(connection)
    _alembic.create(connection)
    connection.execute(insert(_alembic).values(version_num=f"{HEAD:04}"))
    reward_home.begin(connection)
    _make_views(connection)


def upgrade(connection: Connection) -> None:
    """Run the migrations that the database has not had, with the views away meanwhile.

    Raises StoreError that names the operator's own views, where a table cannot change for them.
    """
    others = sorted(set(inspect(connection).get_view_names()) - VIEWS.keys())
    try:
        for name in VIEWS:
            connection.execute(text(f"DROP VIEW IF EXISTS {name}"))
        run_scripts(connection, "head")
    except DBAPIError as error:
        if others and "view" in str(error.orig):
            why = str(error.orig).partition("\n")[0]
            own_views = OWN_VIEWS.format(views=", ".join(others), error=why)
            raise StoreError(own_views) from error.orig  # the text of `error` has the statement
        raise
    _make_views(connection)


def run_scripts(connection: Connection, to: str) -> None:
    """Run Alembic's scripts up to this one."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _make_views(connection: Connection) -> None:
    for statement in view_statements(connection):
        connection.execute(text(statement))
