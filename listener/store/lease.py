"""The lease of an installation on a server: the one `run` or `once` that may poll, decide and send.

A row with an end, reckoned by the server's clock, and an epoch that every taking raises. A session lock would do worse:
a stopped process keeps it for as long as its kernel answers, and a broken connection loses it unnoticed. The holder
renews its lease and proves it at the start of each transaction; a process that wakes up after its lease writes nothing.
Before a call to a platform it looks how long its lease surely lasts, by a clock that runs in suspend too.
"""

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, timedelta

import psycopg
from sqlalchemy import Connection, text

from listener.errors import LockHeld, StoreError
from listener.place import Server
from listener.store.holder import Holder
from listener.store.postgres_connection import asking, open_connection, take_turn
from listener.store.postgres_errors import explain

log = logging.getLogger(__name__)

SPAN_S = 60.0  # how long a lease lasts that is not renewed: so long nobody takes over
SPAN = timedelta(seconds=SPAN_S)
RENEW_S = 10.0
TABLE = """CREATE TABLE lease (name text PRIMARY KEY, command text NOT NULL, host text NOT NULL, pid bigint NOT NULL,
           since timestamptz NOT NULL, epoch bigint NOT NULL, until timestamptz NOT NULL)"""
NAME = "earshot"  # of the only row
TAKE = """INSERT INTO lease AS held (name, command, host, pid, since, epoch, until)
          VALUES (%(name)s, %(command)s, %(host)s, %(pid)s, clock_timestamp(), 1, clock_timestamp() + %(span)s)
          ON CONFLICT (name) DO UPDATE SET command = excluded.command, host = excluded.host, pid = excluded.pid,
              since = clock_timestamp(), epoch = held.epoch + 1, until = clock_timestamp() + %(span)s
          WHERE held.until < clock_timestamp() RETURNING epoch"""
RENEW = "UPDATE lease SET until = clock_timestamp() + %s WHERE name = %s AND epoch = %s"
RETURN = "UPDATE lease SET until = clock_timestamp() WHERE name = %s AND epoch = %s"
HOLDER = "SELECT command, pid, since, until > clock_timestamp(), host FROM lease WHERE name = %s"
GUARD = text("SELECT 1 FROM lease WHERE name = :name AND epoch = :epoch AND until > clock_timestamp()")


CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # runs in suspend too; that of macOS does by itself


def _now() -> float:
    """Return seconds of a clock that does not stand still in suspend."""
    return time.clock_gettime(CLOCK)


class Lease:
    """A lease that this process took. epoch: None before there is a table of leases, for the first migration."""

    def __init__(self, epoch: int | None, ends: float) -> None:
        self.epoch, self._ends, self.is_lost = epoch, ends, False

    def check(self, seconds: float) -> bool:
        """Return True when it surely lasts for so many seconds."""
        return self.epoch is None or _now() + seconds < self._ends

    def guard(self, connection: Connection) -> None:
        """Raise LockHeld inside a transaction of the writer, who alone may take a lease, when this one is over."""
        if self.epoch is None or connection.execute(GUARD, {"name": NAME, "epoch": self.epoch}).first():
            return
        raise LockHeld(
            "the lease of this process on the database is over",
            "nothing was written; it is renewed, or another process has taken over: `earshot status` shows which",
        )

    def renew(self, connection: "psycopg.Connection") -> bool:
        """Renew it, also after its end if nobody took it meanwhile. Returns False when somebody did."""
        began = _now()
        renewed = connection.execute(RENEW, (SPAN, NAME, self.epoch)).rowcount == 1
        self._ends = began + SPAN_S if renewed else 0.0
        return renewed


@contextmanager
def hold(server: Server, command: str) -> Iterator[Lease]:
    """Take the lease, renew it in a thread of its own, and give it back. Raises LockHeld naming the holder, StoreError.

    A process whose lease was taken over ends itself, as by SIGTERM.
    """
    with asking(server) as connection:
        held = _take(connection, server, command)
    ended = threading.Event()
    if held.epoch is not None:
        threading.Thread(target=_keep, args=(held, server, ended), name="lease", daemon=True).start()
    try:
        yield held
    finally:
        ended.set()
        _give_back(held, server)


def _take(connection: "psycopg.Connection", server: Server, command: str) -> Lease:
    if not _has_table(connection):
        if command == "migrate":
            return Lease(None, 0.0)
        raise StoreError(f"there is no database at {server} yet", "run `earshot migrate` first")
    connection.execute(take_turn(server))
    began = _now()
    who = {"command": command, "host": socket.gethostname(), "pid": os.getpid()}
    row = connection.execute(TAKE, {**who, "name": NAME, "span": SPAN}).fetchone()
    if row is None:
        holder = find_holder(connection) or "another process"
        do = f"stop it first; the lease of a process that died ends after {SPAN_S:g} seconds"
        raise LockHeld(f"{holder} holds the lease on the database {server}", do)
    return Lease(row[0], began + SPAN_S)


def _keep(held: Lease, server: Server, ended: threading.Event) -> None:
    """Renew the lease until it ends; while the server is away no call begins, and nothing can be written."""
    while not ended.is_set():
        try:
            with open_connection(server) as connection:
                connection.autocommit = True
                _renew_until(held, connection, ended)
        except psycopg.Error as error:
            fields = {"event": "lease_not_renewed", "why": str(explain(server, error))}
            log.warning("the lease on the database could not be renewed: %(why)s", fields)
            ended.wait(RENEW_S)


def _renew_until(held: Lease, connection: psycopg.Connection, ended: threading.Event) -> None:
    """Renew the lease at once and every few seconds; end this process when another has taken over."""
    while not ended.is_set():
        if not held.renew(connection) and not ended.is_set():
            log.critical("another process has taken over the database: this one ends", {"event": "lease_lost"})
            held.is_lost = True
            os.kill(os.getpid(), signal.SIGTERM)
            ended.set()
        ended.wait(RENEW_S)


def _give_back(held: Lease, server: Server) -> None:
    if held.epoch is not None:
        with suppress(StoreError), asking(server) as connection:
            connection.execute(RETURN, (NAME, held.epoch))


def _has_table(connection: "psycopg.Connection") -> bool:
    row = connection.execute("SELECT to_regclass('lease') IS NOT NULL").fetchone()
    return bool(row and row[0])


def find_holder(connection: "psycopg.Connection") -> Holder | None:
    """Return who holds the lease, or held it last; None where nobody ever did."""
    row = connection.execute(HOLDER, (NAME,)).fetchone() if _has_table(connection) else None
    if row is None:
        return None
    command, pid, since, is_alive, host = row
    return Holder(command, pid, f"{since.astimezone(UTC):%FT%TZ}", is_alive, host)
