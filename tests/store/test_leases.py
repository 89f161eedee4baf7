"""Two daemons on one server: each part is led by one of them at a time, and who has lost it writes nothing."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from listener.cli import daemon_status
from listener.errors import LeaseLost, LockHeld, StoreError
from listener.place import Server
from listener.store import events, notices
from listener.store.database import database_at
from listener.store.engine import Store, open_store
from listener.store.parts import ROUTE, UPKEEP, platform_part
from listener.upkeep.clocks import compare
from tests.databases import SERVER, make_place
from tests.line import NOON
from tests.process import until

if TYPE_CHECKING:
    import psycopg

    from listener.store.leases.shared import SharedLock

pytestmark = pytest.mark.skipif(not SERVER, reason="`make test-postgres` runs it on a server of its own")
X = platform_part("x")
PARTS = {X, ROUTE, UPKEEP}


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """An empty database."""
    place = make_place(tmp_path)
    assert isinstance(place, Server)
    return place


@dataclass
class Daemon:
    """What a daemon leads, and its store."""

    lock: "SharedLock"
    store: Store

    def leads(self) -> set[str]:
        """The parts that it holds the lease of."""
        return {part for part in PARTS if self.lock.lease(part).epoch is not None}

    def stand_still(self) -> None:
        """Renew nothing any more; a beat under way ends before."""
        self.lock.has_ended.set()
        with self.lock._beating:
            pass


@pytest.fixture
def start(server: Server, monkeypatch: pytest.MonkeyPatch) -> "Iterator[Start]":
    """Start daemons that end with the test; their names differ though it is one process. They look often."""
    from listener.store.leases import timing

    monkeypatch.setattr(timing, "TIMING", timing.Timing(beat=0.1))
    with ExitStack() as stack:
        yield Start(server, stack)


@dataclass
class Start:
    """Starts daemons on a server."""

    server: Server
    stack: ExitStack

    def __call__(self, name: str, version: str = "1.0.0") -> Daemon:
        """Start one that can lead all parts."""
        from listener.store.holder import Process
        from listener.store.leases.shared import join

        lock = self.stack.enter_context(join(self.server, version, 8, Process(name, 1)))
        lock.lead(PARTS)
        return Daemon(lock, self.stack.enter_context(closing(open_store(self.server, lock=lock))))


def change(server: Server, statement: str) -> None:
    """Change what the server knows, as the passing of time would."""
    from listener.store.postgres_connection import asking

    with asking(server) as connection:
        connection.execute(statement)


def let_die(server: Server, name: str) -> None:
    """Let a daemon be unheard of for longer than a lease lasts."""
    change(server, f"UPDATE lease SET until = clock_timestamp() - interval '1 second' WHERE host = '{name}'")
    change(server, f"UPDATE daemon SET seen_at = clock_timestamp() - interval '2 minutes' WHERE name = '{name}:1'")


def write(store: Store, part: str) -> None:
    """Write something that belongs to a part."""
    with store.under(part).write() as connection:
        events.add(connection, "seen", "poll", NOON)


def test_two_daemons_share_the_parts_and_one_that_ends_leaves_its_own(server: Server, start: Start) -> None:
    """The second takes its share though the first had everything; a clean end leaves it to the other at once."""
    first = start("first")
    until(lambda: first.leads() == PARTS, "the first leads everything")
    second = start("second")
    until(lambda: len(second.leads()) == 1 and len(first.leads()) == 2, "they share")
    assert first.leads() | second.leads() == PARTS
    states = database_at(server).list_daemons()
    assert {state.name: set(state.leads) for state in states} == {"first:1": first.leads(), "second:1": second.leads()}
    first.lock.give_back()
    until(lambda: second.leads() == PARTS, "the second leads everything")


def test_who_has_lost_a_part_writes_nothing_of_it_and_goes_on_with_the_rest(server: Server, start: Start) -> None:
    """Woken after a night: the other daemon leads by then, and the fence of each transaction knows."""
    first = start("first")
    until(lambda: first.leads() == PARTS, "the first leads everything")
    write(first.store, X)
    first.stand_still()
    let_die(server, "first")
    second = start("second")
    until(lambda: second.leads() == PARTS, "the second takes over")
    for part in PARTS:
        with pytest.raises(LeaseLost):
            write(first.store, part)
        write(second.store, part)
    assert second.store.under(X).epoch == 2


def test_a_part_is_not_given_away_while_a_stage_of_it_runs(start: Start) -> None:
    """A call under way is finished, and its outcome written, by whoever began it; then the other begins."""
    first = start("first")
    until(lambda: first.leads() == PARTS, "the first leads everything")
    lease = first.lock.lease(UPKEEP)
    assert lease.begin(is_sure=True)
    second = start("second")
    until(lambda: lease.is_ending, "the stage is asked to stop")
    assert not lease.begin(is_sure=True) and UPKEEP not in second.leads()
    write(first.store, UPKEEP)
    lease.end()
    until(lambda: UPKEEP in second.leads(), "the second leads it")
    with pytest.raises(LeaseLost):
        write(first.store, UPKEEP)


def test_a_part_that_nobody_takes_after_all_goes_on_where_it_is(start: Start) -> None:
    """Whoever should have taken it has ended before its stage did: it must not be held by one that runs nothing."""
    first = start("first")
    until(lambda: first.leads() == PARTS, "the first leads everything")
    lease = first.lock.lease(UPKEEP)
    assert lease.begin(is_sure=True)
    second = start("second")
    until(lambda: lease.is_ending, "the stage is asked to stop")
    second.lock.give_back()
    until(lambda: not lease.is_ending, "the stage may go on")
    lease.end()
    assert lease.begin(is_sure=True) and first.leads() == PARTS
    lease.end()


def test_a_daemon_does_not_start_on_an_older_schema(server: Server, start: Start) -> None:
    """After an upgrade, before `earshot migrate`: there is no table of daemons yet."""
    change(server, "ALTER TABLE daemon RENAME TO later")
    with pytest.raises(StoreError, match="older schema") as caught:
        start("first")
    assert caught.value.do == "run `earshot migrate`"
    change(server, "ALTER TABLE later RENAME TO daemon")


def test_what_nobody_expects_in_the_table_of_daemons_ends_no_lease(server: Server, start: Start) -> None:
    """Leases are renewed before anything else, and the thread that does it goes on."""
    first = start("first")
    until(lambda: first.leads() == PARTS, "the first leads everything")
    change(server, "INSERT INTO daemon VALUES ('odd:1', '1', 8, now(), now(), 'no list')")
    lease = first.lock.lease(X)
    for _ in range(2):
        ends = lease._ends
        until(lambda ends=ends: lease._ends > ends, "it is renewed")  # type: ignore[misc]
    assert first.leads() == PARTS


def test_once_and_daemons_exclude_each_other(server: Server, start: Start) -> None:
    """Also where a lease of the other kind is over, but would be renewed by whoever wakes up."""
    database = database_at(server)
    with database.hold("once", NOON), pytest.raises(LockHeld, match="`earshot once`"):
        start("first")
    first = start("first")
    until(lambda: first.leads() == PARTS, "the first leads everything")
    with pytest.raises(LockHeld, match="`earshot run`"), database.hold("once", NOON):
        pass
    first.lock._beating.acquire()  # it stands still for longer than its leases last
    change(server, "UPDATE lease SET until = clock_timestamp() - interval '1 second'")
    with database.hold("once", NOON):
        first.lock._beating.release()
        until(lambda: first.leads() == set(), "the daemon has lost everything")
    until(lambda: first.leads() == PARTS, "the first leads everything again")


def test_a_lease_that_ends_while_another_takes_everything_is_renewed_no_more(server: Server, start: Start) -> None:
    """Between two looks of whoever takes it: it either stands in the way, or is over for good."""
    from listener.store.holder import Process
    from listener.store.leases import taking
    from listener.store.leases.lease import Lease, renew
    from listener.store.postgres_connection import asking

    with asking(server) as connection:
        held = Lease(X)
        assert taking.take_parts(connection, server, Process("first", 1), [held], 60.0) == [held]
    change(server, "UPDATE lease SET until = clock_timestamp() + interval '0.2 seconds'")
    with asking(server) as connection, suppress(LockHeld):
        taking.take_all(Slow(connection), server, Process("second", 1), "once", 60.0)  # type: ignore[arg-type]
        connection.commit()
        assert renew(connection, [held], 60.0) == [held]


@dataclass
class Slow:
    """A connection whose statements about other leases take long."""

    connection: "psycopg.Connection"

    def execute(self, statement: str, values: Mapping[str, object] | None = None) -> "psycopg.Cursor":
        """Carry it out, and wait."""
        cursor = self.connection.execute(statement, values)
        if "everything" in statement:
            self.connection.execute("SELECT pg_sleep(0.3)")
        return cursor


def test_a_daemon_whose_row_was_removed_meanwhile_is_listed_again(server: Server, start: Start) -> None:
    """It stood still for more than a day, and another one started by then."""
    first = start("first")
    until(lambda: first.leads() == PARTS, "the first leads everything")
    change(server, "DELETE FROM daemon")
    until(lambda: len(database_at(server).list_daemons()) == 1, "it is listed")
    until(lambda: set(database_at(server).list_daemons()[0].parts) == PARTS, "with what it can lead")


@pytest.mark.parametrize(("version", "is_refused"), [("1.9.9", True), ("1.10.0", False), ("2.0", False), ("?", False)])
def test_a_daemon_older_than_another_that_lives_is_refused(
    server: Server, start: Start, version: str, is_refused: bool
) -> None:
    """In one line that names both; a dead one refuses nobody."""
    first = start("first", "1.10.0")
    if is_refused:
        with pytest.raises(StoreError, match=r"first:1 has version 1\.10\.0, this 1\.9\.9"):
            start("second", version)
        first.stand_still()
        let_die(server, "first")
    start("second", version)


def test_a_clock_that_is_wrong_opens_a_notice_until_it_is_right(server: Server, start: Start) -> None:
    """The daemon that leads upkeep says so of each living daemon."""
    first = start("first")
    until(lambda: first.leads() == PARTS, "the first leads everything")
    first.stand_still()
    for ahead, opened in (("6.5", ["first:1"]), ("-3.0", []), ("-7.25", ["first:1"])):
        change(server, f"UPDATE daemon SET clock_ahead = {ahead}")
        compare(first.store.under(UPKEEP), NOON)
        with first.store.read() as connection:
            seen = notices.list_open(connection)
        assert [notice.subject for notice in seen] == opened
    assert seen[0].what == "the clock of the daemon first:1 is 7.2 s behind the database's"
    let_die(server, "first")
    with pytest.raises(LeaseLost):
        compare(first.store.under(UPKEEP), NOON)


def test_status_shows_who_leads_what_and_whose_clock_is_wrong(server: Server, start: Start) -> None:
    """The living, and those that died within a day."""
    first = start("first")
    until(lambda: first.leads() == PARTS, "the first leads everything")
    start("second").lock.lead(())
    first.stand_still()
    change(server, "UPDATE daemon SET clock_ahead = 4 WHERE name = 'first:1'")
    shown = list(daemon_status.lines(daemon_status.read_daemons(first.store), datetime.now(UTC)))
    leading = "leads platform x, route, upkeep; its clock is 4.0 s ahead of the database's"
    assert shown[0] == f"daemon     first:1 (1.0.0) {leading}"
    assert shown[1] == "daemon     second:1 (1.0.0) leads nothing and stands by"
    let_die(server, "first")
    shown = list(daemon_status.lines(daemon_status.read_daemons(first.store), datetime.now(UTC)))
    assert shown[0] == "daemon     first:1 (1.0.0) was last seen 2 min ago"


def test_how_far_a_clock_is_ahead_is_known(server: Server, start: Start) -> None:
    """Within a second on one machine."""
    start("first")
    until(lambda: database_at(server).list_daemons()[0].clock_ahead is not None, "it was compared")
    assert abs(database_at(server).list_daemons()[0].clock_ahead or 9.0) < 1.0
