"""Rows in bulk read back as they were given, and many values are one parameter."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from listener.messages import clean
from listener.store.driver import insert_rows, take_keys
from listener.store.tables import event, notice
from listener.store.value_dialect import is_any_of
from tests.line import NOON, Line, line

__all__ = ["line"]

SECRET = "refused: https://x.example/a?token=hunter2"
ROW = {"at": NOON, "what": "seen", "by": "poll", "mention_key": None, "reply_id": None, "detail": None}


def test_rows_in_bulk_read_back_as_they_were_given(line: Line) -> None:
    """Each column is converted as a whole: where all values are the same object once, else one by one."""
    details = [None, {"n": 1, "yes": True}, {"n": 2, "yes": False}]
    rows = [{**ROW, "at": NOON + timedelta(microseconds=n), "detail": detail} for n, detail in enumerate(details)]
    with line.store.write() as connection:
        insert_rows(connection, event, [])
        insert_rows(connection, event, rows)
        stored = connection.execute(select(event.c.at, event.c.detail, event.c.what).order_by(event.c.id)).all()
    assert [tuple(row) for row in stored] == [(row["at"], row["detail"], "seen") for row in rows]


def test_a_message_in_bulk_is_cleaned_and_a_naive_time_refused(line: Line) -> None:
    """The types of the columns hold on this way too."""
    row = {"kind": "gap", "platform": "x", "subject": "s", "since": NOON, "what": SECRET, "do": "look"}
    with line.store.write() as connection:
        insert_rows(connection, notice, [row])
        assert connection.execute(select(notice.c.what)).scalar_one() == clean(SECRET) != SECRET
    with pytest.raises((ValueError, StatementError)), line.store.write() as connection:
        insert_rows(connection, notice, [{**row, "since": NOON.replace(tzinfo=None)}])


def test_taken_keys_follow_the_last_one(line: Line) -> None:
    """As the database would number them."""
    with line.store.write() as connection:
        assert list(take_keys(connection, event.c.id, 2)) == [1, 2]
        insert_rows(connection, event, [{**ROW, "id": 1}, {**ROW, "id": 2}])
        assert list(take_keys(connection, event.c.id, 1)) == [3]


def test_more_values_than_a_statement_has_parameters(line: Line) -> None:
    """Texts with quotes and other scripts, numbers, and none at all."""
    names = [f"n{n}'\"é" for n in range(40_000)]
    with line.store.write() as connection:
        insert_rows(connection, event, [{**ROW, "by": names[-1]}])
        query = select(event.c.id)
        assert connection.execute(query.where(is_any_of(event.c.by, names))).scalars().all() == [1]
        assert connection.execute(query.where(is_any_of(event.c.id, range(40_000)))).scalars().all() == [1]
        assert connection.execute(query.where(is_any_of(event.c.by, []))).scalars().all() == []
