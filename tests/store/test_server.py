"""A store on PostgreSQL: one writer at a time, one process that may run, and what is said when no server is there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from sqlalchemy import func, insert, select, text

from listener.desk.approve import Target, approve
from listener.errors import DatabaseBusy, LeaseLost, LockHeld, StoreError
from listener.place import Server, parse_server
from listener.stages import Stages
from listener.store import engine, events
from listener.store.database import database_at
from listener.store.engine import Store, open_store
from listener.store.leases.lease import Lease, renew
from listener.store.migrate import migrate, upgrade
from listener.store.postgres_connection import asking, turn_settings
from listener.store.tables import event, metadata
from listener.wake_signal import WakeSignal
from tests.databases import SERVER, make_place, make_target
from tests.line import NOON, Line
from tests.process import until

pytestmark = pytest.mark.skipif(not SERVER, reason="`make test-postgres` runs it on a server of its own")


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """An empty database."""
    place = make_place(tmp_path)
    assert isinstance(place, Server)
    return place


@pytest.fixture
def store(server: Server) -> Iterator[Store]:
    """The same, opened by a process that waits for nobody."""
    opened = open_store(server, wait=0.1)
    yield opened
    opened.close()


@contextmanager
def running(server: Server, command: str = "once") -> Iterator[tuple[Store, Lease]]:
    """The store of a process that holds the lease on everything."""
    from listener.store.leases.exclusive import hold

    with hold(server, command) as lock:
        assert lock.held is not None
        opened = open_store(server, lock=lock)
        yield opened, lock.held
        opened.close()


def end_lease(server: Server) -> None:
    """Let the lease be over, as after a minute in which the holder stood still."""
    with asking(server) as connection:
        connection.execute("UPDATE lease SET until = clock_timestamp() - interval '1 second'")


def add_event(store: Store, times: int = 1) -> None:
    """Write something, each time in a transaction of its own."""
    for _ in range(times):
        with store.write() as connection:
            events.add(connection, "seen", "poll", NOON)


def count_events(store: Store) -> int:
    """How much of it is there."""
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(event)).scalar_one()


def test_a_second_writer_waits_and_then_says_so(server: Server, store: Store) -> None:
    """A line, not a traceback; and readers do not wait."""
    other = open_store(server)
    with other.write() as connection:
        events.add(connection, "seen", "poll", NOON)
        with pytest.raises(DatabaseBusy, match="another process holds"), store.write():
            pass
        assert count_events(store) == 0
    add_event(store)
    assert count_events(store) == 2
    other.close()


def test_the_ids_of_events_are_in_the_order_of_their_commits(server: Server) -> None:
    """A screen that asks for what came after the newest id misses nothing."""
    stores = [open_store(server) for _ in range(3)]
    threads = [Thread(target=add_event, args=(store, 20)) for store in stores]
    for thread in threads:
        thread.start()
    seen = 0
    while any(thread.is_alive() for thread in threads):
        with stores[0].read() as connection:
            newest, number = connection.execute(select(func.max(event.c.id), func.count())).one()
        assert (newest or 0) == number >= seen
        seen = number
    assert count_events(stores[0]) == 60
    for store in stores:
        store.close()


def test_a_reader_keeps_one_snapshot_and_cannot_write(store: Store) -> None:
    """As a file gives it."""
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(event)).scalar_one() == 0
        add_event(store)
        assert connection.execute(select(func.count()).select_from(event)).scalar_one() == 0
    with pytest.raises(StoreError, match="only lets read"), store.read() as connection:
        connection.execute(insert(event), [{"at": NOON, "what": "seen", "by": "poll"}])


def test_whoever_watches_hears_of_every_commit_and_of_no_rollback(server: Server, store: Store) -> None:
    """An approval on another machine is sent at once."""
    other, changes = open_store(server), store.watch()
    assert changes.has_any() and not changes.has_any()
    with pytest.raises(RuntimeError), other.write():
        raise RuntimeError
    assert not changes.has_any()
    add_event(other)
    until(changes.has_any, "the commit is heard of")
    assert not changes.has_any()
    changes.close()
    other.close()


def test_a_daemon_notices_what_another_one_read_and_decided(line: Line) -> None:
    """What one reads, the other decides at once, and the first one sends it."""
    signal = WakeSignal(line.store)
    assert not signal.is_given()
    other, said = open_store(line.store.place), line.say()
    elsewhere = Stages(other, {"memory": line.platform}, line.stages.triage, line.clock)
    elsewhere.poll("memory")
    until(signal.is_given, "a mention is there")
    elsewhere.route()
    until(signal.is_given, "a draft is there")
    assert not signal.is_given()
    approve(other, line.desk(), [Target(line.reply_to(said.id).id)])
    until(signal.is_given, "it is approved")
    signal.close()
    other.close()


def test_a_second_process_is_refused_with_the_holder(server: Server) -> None:
    """By command, process and machine; the first gives its lease back when it ends."""
    holds = r"`earshot once` \(process \d+ on .+\) holds the lease"
    with running(server), pytest.raises(LockHeld, match=holds), running(server):
        pass
    with running(server, "once") as (store, lease):
        assert lease.epoch == 2 and lease.check(35.0) and not lease.check(61.0)
        holder = store.database.find_holder()
        assert holder is not None and (holder.command, holder.is_alive) == ("once", True)


def test_nobody_works_before_there_is_a_lease_to_hold(tmp_path: Path) -> None:
    """A daemon that began before the first migration would never notice another one; `migrate` alone goes without."""
    server = make_target(tmp_path)
    assert isinstance(server, Server)
    with pytest.raises(StoreError, match="earshot migrate"), database_at(server).hold("run", NOON):
        pass
    with database_at(server).hold("migrate", NOON):
        migrate(server, NOON)


def test_a_process_that_wakes_after_its_lease_writes_nothing_and_begins_no_call(server: Server) -> None:
    """It stood still between two transactions, and another took over meanwhile."""
    with running(server) as (old, _):
        add_event(old)
        end_lease(server)
        with running(server) as (new, lease):
            with pytest.raises(LeaseLost, match="the lease of this process"):
                add_event(old)
            add_event(new)
            assert lease.epoch == 2 and count_events(new) == 2


def test_whoever_takes_over_waits_for_a_transaction_under_way(server: Server) -> None:
    """Its claim is seen before the new holder looks for replies without a call."""
    with running(server) as (old, _):
        with old.write() as connection:
            events.add(connection, "sending", "outbox", NOON)
            end_lease(server)
            heir = Thread(target=_take_over, args=(server, seen := list[int]()))
            heir.start()
            heir.join(0.3)
            assert heir.is_alive()
        heir.join(10)
        assert seen == [1]


def _take_over(server: Server, seen: list[int]) -> None:
    with running(server) as (new, _):
        seen.append(count_events(new))


def test_a_holder_that_nobody_followed_renews_its_lease(server: Server) -> None:
    """The server was away for minutes: the same process goes on."""
    with running(server) as (store, lease), asking(server) as connection:
        end_lease(server)
        with pytest.raises(LeaseLost):
            add_event(store)
        assert renew(connection, [lease], 60.0) == []
        connection.commit()
        add_event(store)


def test_no_connection_waits_or_keeps_others_waiting_for_ever(server: Server, store: Store) -> None:
    """Whatever it is for: a reader, the writer, a question."""
    query = "SELECT current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout')"
    with asking(server) as connection:
        assert connection.execute(query).fetchone() == ("10s", "10min")
    with asking(server, turn_settings()) as connection:
        assert connection.execute(query).fetchone() == ("10s", "10s"), "whoever takes a lease has the turn meanwhile"
    with store.read() as reader:
        assert tuple(reader.exec_driver_sql(query).one()) == ("100ms", "10min")
    with store.write() as writer:
        assert tuple(writer.exec_driver_sql(query).one()) == ("100ms", "10s")


def test_whoever_waits_for_an_answer_notices_a_cut_network_within_seconds(server: Server) -> None:
    """The request had arrived when the network was cut: nothing is on its way whose time could run out."""
    with asking(server) as connection:
        limits = connection.info.get_parameters()
    waits = [int(limits[f"keepalives_{name}"]) for name in ("idle", "interval", "count")]
    assert waits[0] + waits[1] * waits[2] <= 30


def test_a_connection_that_is_cut_says_that_the_change_may_have_been_made(server: Server, store: Store) -> None:
    """Nobody repeats it blindly; the next transaction has a connection of its own."""
    with pytest.raises(StoreError, match="was lost") as caught, store.write() as connection:
        events.add(connection, "seen", "poll", NOON)
        mine = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with asking(server) as other:
            other.execute("SELECT pg_terminate_backend(%s, 1000)", (mine,))
        events.add(connection, "seen", "poll", NOON)
    assert "look before you repeat it" in caught.value.do
    add_event(store)
    assert count_events(store) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("127.0.0.1", "127.0.0.9"), "cannot reach the database"),
        (("/earshot_", "/nowhere_"), "there is no database"),
        (("earshot@", "nobody:hunter2@"), "refuses this user"),
    ],
)
def test_a_server_that_cannot_be_used_is_a_line_without_the_password(change: tuple[str, str], message: str) -> None:
    """What is wrong, and what to do."""
    with pytest.raises(StoreError, match=message) as caught:
        engine.version(parse_server(SERVER.replace(*change)))
    assert "hunter2" not in str(caught.value) and "\n" not in str(caught.value) and caught.value.do


def test_the_tables_of_another_program_are_left_alone(tmp_path: Path) -> None:
    """A schema that we did not make."""
    server = make_target(tmp_path)
    assert isinstance(server, Server)
    with asking(server) as connection:
        connection.execute(f"CREATE SCHEMA {server.schema} CREATE TABLE customers (id bigint)")
    with pytest.raises(StoreError, match="belongs to another program"):
        migrate(server, NOON)


def test_an_older_and_a_newer_schema_are_refused(server: Server) -> None:
    """As in a file: run `earshot migrate`, or the newer version."""
    for schema, message in ((engine.HEAD + 1, "newer Earshot"), (engine.HEAD - 1, "older schema")):
        with asking(server) as connection:
            connection.execute(f"COMMENT ON SCHEMA {server.schema} IS 'Earshot, schema {schema}'")
        with pytest.raises(StoreError, match=message):
            open_store(server)
    with asking(server) as connection:
        connection.execute(f"COMMENT ON SCHEMA {server.schema} IS 'Earshot, schema {engine.HEAD}'")


def schema_of(server: Server) -> dict[str, set[tuple[object, ...]]]:
    """Columns with their types and defaults, and indexes and constraints by their definitions."""
    queries = {
        "columns": "SELECT table_name, column_name, data_type, is_nullable, collation_name, "
        "replace(column_default, table_schema, '') FROM information_schema.columns WHERE table_schema = %s",
        "indexes": "SELECT indexname, replace(indexdef, schemaname || '.', '') FROM pg_indexes WHERE schemaname = %s",
        "constraints": "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = to_regnamespace(%s)",
    }
    with asking(server) as connection:
        return {name: set(connection.execute(sql, (server.schema,)).fetchall()) for name, sql in queries.items()}


def test_the_migrations_make_what_is_declared(server: Server, tmp_path: Path) -> None:
    """From the first one on: a column that a later migration adds has the type that a new database gives it."""
    other = make_target(tmp_path)
    database = database_at(other)
    with database.migration(None, NOON) as connection:
        upgrade(connection)
        database.finish_migration(connection, engine.HEAD)
    assert isinstance(other, Server)
    migrated, declared = schema_of(other), schema_of(server)
    assert {part: migrated[part] ^ declared[part] for part in declared} == {part: set() for part in declared}


def test_times_and_keys_have_types_of_their_own(server: Server) -> None:
    """What an analyst and a database team expect to see."""
    query = "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = %s AND table_name = %s"
    with psycopg.connect(server.url) as connection:
        kinds: dict[str, str] = dict(connection.execute(query, (server.schema, "mention")).fetchall())
    assert (kinds["seen_at"], kinds["key"], kinds["author_followers"], kinds["is_private"]) == (
        *("timestamp with time zone", "bigint", "bigint"),
        "boolean",
    )


def holds_word(server: Server, word: str) -> list[str]:
    """The tables whose files hold the word, also in deleted rows."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        query = "SELECT pg_read_binary_file(pg_relation_filepath(%s::regclass))"
        files = {name: connection.execute(query, (f"{server.schema}.{name}",)).fetchone() for name in metadata.tables}
    return [name for name, row in files.items() if row and word.encode() in row[0]]


def test_words_leave_the_files_of_every_table(server: Server, store: Store) -> None:
    """Also of those whose words are erased beside a mention's: a membership, a mark, an opt-out."""
    with store.write() as connection:
        connection.execute(text("INSERT INTO member (since, words, terms) VALUES (now(), 'zirconium', 't')"))
        connection.execute(
            text(
                "INSERT INTO optout (platform, author_id, at, by, why) VALUES ('x', '1', now(), 'author', 'zirconium')"
            )
        )
    with store.write() as connection:
        connection.execute(text("UPDATE member SET words = NULL"))
        connection.execute(text("UPDATE optout SET why = NULL"))
    assert holds_word(server, "zirconium") == ["member", "optout"]
    assert store.database.rewrite(5.0) == "" and holds_word(server, "zirconium") == []


def test_an_older_snapshot_leaves_the_rewriting_for_later(server: Server, store: Store) -> None:
    """A dump that reads another table: VACUUM would copy what it may still see, and call that success."""
    with store.write() as connection:
        connection.execute(text("INSERT INTO member (since, words, terms) VALUES (now(), 'zirconium', 't')"))
    other = open_store(server)
    with other.read() as reader:
        reader.execute(select(func.count()).select_from(event))
        with store.write() as connection:
            connection.execute(text("UPDATE member SET words = NULL"))
        assert "an older state" in store.database.rewrite(0.3)
    assert store.database.rewrite(5.0) == "" and holds_word(server, "zirconium") == []
    other.close()
