"""The turn of all writers on a server: a process that stands still with it, or before it, holds nobody up for long."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import Connection, event, insert

from listener.errors import StoreError
from listener.place import Server
from listener.store import events
from listener.store.engine import Store, open_store
from listener.store.tables import billed
from tests.databases import SERVER, make_place
from tests.line import NOON

pytestmark = pytest.mark.skipif(not SERVER, reason="`make test-postgres` runs it on a server of its own")
LIMIT_S = 0.5
LARGE = "SELECT repeat('x', 1000) FROM generate_series(1, 60000)"  # more than the buffers of a connection hold


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """An empty database, on which nobody may stand still with the turn for longer than half a second."""
    from listener.store.leases import timing

    monkeypatch.setattr(timing, "TIMING", timing.Timing(turn=LIMIT_S))
    place = make_place(tmp_path)
    assert isinstance(place, Server)
    return place


def write(store: Store) -> None:
    """Take the turn, and give it back."""
    with store.write() as connection:
        events.add(connection, "seen", "poll", NOON)


def seconds_of_waiting(server: Server) -> float:
    """For how long another process waits for its turn."""
    began = time.monotonic()
    with closing(open_store(server)) as other:
        write(other)
    return time.monotonic() - began


@contextmanager
def standing_still(store: Store, writers: int) -> Iterator[None]:
    """A process whose threads all write and then do nothing, as when it is stopped; it goes on with the end."""
    goes_on, has_turn = Event(), Event()

    def stand(connection: Connection) -> None:
        has_turn.set()
        goes_on.wait(30)

    def try_to_write() -> None:
        with suppress(StoreError):  # its turn was taken away
            write(store)

    event.listen(store._writer, "begin", stand)
    threads = [Thread(target=try_to_write) for _ in range(writers)]
    for thread in threads:
        thread.start()
    assert has_turn.wait(10)
    try:
        yield
    finally:
        goes_on.set()
        for thread in threads:
            thread.join(10)


def test_a_process_that_stands_still_between_two_statements_loses_its_turn(server: Server) -> None:
    """A machine that was suspended in the middle of a transaction."""
    with closing(open_store(server, wait=5.0)) as store, standing_still(store, 1):
        assert seconds_of_waiting(server) < 4 * LIMIT_S


def test_a_process_that_stands_still_holds_one_place_in_the_line(server: Server) -> None:
    """With a connection of each thread in the line it had the turn again and again: a takeover took 200 s and more."""
    with closing(open_store(server, wait=30.0)) as store, standing_still(store, 6):
        assert seconds_of_waiting(server) < 4 * LIMIT_S


def test_a_process_that_does_not_take_its_result_loses_its_turn(server: Server) -> None:
    """The server would wait for ever to get rid of the rest: it counts as busy, and no limit of idle time ends it."""
    from listener.store.postgres_connection import open_connection, take_turn, turn_settings

    with closing(open_connection(server, turn_settings())) as connection:
        connection.execute(take_turn(server))
        connection.pgconn.send_query(LARGE.encode())
        connection.pgconn.flush()
        assert seconds_of_waiting(server) < 20 * LIMIT_S


@pytest.mark.parametrize("count", [1, 3000])
def test_a_process_that_stands_still_after_many_rows_loses_its_turn(server: Server, count: int) -> None:
    """In the driver's pipeline mode, which it uses for many rows, the server's limit of idle time does not run."""
    units = [{"platform": "x", "day": "2026-03-02", "unit": f"post:{number}"} for number in range(count)]
    waited = list[float]()
    with closing(open_store(server)) as store, suppress(StoreError), store.write() as connection:
        connection.execute(insert(billed), units)
        waited.append(seconds_of_waiting(server))
    assert waited and waited[0] < 4 * LIMIT_S


def test_the_server_notices_a_machine_that_vanished(server: Server) -> None:
    """Its connections would count against `max_connections` for two hours."""
    from listener.store.postgres_connection import asking

    query = "SELECT current_setting('tcp_user_timeout'), current_setting('tcp_keepalives_idle')"
    with asking(server) as connection:
        assert connection.execute(query).fetchone() == ("20000", "10")
