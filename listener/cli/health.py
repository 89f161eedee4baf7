"""`health`: for a container's health check; it imports sqlite3 and nothing heavy."""

import sqlite3  # SQLite alone: it runs twice a minute, and SQLAlchemy alone takes half a second to import
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from listener.cli.times import compact_duration
from listener.errors import EarshotError
from listener.place import Server
from listener.settings.environment import database_place

INTERVALS = 3  # in which some stage of a thread must have ended or moved on, whatever its outcome
SHORTEST_S = 60.0  # seconds: a call may take thirty, and what moves on is noted every ten
STALLED = """
SELECT name, max(seconds), max(at) FROM (
    SELECT name, poll_seconds AS seconds, attempt_at AS at FROM platform WHERE enabled
    UNION ALL
    SELECT platform.name, interval_seconds, progress_at FROM stage JOIN platform
        ON stage.name IN ('poll ' || platform.name, 'send ' || platform.name) WHERE enabled
    UNION ALL
    SELECT 'deciding', interval_seconds, progress_at FROM stage WHERE name IN ('route', 'upkeep')
) AS threads GROUP BY name
"""  # the stages of a platform share a thread, and so do route and upkeep: while one works the others wait
Thread = tuple[str, float | None, datetime | None]
"""Its name, the longest interval of its stages in seconds, and when some of them last ended or moved on."""
NEVER_POLLED = "SELECT name FROM platform WHERE enabled AND attempt_at IS NULL"


def check_health(env: Mapping[str, str]) -> int:
    """Return 0 when on every platform, and in deciding, something ended or moved on within three intervals.

    Else print one line and return 1. A stage that fails has ended: a restart would not help.
    """
    problem = find_problem(env)
    if problem is not None:
        sys.stderr.write(f"earshot: {problem}\n")
        return 1
    sys.stdout.write("healthy\n")
    return 0


def find_problem(env: Mapping[str, str]) -> str | None:
    """Return why Earshot is not healthy, in one line; None when it is."""
    try:
        place = database_place(env)
        rows, never = _read_file(place) if isinstance(place, Path) else _read_server(place)
    except (sqlite3.Error, EarshotError) as error:
        return f"the database cannot be read: {error}; is `earshot run` running?"
    if silent := _list_silent(rows, never, datetime.now(UTC)):
        return f"{', '.join(silent)}; `earshot run` hangs or is not running: `earshot status` shows which, its log why"
    return None


def _read_file(path: Path) -> tuple[list[Thread], list[str]]:
    """Return the threads, and the platforms that were never polled. Raises sqlite3.Error."""
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=2)
    try:
        never = [name for (name,) in connection.execute(NEVER_POLLED)]
        rows = connection.execute(STALLED).fetchall()
    finally:
        connection.close()
    return [(name, seconds, at and datetime.fromisoformat(at)) for name, seconds, at in rows], never


def _read_server(server: Server) -> tuple[list[Thread], list[str]]:
    """Return the threads, and the platforms that were never polled. Raises StoreError."""
    from listener.store.postgres_connection import asking

    with asking(server) as connection:
        return connection.execute(STALLED).fetchall(), [name for (name,) in connection.execute(NEVER_POLLED)]


def _list_silent(rows: Sequence[Thread], never: Sequence[str], now: datetime) -> list[str]:
    """List the threads that gave no sign of life, each with since when."""
    if all(name == "deciding" for name, _, _ in rows):
        return ["no platform has been polled yet"]
    silent = [f"{name} was never polled" for name in never]
    for name, seconds, at in rows:
        age = (now - at).total_seconds() if at is not None else 0.0
        allowed = max(INTERVALS * (seconds or 0), SHORTEST_S)
        if age > allowed:
            words = "decided nothing" if name == "deciding" else f"shown no sign of life on {name}"
            silent.append(f"Earshot has {words} for {compact_duration(age)} ({compact_duration(allowed)} are allowed)")
    return sorted(silent)
