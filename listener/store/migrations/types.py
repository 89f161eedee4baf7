"""The type of a column in a migration, by its name: times have one of their own, which SQLite keeps as text."""

import sqlalchemy as sa

from listener.store.dialect import UtcTime

TIMES = {"at", "since", "until", "not_before", "claimed_until", "snoozed_until", "read_after", "send_after"}


def text_or_time(name: str) -> sa.Text | UtcTime:
    """Return the type of a time for a name such as `sent_at`, else that of a text."""
    return UtcTime() if name in TIMES or name.endswith("_at") else sa.Text()
