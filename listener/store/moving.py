"""Move a whole database to another place: every row copied in one transaction, compared, and the old place closed."""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest
from pathlib import Path

from sqlalchemy import Connection, Table, select

from listener.errors import StoreError
from listener.place import Place
from listener.store import reward_book, reward_home
from listener.store.dialect import continue_keys, is_postgresql
from listener.store.driver import insert_rows
from listener.store.engine import Store
from listener.store.loading import Data
from listener.store.tables import metadata

BATCH = 1000  # rows
UNSTORABLE, INSTEAD = re.compile("[\0\ud800-\udfff]"), "\N{REPLACEMENT CHARACTER}"


def require_new(target: Place, schema: int | None) -> None:
    """Raise StoreError when there is something at the target. schema: its version, None where it has no tables."""
    if schema is not None or (isinstance(target, Path) and target.exists()):
        do = "name a new file" if isinstance(target, Path) else "name another schema (?schema=NAME), or drop that one"
        raise StoreError(f"there is a database at {target} already", do)


def move(source: Store, target: Store, advance: Callable[[], None]) -> Mapping[str, int]:
    """Copy every row to a new database and compare them; then nothing more can be written to the old one.

    The target is committed first, then the closing of the old place: a crash between the two leaves two whole
    databases. Calls `advance` after each table. Returns the number of rows by table. Raises StoreError, with nothing
    kept.
    """
    with source.write() as old, target.write() as new:
        _require_whole(old)
        reward_home.clear(new)
        counts = {}
        for table in metadata.sorted_tables:
            counts[table.name] = _copy(old, new, table)
            _require_equal(old, new, table)
            advance()
        reward_home.move_in(new)
        source.database.close_for_writing(old, str(target.place))
    return counts


def _require_whole(connection: Connection) -> None:
    """Raise StoreError while codes may be out of which this database knows nothing: the new place would give them."""
    if missing := reward_book.list_missing(connection):
        pool = missing[0].pool
        do = f"`earshot coupons import {pool} FILE --used` with the codes that the shop has seen, then move it"
        raise StoreError(f"codes of pool {pool} were given since this database was restored, or may have been", do)


def _copy(old: Connection, new: Connection, table: Table) -> int:
    count = 0
    for rows in _read(old, new, table):
        insert_rows(new, table, rows)
        count += len(rows)
    continue_keys(new, table)
    return count


def _read(connection: Connection, new: Connection, table: Table) -> Iterator[list[Data]]:
    """Yield the rows of a table in batches, by their primary key, as the new database can keep them."""
    query = select(table).order_by(*table.primary_key).execution_options(yield_per=BATCH)
    names, has_nuls = table.c.keys(), not is_postgresql(new)
    with connection.execute(query) as result:
        for rows in result.partitions():
            kept = rows if has_nuls else [map(_storable, row) for row in rows]
            yield [dict(zip(names, row, strict=True)) for row in kept]


def _storable(value: object) -> object:
    """Return a value as PostgreSQL can keep it, also inside JSON: without NUL and halves of a surrogate pair."""
    if isinstance(value, str):
        return UNSTORABLE.sub(INSTEAD, value)
    if isinstance(value, dict):
        return {_storable(name): _storable(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_storable, value))
    return value


def _require_equal(old: Connection, new: Connection, table: Table) -> None:
    """Raise StoreError when a row of the new table is not as the old one's."""
    pairs = zip_longest(_read(old, new, table), _read(new, new, table))
    if any(before != after for before, after in pairs):
        raise StoreError(f"the copy of {table.name} is not the same", "nothing was kept; report this bug")
