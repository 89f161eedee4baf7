"""Does anything run? The lock shows whether `run` is alive, the last polls whether cron starts `once`."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from listener.cli.lines import clock
from listener.errors import Problem
from listener.policy import Policy

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from listener.store.engine import Store
    from listener.store.holder import Holder
    from listener.store.operation_records import PlatformState

SHORTEST_CRON = timedelta(minutes=1)


def is_running(store: "Store") -> bool:
    """Return True while a process polls and sends: it holds the lock."""
    holder = _find_holder(store)
    return holder is not None and holder.is_alive


def _find_holder(store: "Store") -> "Holder | None":
    return store.database.find_holder()


def undo_wait(store: "Store", policy: Policy) -> timedelta:
    """Return how long an approval waits before it is sent, so that it can be undone: where nothing runs, not at all."""
    return policy.undo_delay if is_running(store) else timedelta(0)


def problems(connection: "Connection", store: "Store", now: datetime) -> Iterator[Problem]:
    """Yield the problem that nobody listens; nothing where a process holds the lock.

    A `run` that ended is reported at once. Where cron starts `once`, nothing is wrong until no poll has ended for three
    of the longest intervals, or five minutes; the first `once` alone is no cron yet.
    """
    from listener.store import platforms

    holder, states = _find_holder(store), platforms.list_states(connection)
    if holder is not None and holder.is_alive:
        return
    polls = [state.attempt_at for state in states if state.attempt_at is not None]
    last = f"; the last poll ended at {clock(max(polls))}" if polls else ""
    if holder is not None and holder.command == "run":
        do = "start `earshot run` again; its log shows why it ended"
        yield Problem("", f"Earshot is not running: {holder} has ended{last}", do)
    elif all(map(_is_first_poll, states)):
        do = "start it with `earshot run`, or let cron run `earshot once`"
        yield Problem("", f"Earshot is not running: no daemon has run yet{last}", do)
    elif platforms.is_idle(connection, now):
        do = "start `earshot run`; if cron runs `earshot once`, check cron, and set poll_seconds to its interval"
        yield Problem("", f"Earshot is not running: no process holds its lock{last}", do)


def _is_first_poll(state: "PlatformState") -> bool:
    """Return True where nobody has polled again a minute after the first poll, as a daemon and cron do."""
    return state.attempt_at is None or state.attempt_at - state.began_at < SHORTEST_CRON
