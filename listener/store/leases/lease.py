"""A lease on a server: the right of one process to do a part of the work until a time, unless it is renewed.

A row with an end, reckoned by the server's clock, and an epoch that every taking raises. A session lock would do worse:
a stopped process keeps it for as long as its kernel answers, and a broken connection loses it unnoticed. The holder
proves its lease at the start of each transaction; a process that wakes up after its lease writes nothing. Before
anything is written to a platform it checks how long its lease surely lasts, by a clock that runs in suspend too.
"""

import threading
from collections.abc import Collection
from datetime import timedelta

import psycopg
from sqlalchemy import Connection, text

from listener import elapsed
from listener.errors import LeaseLost

TABLE = """CREATE TABLE lease (name text PRIMARY KEY, command text NOT NULL, host text NOT NULL, pid bigint NOT NULL,
           since timestamptz NOT NULL, epoch bigint NOT NULL, until timestamptz NOT NULL)"""
RENEW = """UPDATE lease SET until = clock_timestamp() + %s
           FROM unnest(%s::text[], %s::bigint[]) AS held (name, epoch)
           WHERE lease.name = held.name AND lease.epoch = held.epoch RETURNING lease.name"""
RETURN = "UPDATE lease SET until = clock_timestamp() WHERE name = %s AND epoch = %s"
GUARD = text("SELECT 1 FROM lease WHERE name = :name AND epoch = :epoch AND until > clock_timestamp()")


class Lease:
    """A lease of this process, or one that it may take. epoch: None while it does not hold it."""

    def __init__(self, part: str) -> None:
        self.part = part
        self.epoch: int | None = None
        self._ends = self._free_since = 0.0
        self._running, self._is_leaving = 0, False
        self._mutex = threading.Lock()

    def check(self, seconds: float) -> bool:
        """Return True when it surely lasts for so many seconds."""
        return self.epoch is not None and elapsed.seconds() + seconds < self._ends

    def guard(self, connection: Connection) -> None:
        """Raise LeaseLost inside a transaction of the writer, who alone may take a lease, when this one is over."""
        proof = {"name": self.part, "epoch": self.epoch}
        if self.epoch is None or not connection.execute(GUARD, proof).first():
            raise LeaseLost(
                f"the lease of this process on {self.part} is over",
                "nothing was written; it is renewed, or another process has taken over: `earshot status` shows which",
            )

    @property
    def free_for(self) -> float:
        """Return for how many seconds the lease of whoever held it before has been over."""
        return elapsed.seconds() - self._free_since

    @property
    def is_ending(self) -> bool:
        """Return True when a stage of this part should stop at its next step."""
        return self.epoch is None or self._is_leaving

    def begin(self, *, is_sure: bool) -> bool:
        """Note that a stage of this part begins. Returns False where this process may not run it.

        is_sure: nobody can have taken over; else it is enough that nobody is known to have.
        """
        with self._mutex:
            may_run = not self.is_ending and (not is_sure or self.check(0.0))
            self._running += may_run
            return may_run

    def end(self) -> None:
        """Note that a stage of this part has ended."""
        with self._mutex:
            self._running -= 1

    @property
    def is_running(self) -> bool:
        """Return True while a stage runs: the lease is neither given back, nor taken anew by the same process."""
        return self._running > 0

    def hold(self, epoch: int, ends: float, free_since: float) -> None:
        """Note that this process has taken it. The times are of `elapsed`."""
        with self._mutex:
            self.epoch, self._ends, self._free_since, self._is_leaving = epoch, ends, free_since, False

    def extend(self, ends: float) -> None:
        """Note that it was renewed."""
        self._ends = ends

    def drop(self) -> None:
        """Note that this process does not hold it any more."""
        with self._mutex:
            self.epoch, self._ends = None, 0.0

    def stay(self) -> None:
        """Let stages begin again: it was to be given away, and nobody should take it any more."""
        self._is_leaving = False

    def leave(self) -> int | None:
        """Let no stage begin any more. Returns the epoch to give back once none runs, and drops the lease then."""
        with self._mutex:
            self._is_leaving = True
            if self._running:
                return None
            epoch, self.epoch, self._ends = self.epoch, None, 0.0
            return epoch


def renew(connection: "psycopg.Connection", held: Collection[Lease], span: float) -> list[Lease]:
    """Renew leases, also after their end if nobody took them meanwhile. Returns those that somebody did take."""
    epochs = {lease: lease.epoch for lease in held if lease.epoch is not None}
    ends = elapsed.seconds() + span
    given = (timedelta(seconds=span), [lease.part for lease in epochs], [*epochs.values()])
    renewed = {name for (name,) in connection.execute(RENEW, given)}
    for lease in epochs:
        if lease.part in renewed:
            lease.extend(ends)
        else:
            lease.drop()
    return [lease for lease in epochs if lease.part not in renewed]


def give_back(connection: "psycopg.Connection", lease: Lease) -> bool:
    """Give a lease back, so that another process can take it at once. Returns False while a stage runs."""
    epoch = lease.leave()
    if epoch is not None:
        connection.execute(RETURN, (lease.part, epoch))
    return not lease.is_running
