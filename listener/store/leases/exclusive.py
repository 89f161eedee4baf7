"""The lease on everything: the one `once` or `migrate` that works on a server while no daemon does."""

import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from sqlalchemy import Connection

from listener.errors import StoreError
from listener.place import Server
from listener.store.holder import Process
from listener.store.leases import taking, timing
from listener.store.leases.lease import Lease, give_back, renew
from listener.store.lock import WholeLock
from listener.store.postgres_connection import asking, open_connection, turn_settings
from listener.store.postgres_errors import explain

log = logging.getLogger(__name__)


class ServerLock(WholeLock):
    """The lease on everything, as the lock of every part. lease None: before there is a table, for the first one."""

    def __init__(self, lease: Lease | None) -> None:
        self.name, self.held = str(Process.own()), lease

    @property
    def epoch(self) -> int | None:
        """Return the epoch of the lease."""
        return None if self.held is None else self.held.epoch

    @property
    def free_for(self) -> float:
        """Return for how many seconds nobody has held it before."""
        return super().free_for if self.held is None else self.held.free_for

    def check(self, seconds: float) -> bool:
        """Return True when it surely lasts for so many seconds."""
        return self.held is None or self.held.check(seconds)

    def guard(self, connection: Connection) -> None:
        """Raise LeaseLost when it is over."""
        if self.held is not None:
            self.held.guard(connection)


@contextmanager
def hold(server: Server, command: str) -> Iterator[ServerLock]:
    """Take the lease, renew it in a thread of its own, and give it back. Raises LockHeld naming the holder, StoreError.

    A process whose lease was taken over ends itself, as by SIGTERM.
    """
    lock, ended = ServerLock(_take(server, command)), threading.Event()
    if lock.held is not None:
        threading.Thread(target=_keep, args=(lock, lock.held, server, ended), name="lease", daemon=True).start()
    try:
        yield lock
    finally:
        ended.set()
        if lock.held is not None:
            with suppress(StoreError), asking(server) as connection:
                give_back(connection, lock.held)


def _take(server: Server, command: str) -> Lease | None:
    with asking(server, turn_settings()) as connection:
        if command == "migrate" and not taking.has_tables(connection):
            return None
        taking.require_tables(connection, server)
        return taking.take_all(connection, server, Process.own(), command, timing.TIMING.span)


def _keep(lock: ServerLock, held: Lease, server: Server, ended: threading.Event) -> None:
    """Renew the lease until it ends; while the server is away no call begins, and nothing can be written."""
    while not ended.is_set():
        try:
            with open_connection(server) as connection:
                connection.autocommit = True
                _renew_until(lock, held, connection, ended)
        except psycopg.Error as error:
            fields = {"event": "lease_not_renewed", "why": str(explain(server, error))}
            log.warning("the lease on the database could not be renewed: %(why)s", fields)
            ended.wait(timing.TIMING.beat)


def _renew_until(lock: ServerLock, held: Lease, connection: psycopg.Connection, ended: threading.Event) -> None:
    """Renew the lease at once and every few seconds; end this process when another has taken over."""
    while not ended.is_set():
        if renew(connection, [held], timing.TIMING.span) and not ended.is_set():
            log.critical("another process has taken over the database: this one ends", {"event": "lease_lost"})
            lock.is_lost = True
            os.kill(os.getpid(), signal.SIGTERM)
            ended.set()
        ended.wait(timing.TIMING.beat)
