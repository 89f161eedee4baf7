"""Whether something was done elsewhere that gives the daemon work: by staff, or by another daemon on the same server.

The intervals of the stages remain the truth: what is not noticed here only waits longer.
"""

import logging

from listener.errors import StoreError
from listener.store import events
from listener.store.engine import Store

log = logging.getLogger(__name__)

Newest = tuple[int, ...]
"""The ids of the newest act of the staff, and on a server of the newest mention and reply: another daemon's."""


class WakeSignal:
    """Looks at the database when somebody has written to it."""

    def __init__(self, store: Store) -> None:
        self._store, self._changes = store, store.watch()
        self._seen: Newest = (0,) if store.is_file else (0, 0, 0)
        self._is_pending, self._can_read = False, True

    def is_given(self) -> bool:
        """Return True when there is something new since this was asked last; what cannot be read is read later."""
        self._is_pending = self._changes.has_any() or self._is_pending
        newest = self._read() if self._is_pending else None
        if newest is None:
            return False
        is_new, self._seen, self._is_pending = newest != self._seen, newest, False
        return is_new

    def _read(self) -> Newest | None:
        """Return what is newest; None when it cannot be read, which is logged once, not twice a second."""
        try:
            with self._store.read() as connection:
                act = events.read_newest_act(connection)
                newest = (act,) if self._store.is_file else (act, *events.read_newest_work(connection))
        except StoreError as error:
            if self._can_read:
                fields = {"event": "acts_not_read", "why": str(error)}
                log.warning("whether staff did anything could not be read: %(why)s", fields)
            self._can_read = False
            return None
        self._can_read = True
        return newest

    def close(self) -> None:
        """Give the connection back."""
        self._changes.close()
