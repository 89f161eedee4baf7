"""One dialect for all engines of a process, and one cache of the statements that they have compiled."""

# SQLite alone: it is SQLAlchemy's dialect of SQLite, which sqlite.py makes its engines with.

from typing import Any

from sqlalchemy import util
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

NAME = "sqlite+shared"  # of the database, in the URL of an engine
COMPILED: util.LRUCache[Any, Any] = util.LRUCache(1000)  # statement -> its SQL


class SharedDialect(SQLiteDialect_pysqlite):
    """SQLAlchemy's own, equal to every other of its kind.

    The dialect is part of the key of a compiled statement, and each engine has a dialect of its own: the reader and the
    writer of a store would compile the same statements twice.
    """

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))


registry.register(NAME.replace("+", "."), __name__, SharedDialect.__name__)
