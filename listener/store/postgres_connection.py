"""Connections to PostgreSQL as the driver has them, with what each of them needs set. It imports no SQLAlchemy."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

from listener.errors import StoreError
from listener.place import Server

try:
    import psycopg
    from psycopg.conninfo import conninfo_to_dict, make_conninfo
    from psycopg.types.numeric import IntLoader
except ImportError as error:
    raise StoreError(
        "PostgreSQL needs a driver that is not installed", "run `pip install 'earshot[postgres]'`"
    ) from error

from listener.store.leases import timing
from listener.store.postgres_errors import explain

SETTINGS = {  # of every connection, whatever the server's configuration says
    "timezone": "UTC",
    "client_encoding": "UTF8",
    "plan_cache_mode": "force_custom_plan",  # a general plan cannot use a partial index
    "synchronous_commit": "on",
    "lock_timeout": "10s",  # these two where the caller sets none: nobody waits or keeps others waiting for ever
    "idle_in_transaction_session_timeout": "10min",
    # the server's end: without these the connections of a machine that vanished stay for two hours, and what it has
    # locked as long as a result that it does not take
    "tcp_user_timeout": "20s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "2",
}
LIMITS: dict[str, str | int | None] = {
    "connect_timeout": 5,
    "tcp_user_timeout": 20_000,
    # whoever waits for an answer sends nothing that could time out: without these it would wait for two hours
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "application_name": "earshot",
}


def milliseconds(seconds: float) -> str:
    """Write a time as PostgreSQL's settings take it; none is zero, which would mean no limit."""
    return str(max(round(seconds * 1000), 1))


def turn_settings() -> dict[str, str]:
    """Return what bounds the turn of whoever takes it: one that stands still holds up everybody.

    It may stand still between two statements, or while the server sends it the result of one.
    """
    limit = milliseconds(timing.TIMING.turn)
    return dict.fromkeys(("lock_timeout", "idle_in_transaction_session_timeout", "tcp_user_timeout"), limit)


def take_turn(server: Server) -> str:
    """Write the statement by which a writer waits for its turn; it ends with the transaction."""
    return f"SELECT pg_advisory_xact_lock(hashtextextended('earshot {server.schema}', 0))"


def open_connection(server: Server, settings: Mapping[str, str] | None = None) -> "psycopg.Connection":
    """Open a connection with these settings; a network that swallows packets is noticed within seconds.

    Sums of whole numbers, the only numerics that there are, are read as whole numbers.
    """
    chosen = {**SETTINGS, "search_path": server.schema, **(settings or {})}
    options = " ".join(f"-c {name}={_escape(value)}" for name, value in chosen.items())
    conninfo = make_conninfo("", **(LIMITS | conninfo_to_dict(server.url) | {"options": options}))
    connection = psycopg.connect(conninfo, prepare_threshold=None)
    connection.adapters.register_loader("numeric", IntLoader)
    return connection


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace(" ", "\\ ")


@contextmanager
def asking(server: Server, settings: Mapping[str, str] | None = None) -> Iterator["psycopg.Connection"]:
    """Give a connection for a question or two. Raises StoreError."""
    try:
        # the connection's own block commits, but leaves it open where that fails
        with closing(open_connection(server, settings)) as connection, connection:
            yield connection
    except psycopg.Error as error:
        raise explain(server, error) from error
