"""The one way from rows to records and back: a record's fields are columns of the same names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import ColumnElement, Row, Table

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
Record = TypeVar("Record", bound="DataclassInstance")
Data = Mapping[str, object]  # by the names of columns
CHUNK = 400  # values in one IN list; older SQLite takes 999 parameters a statement


@cache
def names(record: "type[DataclassInstance]") -> tuple[str, ...]:
    """Return the field names of a record's class, in order."""
    return tuple(field.name for field in fields(record))


def columns(record: "type[DataclassInstance]", table: Table, prefix: str = "") -> list[ColumnElement[Any]]:
    """Return the columns a record loads from, labelled with the prefix."""
    return [*_label_columns(record, table, prefix)]


@cache
def _label_columns(record: "type[DataclassInstance]", table: Table, prefix: str) -> tuple[ColumnElement[Any], ...]:
    return tuple(table.c[name].label(prefix + name) for name in names(record))


def load(record: type[Record], row: Row[Any], prefix: str = "") -> Record:
    """Make a record of a row selected with `columns`."""
    mapping = row._mapping
    return record(**{name: mapping[prefix + name] for name in names(record)})


def load_all(record: type[Record], rows: Iterable[Row[Any]]) -> list[Record]:
    """Make records of rows selected with `columns`."""
    return [load(record, row) for row in rows]


def values(record: "DataclassInstance") -> dict[str, Any]:
    """Return the record as column values (shallow, unlike dataclasses.asdict, which copies every nested value)."""
    return {name: getattr(record, name) for name in names(type(record))}


def chunks(items: Sequence[T]) -> Iterable[Sequence[T]]:
    """Split into pieces that fit one IN list."""
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
