"""The clocks of daemons that share a server: times of one are compared with those of another, and with staff's."""

from datetime import datetime

from listener.store import notices
from listener.store.daemon_state import DaemonState, describe_difference
from listener.store.engine import Store
from listener.store.notices import EVERYWHERE

KIND = "clock"  # of the notice
MAX_DIFFERENCE_S = 5.0
DO = "synchronize the clocks of that machine and of the database's, for example with chrony"


def compare(store: Store, now: datetime) -> None:
    """Open a notice for each living daemon whose clock is wrong, and clear it when that is over."""
    if store.is_file:
        return
    wrong = [daemon for daemon in store.database.list_daemons() if _is_wrong(daemon)]
    with store.read() as connection:
        opened = [notice.subject for notice in notices.list_open(connection) if notice.kind == KIND]
    if not wrong and not opened:
        return
    with store.write() as connection:
        for daemon in wrong:
            what = f"the clock of the daemon {daemon.name} is {describe_difference(daemon.clock_ahead or 0.0)}"
            notices.open_notice(connection, "clock", EVERYWHERE, what, DO, now, subject=daemon.name)
        for name in set(opened) - {daemon.name for daemon in wrong}:
            notices.clear(connection, KIND, EVERYWHERE, now, subject=name)


def _is_wrong(daemon: DaemonState) -> bool:
    return daemon.is_alive and abs(daemon.clock_ahead or 0.0) > MAX_DIFFERENCE_S
