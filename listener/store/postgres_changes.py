"""Who has written to PostgreSQL: every transaction of a writer notifies a channel, and this listens."""

from collections.abc import Callable

import psycopg


class ServerChanges:
    """Tells whether anybody has committed since it was last asked; through PgBouncer it hears nothing after the first.

    The intervals of the stages remain: what is not heard here only waits longer.
    """

    def __init__(self, connect: Callable[[], "psycopg.Connection"], channel: str) -> None:
        self._connect, self._channel = connect, channel
        self._connection: psycopg.Connection | None = None

    def has_any(self) -> bool:
        """Return True when somebody has committed, and whenever it listens anew; not while the server is away."""
        try:
            if self._connection is None:
                self._listen()
                return True
            return any(True for _ in self._connection.notifies(timeout=0))
        except psycopg.Error:
            self.close()
            return False

    def _listen(self) -> None:
        connection = self._connect()
        self._connection = connection
        connection.autocommit = True
        connection.execute(f'LISTEN "{self._channel}"')

    def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
