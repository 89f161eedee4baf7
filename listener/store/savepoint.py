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

    Raises what is no item's fault: a full disk, a locked or damaged database, no memory.
    """
    try:
        with connection.begin_nested():
            return work()
    except (OSError, MemoryError, StoreError):
        raise
    except Exception as error:
        if isinstance(error, DBAPIError) and not isinstance(error, ABOUT_THE_VALUES):
            raise
        return error
