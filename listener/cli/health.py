"""`health`: is somebody listening? For a container's health check: it imports sqlite3 and nothing heavy."""

import sqlite3  # SQLite alone: it runs twice a minute, and SQLAlchemy alone takes half a second to import
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from listener.errors import EarshotError
from listener.settings.environment import database_path

INTERVALS = 3  # without an attempt that ended, whatever its outcome


def health(env: Mapping[str, str]) -> int:
    """0 when on every platform a poll ended within three intervals, else 1 with one line on stderr."""
    try:
        late = _late(str(database_path(env)), datetime.now(UTC))
    except (sqlite3.Error, EarshotError) as error:
        return _tell(f"the database cannot be read: {error}; is `earshot run` running?")
    if late:
        return _tell(f"no poll has ended for three intervals on {', '.join(late)}; see the log of `earshot run`")
    sys.stdout.write("healthy\n")
    return 0


def _tell(message: str) -> int:
    sys.stderr.write(f"earshot: {message}\n")
    return 1


def _late(path: str, now: datetime) -> list[str]:
    connection = sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, timeout=2)
    try:
        rows = connection.execute("SELECT name, poll_seconds, attempt_at FROM platform WHERE enabled").fetchall()
    finally:
        connection.close()
    if not rows:
        return ["any platform (none is on)"]
    return [name for name, seconds, at in rows if at is None or _age(at, now) > INTERVALS * seconds]


def _age(at: str, now: datetime) -> float:
    return (now - datetime.fromisoformat(at)).total_seconds()
