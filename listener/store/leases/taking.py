"""Take leases, under the writer's lock, so that no transaction of an earlier holder is under way.

A lease on everything (`once`, `migrate`) and leases on parts (the daemons) exclude each other. Whoever takes one raises
the epochs of those of the other kind that are over, so that none of them can be renewed any more.
"""

from collections.abc import Sequence
from datetime import UTC, timedelta

import psycopg

from listener import elapsed
from listener.errors import LockHeld, StoreError
from listener.place import Server
from listener.store.holder import Holder, Process
from listener.store.leases.lease import Lease
from listener.store.postgres_connection import take_turn

EVERYTHING = "earshot"  # the lease on all parts at once
TAKE = """INSERT INTO lease AS held (name, command, host, pid, since, epoch, until)
          VALUES (%(name)s, %(command)s, %(host)s, %(pid)s, clock_timestamp(), 1, clock_timestamp() + %(span)s)
          ON CONFLICT (name) DO UPDATE SET command = excluded.command, host = excluded.host, pid = excluded.pid,
              since = clock_timestamp(), epoch = held.epoch + 1, until = clock_timestamp() + %(span)s
          WHERE held.until < clock_timestamp() RETURNING epoch"""
OVERRULE = "UPDATE lease SET epoch = epoch + 1 WHERE (name = %(everything)s) = %(whole)s AND until < %(now)s"
BLOCKED = "SELECT 1 FROM lease WHERE (name = %(everything)s) = %(whole)s AND until >= %(now)s"
FREE_FOR = """SELECT extract(epoch FROM clock_timestamp() - max(until))::float8 FROM lease
              WHERE name = ANY(%s) OR %s"""
HOLDER = """SELECT command, pid, since, until > clock_timestamp(), host FROM lease
            WHERE name = coalesce(%(name)s, name) ORDER BY until > clock_timestamp() DESC, until DESC, name LIMIT 1"""


def take_all(connection: "psycopg.Connection", server: Server, who: Process, command: str, span: float) -> Lease:
    """Take the lease on everything. Raises LockHeld naming the holder. The caller commits."""
    connection.execute(take_turn(server))
    lease = Lease(EVERYTHING)
    if _is_blocked(connection, whole=False) or not _take(connection, lease, who, command, span):
        holder = find_holder(connection) or "another process"
        do = f"stop it first; the lease of a process that died ends after {span:g} seconds"
        raise LockHeld(f"{holder} holds the lease on the database {server}", do)
    return lease


def take_parts(
    connection: "psycopg.Connection", server: Server, who: Process, leases: Sequence[Lease], span: float
) -> list[Lease]:
    """Take leases on parts; returns those that were free. The caller commits."""
    connection.execute(take_turn(server))
    if _is_blocked(connection, whole=True):
        return []
    return [lease for lease in leases if _take(connection, lease, who, "run", span)]


def _is_blocked(connection: "psycopg.Connection", *, whole: bool) -> bool:
    """Return True while a lease of the other kind lasts; those that are over cannot be renewed any more.

    Both are asked for one moment: what ended between the two would be neither, and could be renewed.
    """
    moment = connection.execute("SELECT clock_timestamp()").fetchone()
    kind = {"everything": EVERYTHING, "whole": whole, "now": moment and moment[0]}
    connection.execute(OVERRULE, kind)
    return connection.execute(BLOCKED, kind).fetchone() is not None


def _take(connection: "psycopg.Connection", lease: Lease, who: Process, command: str, span: float) -> bool:
    began = elapsed.seconds()
    free = connection.execute(FREE_FOR, ([lease.part, EVERYTHING], lease.part == EVERYTHING)).fetchone()
    holder = {"command": command, "host": who.host, "pid": who.pid}
    row = connection.execute(TAKE, {**holder, "name": lease.part, "span": timedelta(seconds=span)}).fetchone()
    if row is None:
        return False
    free_for = free[0] if free and free[0] is not None else float("inf")
    lease.hold(row[0], began + span, began - free_for)
    return True


def has_tables(connection: "psycopg.Connection", table: str = "lease") -> bool:
    """Return True where there are tables of leases, or this one."""
    row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", (table,)).fetchone()
    return bool(row and row[0])


def require_tables(connection: "psycopg.Connection", server: Server) -> None:
    """Raise StoreError where nobody can hold a lease yet."""
    if not has_tables(connection):
        raise StoreError(f"there is no database at {server} yet", "run `earshot migrate` first")


def find_holder(connection: "psycopg.Connection", name: str | None = None) -> Holder | None:
    """Return who holds a lease (of this name), or held one last; None where nobody ever did."""
    row = connection.execute(HOLDER, {"name": name}).fetchone() if has_tables(connection) else None
    if row is None:
        return None
    command, pid, since, is_alive, host = row
    return Holder(command, pid, f"{since.astimezone(UTC):%FT%TZ}", is_alive, host)
