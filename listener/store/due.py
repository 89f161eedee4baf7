"""When what is approved may go out: what waits for a time, or for an undo."""

from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, or_


def is_due(table: Table, now: datetime) -> ColumnElement[bool]:
    """Match rows whose hold is over, or was set before the clock was set back and means nothing any more.

    Not one whose time a desk has set, by another clock, until the sender has counted it (`start_undo_waits`).
    """
    is_over = or_(table.c.not_before.is_(None), table.c.not_before <= now, table.c.changed_at > now)
    return and_(table.c.undo_seconds.is_(None), is_over) if "undo_seconds" in table.c else is_over
