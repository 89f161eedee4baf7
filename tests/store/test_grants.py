"""The file of grants that is shipped, run with psql: each role can do its work and no more."""

from contextlib import closing
from pathlib import Path

import pytest

from listener.desk import transitions
from listener.desk.approve import Target, approve
from listener.errors import StoreError
from listener.place import Server
from listener.store import ledger
from listener.store.database import database_at
from listener.store.engine import open_store
from listener.store.migrate import migrate
from listener.store.postgres_connection import asking
from tests.databases import SERVER, make_target
from tests.grants import as_role, grant
from tests.line import NOON, Line
from tests.store.test_server import add_event, count_events, running

pytestmark = pytest.mark.skipif(not SERVER, reason="`make test-postgres` runs it on a server of its own")


def test_the_owner_makes_the_tables_in_the_documented_order(tmp_path: Path) -> None:
    """Grants, `earshot migrate` by a login without rights on the database, grants again: then staff can work."""
    server = make_target(tmp_path)
    assert isinstance(server, Server)
    grant(server)
    owner = as_role(server, "owner")
    migrate(owner, NOON)
    grant(server)
    with closing(open_store(as_role(server, "staff"))) as desk:
        add_event(desk)
        assert count_events(desk) == 1
    assert database_at(owner).rewrite(1.0) == ""


def test_grants_let_everybody_do_their_work_and_no_more(line: Line) -> None:
    """The file that is shipped: the daemon sends, staff approve and change no lease, an analyst reads the view."""
    server = line.store.place
    assert isinstance(server, Server)
    grant(server)
    reply = line.approved()
    staff, daemon, analyst = (as_role(server, name) for name in ("staff", "daemon", "analyst"))
    line.store.close()
    with closing(open_store(staff)) as desk:
        transitions.undo(desk, line.desk(), reply.id)
        (outcome,) = approve(desk, line.desk(), [Target(reply.id)])
        assert outcome.ok and "only the owner" in desk.database.rewrite(1.0)
    for role, statement in (
        (staff, "UPDATE lease SET epoch = 7"),
        (staff, "UPDATE ledger SET usd = 0"),
        (staff, "INSERT INTO billed VALUES ('x', '2026-01-01', 'post:1')"),
        (staff, "CREATE TABLE mine (id bigint)"),
        (daemon, "DROP TABLE event"),
        (analyst, "SELECT text FROM mention"),
    ):
        with pytest.raises(StoreError, match="refuses this user"), asking(role) as connection:
            connection.execute(statement)
    with asking(analyst) as connection:
        assert connection.execute("SELECT count(*) FROM exchange").fetchone() == (1,)
    with running(daemon) as (line.store, _):
        line.send()
    line.store = open_store(server)
    assert line.reply(reply.id).state == "sent"


def test_staff_take_back_the_cost_of_what_was_not_sent_and_no_other(line: Line) -> None:
    """`resolve --not-sent` needs to delete a row of the ledger: that of an unconfirmed reply, while it is one."""
    server = line.store.place
    assert isinstance(server, Server)
    grant(server)
    line.platform.script = ["lost", "ok"]
    lost, sent = line.approved(), line.approved()
    staff, daemon = as_role(server, "staff"), as_role(server, "daemon")
    line.store.close()
    with running(daemon) as (line.store, _):
        line.send()
        with line.store.write() as connection:
            for reply_id in (lost.id, sent.id):
                key = line.reply(reply_id).prepared_key
                ledger.charge(connection, "memory", "POST", 1, 0.01, line.now, key=key or "other")
    with closing(open_store(staff)) as desk, asking(staff) as connection:
        assert connection.execute("SELECT count(*) FROM ledger").fetchone() == (2,)
        assert connection.execute("DELETE FROM ledger WHERE key = 'other'").rowcount == 0
        transitions.resolve(desk, line.desk(), lost.id, None)
    with asking(staff) as connection:
        assert connection.execute("SELECT key FROM ledger").fetchall() == [("other",)]
    line.store = open_store(server)
