"""Does anything run? The lock shows whether `run` is alive, the last polls whether cron starts `once`."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from listener.cli.lines import clock
from listener.errors import Problem

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from listener.store.engine import Store


def problems(connection: "Connection", store: "Store", now: datetime) -> Iterator[Problem]:
    """Yield the problem that nobody listens; nothing where a process holds the lock, or no platform was ever on.

    A `run` that ended is reported at once. Where cron starts `once`, nothing is wrong until no poll has ended for three
    of the longest intervals, or five minutes.
    """
    from listener.store import platforms

    holder, states = store.database.find_holder(), platforms.list_states(connection)
    if not states or (holder is not None and holder.is_alive):
        return
    polls = [state.attempt_at for state in states if state.attempt_at is not None]
    last = f"; the last poll ended at {clock(max(polls))}" if polls else ""
    if holder is not None and holder.command == "run":
        do = "start `earshot run` again; its log shows why it ended"
        yield Problem("", f"Earshot is not running: {holder} has ended{last}", do)
    elif platforms.is_idle(connection, now):
        do = "start `earshot run`; if cron runs `earshot once`, check cron, and set poll_seconds to its interval"
        yield Problem("", f"Earshot is not running: no process holds its lock{last}", do)
