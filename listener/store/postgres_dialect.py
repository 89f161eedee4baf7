"""SQLAlchemy's dialect of PostgreSQL with the types of SQLite: whole numbers of 64 bits, text ordered by bytes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from sqlalchemy import BigInteger, Column, Integer, util
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.base import PGDDLCompiler, PGTypeCompiler
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext

Values: TypeAlias = Sequence[object] | Mapping[str, object]
NAME = "postgresql+earshot"  # in the URL of an engine
COMPILED: util.LRUCache[object, object] = util.LRUCache(1000)  # statement -> its SQL


class _Types(PGTypeCompiler):
    def visit_INTEGER(self, type_: Integer, **options: object) -> str:
        return "BIGINT"


class _Ddl(PGDDLCompiler):
    def get_column_specification(self, column: Column[object], **options: object) -> str:
        specification = str(super().get_column_specification(column, **options))  # type: ignore[no-untyped-call]
        return specification.replace(" TEXT", ' TEXT COLLATE "C"', 1)


class EarshotDialect(PGDialect_psycopg):
    """Equal to every other of its kind, so that reader and writer share what they have compiled."""

    supports_statement_cache = True
    type_compiler_cls = _Types
    ddl_compiler = _Ddl
    colspecs = {**PGDialect_psycopg.colspecs, Integer: PGDialect_psycopg.colspecs[BigInteger]}  # noqa: RUF012

    def do_executemany(
        self, cursor: DBAPICursor, statement: str, parameters: Iterable[Values], context: ExecutionContext | None = None
    ) -> None:
        """Run a statement once for each of its values, each with its own round trip; `insert_rows` needs one for all.

        The driver would use a pipeline. What it sends at the end of one switches the server's limit of idle time off
        until the next statement: a process that stood still there kept the turn of all writers until it went on.
        """
        for values in parameters:
            cursor.execute(statement, values)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))


registry.register(NAME.replace("+", "."), __name__, EarshotDialect.__name__)
