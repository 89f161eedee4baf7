"""Guard a part of a transaction: what one item breaks is undone, and the rest of the transaction goes on."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, ProgrammingError

from listener.errors import StoreError

T = TypeVar("T")
ABOUT_THE_VALUES = (DataError, IntegrityError, InterfaceError, ProgrammingError)  # what a value alone can cause


def attempt(connection: Connection, work: Callable[[], T]) -> T | Exception:
    """Return what the work returns; or what it raised, with all that it wrote undone.

    Raises what is no item's fault: a full disk, a locked or damaged database, no memory. SQLite may have undone the
    whole transaction by then, savepoint and all: what the work raised tells why, and nothing may follow.
    """
    raised: list[Exception] = []
    try:
        with connection.begin_nested():
            return _note_raised(work, raised)
    except Exception as error:
        if raised and error is not raised[0]:  # leaving the savepoint failed too
            raise raised[0] from raised[0].__cause__
        if _is_no_items_fault(error):
            raise
        return error


def _note_raised(work: Callable[[], T], raised: list[Exception]) -> T:
    try:
        return work()
    except Exception as error:
        raised.append(error)
        raise


def _is_no_items_fault(error: Exception) -> bool:
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or not isinstance(error, ABOUT_THE_VALUES)
    return isinstance(error, (OSError, MemoryError, StoreError))
