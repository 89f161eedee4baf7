"""`health`: for a container's health check; it imports sqlite3 and nothing heavy."""

import sqlite3  # SQLite alone: it runs twice a minute, and SQLAlchemy alone takes half a second to import
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from listener.errors import EarshotError
from listener.settings.environment import database_path

INTERVALS = 3  # poll intervals in which an attempt must have ended, whatever its outcome


def check_health(env: Mapping[str, str]) -> int:
    """Return 0 when a poll ended on every platform within three intervals; else print one line and return 1."""
    problem = find_problem(env)
    if problem is not None:
        sys.stderr.write(f"earshot: {problem}\n")
        return 1
    sys.stdout.write("healthy\n")
    return 0


def find_problem(env: Mapping[str, str]) -> str | None:
    """Return why Earshot is not healthy, in one line; None when it is."""
    try:
        stalled = _stalled_platforms(str(database_path(env)), datetime.now(UTC))
    except (sqlite3.Error, EarshotError) as error:
        return f"the database cannot be read: {error}; is `earshot run` running?"
    if stalled:
        return f"no poll has ended for three intervals on {', '.join(stalled)}; see the log of `earshot run`"
    return None


def _stalled_platforms(path: str, now: datetime) -> list[str]:
    connection = sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, timeout=2)
    try:
        rows = connection.execute("SELECT name, poll_seconds, attempt_at FROM platform WHERE enabled").fetchall()
    finally:
        connection.close()
    if not rows:
        return ["any platform (none is on)"]
    return [name for name, seconds, at in rows if at is None or _age_seconds(at, now) > INTERVALS * seconds]


def _age_seconds(at: str, now: datetime) -> float:
    return (now - datetime.fromisoformat(at)).total_seconds()
