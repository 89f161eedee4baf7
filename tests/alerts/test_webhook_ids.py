"""Receivers drop an event whose id they have seen: no two events may have the same one."""

from pathlib import Path

from listener.store import sqlite_file
from listener.store.engine import open_store
from tests.alerts.test_webhooks import Wire, wire
from tests.databases import only_on_sqlite

pytestmark = only_on_sqlite("a file that is put back")

__all__ = ["wire"]


def test_what_happens_after_a_restore_has_ids_of_its_own(wire: Wire, tmp_path: Path) -> None:
    """A copy numbers its events where it stood, and the receiver has taken those numbers already."""
    line, copy = wire.line, tmp_path / "copy.db"
    sqlite_file.copy_database(line.store.path, copy)
    line.say("what the copy does not have")
    line.listen()
    wire.deliver()
    before = set(wire.ids())
    line.store.close()
    line.store.path.with_name(line.store.path.name + "-wal").unlink(missing_ok=True)
    copy.rename(line.store.path)
    line.store = open_store(line.store.path)
    line.wait(minutes=5)
    line.say("what came after the restore")
    line.listen()
    wire.deliver()
    assert before and len(wire.ids()) > len(before) and len(set(wire.ids())) == len(wire.ids())
