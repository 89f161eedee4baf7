"""When what is approved may go out: a posting or an act that waits for a time."""

from datetime import datetime

from sqlalchemy import ColumnElement, Table, or_


def is_due(table: Table, now: datetime) -> ColumnElement[bool]:
    """Match rows whose hold is over, or was set before the clock was set back and means nothing any more."""
    return or_(table.c.not_before.is_(None), table.c.not_before <= now, table.c.changed_at > now)
