"""The leases of a daemon on a server: it leads its share of the parts, and takes over what another one left.

A thread of its own renews them, and looks every few seconds for what is free and for who else lives.
"""

import logging
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress

import psycopg
from sqlalchemy import Connection

from listener import elapsed
from listener.errors import StoreError
from listener.place import Server
from listener.store import sharing
from listener.store.holder import Process
from listener.store.leases import daemons, taking, timing
from listener.store.leases.lease import Lease, give_back, renew
from listener.store.postgres_connection import asking, open_connection, turn_settings
from listener.store.postgres_errors import explain

log = logging.getLogger(__name__)

LAST_BEAT_S = 2.0  # seconds that a daemon which ends waits for a beat under way
LEAVING_S = 0.5  # seconds between two looks at whether the last stage of a part that is given away has ended


class Unfenced(Lease):
    """What belongs to no part, such as the notice that a daemon refuses its new configuration."""

    def check(self, seconds: float) -> bool:
        """Return True."""
        return True

    def guard(self, connection: Connection) -> None:
        """Do nothing."""


class SharedLock:
    """What a daemon leads, part by part. It is never lost as a whole."""

    is_lost = False

    def __init__(self, server: Server, who: Process, version: str, schema: int) -> None:
        self.name, self._who, self._server = str(who), who, server
        self._version, self._schema = version, schema
        self._leases: dict[str, Lease] = {"": Unfenced("")}
        self._parts: frozenset[str] = frozenset()
        self._taken: list[str] = []
        self._free_since: dict[str, float] = {}
        self._beating = threading.Lock()
        self.wakes, self.has_ended = threading.Event(), threading.Event()

    def lease(self, part: str) -> Lease:
        """Return the lease on a part, held or not; that on "" is what needs none."""
        return self._leases.setdefault(part, Lease(part))

    def lead(self, parts: Collection[str]) -> None:
        """Say which parts this daemon can lead from now on; others are given back."""
        self._parts = frozenset(parts)
        self.wakes.set()

    def list_taken(self) -> list[str]:
        """Return the parts that were taken since this was asked last."""
        taken = self._taken.copy()
        del self._taken[: len(taken)]  # not what the thread that takes adds meanwhile
        return taken

    def give_back(self) -> None:
        """Give back what no stage is at work on; what one is at work on keeps its lease until that ends."""
        self.has_ended.set()
        self.wakes.set()
        if not self._beating.acquire(timeout=LAST_BEAT_S):
            return  # the server does not answer: the leases end by themselves
        with suppress(StoreError), asking(self._server) as connection:
            for lease in self._list_held():
                give_back(connection, lease)
            daemons.remove(connection, self._who)

    def _list_held(self) -> list[Lease]:
        return [lease for lease in list(self._leases.values()) if lease.epoch is not None]

    def keep(self) -> None:
        """Renew, take and give back until the daemon ends; while the server is away, try again."""
        while not self.has_ended.is_set():
            try:
                with open_connection(self._server, turn_settings()) as connection:
                    connection.autocommit = True
                    while not self.has_ended.is_set():
                        with self._beating:
                            pause = self.beat(connection)
                        self.wakes.wait(pause)
                        self.wakes.clear()
            except psycopg.Error as error:
                fields = {"event": "leases_not_renewed", "why": str(explain(self._server, error))}
                log.warning("the leases on the database could not be renewed: %(why)s", fields)
                self.has_ended.wait(timing.TIMING.beat)
            except Exception:  # without this thread the daemon would stand by for ever
                log.exception("a beat of the leases failed", {"event": "lease_beat_failed"})
                self.has_ended.wait(timing.TIMING.beat)

    def beat(self, connection: "psycopg.Connection") -> float:
        """Renew, and do what sharing asks for. Returns the seconds until the next beat."""
        if self.has_ended.is_set():
            return 0.0
        for lease in renew(connection, self._list_held(), timing.TIMING.span):
            fields = {"event": "part_lost", "part": lease.part}
            log.warning("another process has taken over %(part)s: nothing of it is done here any more", fields)
        daemons.record_seen(connection, self._who, self._version, self._schema, self._parts)
        todo = self._plan(connection)
        self._take(connection, todo.take)
        away = [lease for lease in self._list_held() if lease.part not in self._parts or lease.part == todo.give]
        for lease in self._list_held():
            if lease not in away:
                lease.stay()
        is_waiting = [lease for lease in away if not give_back(connection, lease)]
        return LEAVING_S if is_waiting else timing.TIMING.beat

    def _plan(self, connection: "psycopg.Connection") -> sharing.Plan:
        alive = [state for state in daemons.list_daemons(connection, timing.TIMING.span) if state.is_alive]
        able = {state.name: state.parts for state in alive if state.parts} | {self.name: self._parts}
        leads = {state.name: state.leads for state in alive}
        return sharing.plan(self.name, able, leads, self._list_overdue(leads))

    def _list_overdue(self, leads: dict[str, tuple[str, ...]]) -> list[str]:
        """List what this daemon has seen free for longer than the grace."""
        led, now = {part for parts in leads.values() for part in parts}, elapsed.seconds()
        self._free_since = {part: self._free_since.get(part, now) for part in self._parts - led}
        return [part for part, since in self._free_since.items() if now - since > timing.TIMING.grace]

    def _take(self, connection: "psycopg.Connection", parts: Collection[str]) -> None:
        """Take what is free; not what a stage of an earlier lease of this process is still at work on."""
        wanted = [lease for part in parts if not (lease := self.lease(part)).is_running]
        if not wanted:
            return
        try:
            with connection.transaction():
                taken = taking.take_parts(connection, self._server, self._who, wanted, timing.TIMING.span)
        except psycopg.Error:  # nobody knows whether that was committed: an epoch that was not taken proves nothing
            for lease in wanted:
                lease.drop()
            raise
        for lease in taken:
            log.info("this daemon leads %(part)s from now on", {"event": "lease_taken", "part": lease.part})
        self._taken.extend(lease.part for lease in taken)


@contextmanager
def join(server: Server, version: str, schema: int, who: Process | None = None) -> Iterator[SharedLock]:
    """Join the daemons on a server, and share the work with them. Raises LockHeld, StoreError."""
    lock = SharedLock(server, who := who or Process.own(), version, schema)
    with asking(server, turn_settings()) as connection:
        daemons.join(connection, server, who, version, schema, timing.TIMING.span)
    threading.Thread(target=lock.keep, name="lease", daemon=True).start()
    try:
        yield lock
    finally:
        lock.give_back()
