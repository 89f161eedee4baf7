"""The database of a round, as the rounds look at it: straight, past the links and past the program."""

import time
from collections.abc import Sequence
from typing import Any

import psycopg

WAITS = """
SELECT (SELECT count(*) FROM mention WHERE stage = 'new')
     + (SELECT count(*) FROM reply WHERE state IN ('approved', 'sending')
        OR (state = 'unconfirmed' AND check_count >= 0))
     + (SELECT count(*) FROM posting WHERE state IN ('approved', 'sending')
        OR (state = 'unconfirmed' AND check_count >= 0))"""


HURRY = (
    "UPDATE platform SET send_after = NULL, read_after = NULL WHERE send_after IS NOT NULL OR read_after IS NOT NULL",
    "UPDATE reply SET not_before = NULL WHERE state IN ('approved', 'unconfirmed') AND not_before IS NOT NULL",
    "UPDATE posting SET not_before = NULL WHERE state IN ('approved', 'unconfirmed') AND not_before IS NOT NULL",
    "DELETE FROM pause",
)  # what would wait for minutes, after lost answers above all, waits no more
LEFT = """
SELECT 'mention', stage, count(*) FROM mention WHERE stage = 'new' GROUP BY stage
UNION ALL SELECT 'reply', state || ': ' || coalesce(error, ''), count(*) FROM reply
    WHERE state IN ('approved', 'sending', 'unconfirmed') GROUP BY 2
UNION ALL SELECT 'posting', state || ': ' || coalesce(error, ''), count(*) FROM posting
    WHERE state IN ('approved', 'sending', 'unconfirmed') GROUP BY 2"""


class Database:
    """Answers questions; while the server is away, nothing."""

    def __init__(self, url: str, schema: str) -> None:
        self._url, self._schema = url, schema

    def ask(self, query: str) -> Sequence[tuple[Any, ...]]:
        """Return the rows; none while the server is away."""
        try:
            with psycopg.connect(self._url, options=f"-c search_path={self._schema}", connect_timeout=3) as connection:
                return connection.execute(query.encode()).fetchall()
        except psycopg.OperationalError:
            return []

    def _hurry(self) -> None:
        with psycopg.connect(self._url, options=f"-c search_path={self._schema}") as connection:
            for statement in HURRY:
                connection.execute(statement.encode())

    def list_left(self) -> str:
        """Return what is left to do, in words."""
        return "; ".join(f"{count} {name} {state}" for name, state, count in self.ask(LEFT))

    def count(self, query: str) -> int:
        """Return the one number; -1 while the server is away."""
        rows = self.ask(query)
        return int(rows[0][0]) if rows else -1

    def leader(self, part: str) -> int:
        """Return the process that leads a part; 0 while nobody does."""
        query = f"SELECT pid FROM lease WHERE name = '{part}' AND until > clock_timestamp()"
        rows = self.ask(query)
        return int(rows[0][0]) if rows else 0

    def drain(self, ids: set[str], seconds: float) -> bool:
        """Wait until all is stored and decided, and nothing is left to send. Returns False when that takes longer."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            stored = {name for (name,) in self.ask("SELECT id FROM mention")}
            if ids <= stored and self.count(WAITS) == 0:
                return True
            self._hurry()
            time.sleep(1.0)
        return False
