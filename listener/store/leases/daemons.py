"""The daemons that share a server: who lives, in which version, what each can lead, how its clock differs.

A daemon whose row is older than a lease lasts is counted as dead; its leases are over by then, too.
"""

import json
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import psycopg

from listener.errors import LockHeld, StoreError
from listener.place import Server
from listener.store.daemon_state import DaemonState
from listener.store.holder import Process
from listener.store.leases import taking
from listener.store.postgres_connection import take_turn

TABLE = """CREATE TABLE daemon (name text PRIMARY KEY, version text NOT NULL, schema bigint NOT NULL,
           started_at timestamptz NOT NULL, seen_at timestamptz NOT NULL, parts text NOT NULL, clock_ahead float8)"""
ADD = """INSERT INTO daemon (name, version, schema, started_at, seen_at, parts)
         VALUES (%(name)s, %(version)s, %(schema)s, clock_timestamp(), clock_timestamp(), '[]')
         ON CONFLICT (name) DO UPDATE SET version = excluded.version, schema = excluded.schema,
             started_at = clock_timestamp(), seen_at = clock_timestamp(), parts = '[]', clock_ahead = NULL"""
SEEN = """INSERT INTO daemon (name, version, schema, started_at, seen_at, parts, clock_ahead)
          VALUES (%(name)s, %(version)s, %(schema)s, clock_timestamp(), clock_timestamp(), %(parts)s, %(ahead)s)
          ON CONFLICT (name) DO UPDATE SET seen_at = clock_timestamp(), parts = excluded.parts,
              clock_ahead = excluded.clock_ahead"""
FORGET = "DELETE FROM daemon WHERE seen_at < clock_timestamp() - interval '1 day'"
LIST = """SELECT daemon.name, version, started_at, seen_at, seen_at > clock_timestamp() - %s, parts, clock_ahead,
                 array_remove(array_agg(lease.name ORDER BY lease.name), NULL)
          FROM daemon LEFT JOIN lease ON host || ':' || pid = daemon.name AND lease.until > clock_timestamp()
          GROUP BY daemon.name ORDER BY started_at, daemon.name"""


def join(
    connection: "psycopg.Connection", server: Server, who: Process, version: str, schema: int, span: float
) -> None:
    """Write this daemon down. Raises LockHeld while `once` or `migrate` works, StoreError next to a newer version."""
    taking.require_tables(connection, server)
    if not taking.has_tables(connection, "daemon"):
        raise StoreError(f"the database {server} has an older schema", "run `earshot migrate`")
    connection.execute(take_turn(server))
    whole = taking.find_holder(connection, taking.EVERYTHING)
    if whole is not None and whole.is_alive:
        raise LockHeld(f"{whole} holds the lease on the database {server}", "wait until it has ended, or stop it")
    _require_newest([state for state in list_daemons(connection, span) if state.name != str(who)], version)
    connection.execute(FORGET)
    connection.execute(ADD, {"name": str(who), "version": version, "schema": schema})


def _require_newest(daemons: Collection[DaemonState], version: str) -> None:
    """Raise StoreError while a daemon of a newer version lives: it may write what this one does not understand."""
    for daemon in daemons:
        if daemon.is_alive and is_older(version, daemon.version):
            what = f"a newer Earshot works on this database: {daemon.name} has version {daemon.version}, this {version}"
            raise StoreError(what, "install that version here too, or stop the other daemon first")


def is_older(version: str, other: str) -> bool:
    """Return True when a version comes before another, by their numbers; False where either has none."""
    own, others = _numbers(version), _numbers(other)
    return bool(own and others) and own < others


def _numbers(version: str) -> tuple[int, ...]:
    pieces = version.split("+")[0].split(".")
    return tuple(int(piece) for piece in pieces if piece.isdigit())


def record_seen(
    connection: "psycopg.Connection", who: Process, version: str, schema: int, parts: Collection[str]
) -> None:
    """Note that this daemon lives, what it can lead, and how far its clock is ahead of the server's.

    One that stood still for more than a day was forgotten meanwhile: it is written down again.
    """
    before = datetime.now(UTC)
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    between = before + (datetime.now(UTC) - before) / 2
    ahead = (between - row[0]).total_seconds() if row else None
    seen = {"name": str(who), "version": version, "schema": schema, "parts": json.dumps(sorted(parts)), "ahead": ahead}
    connection.execute(SEEN, seen)


def list_daemons(connection: "psycopg.Connection", span: float) -> list[DaemonState]:
    """List the daemons of the last day, in the order in which they started."""
    rows = connection.execute(LIST, (timedelta(seconds=span),)).fetchall()
    return [
        DaemonState(name, version, started, seen, alive, frozenset(json.loads(parts)), ahead, tuple(leads))
        for name, version, started, seen, alive, parts, ahead, leads in rows
    ]


def remove(connection: "psycopg.Connection", who: Process) -> None:
    """Remove the row of this daemon, which ends."""
    connection.execute("DELETE FROM daemon WHERE name = %s", (str(who),))
