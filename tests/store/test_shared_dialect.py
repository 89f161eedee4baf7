"""A statement is compiled once a process, whichever engine of whichever database executes it."""

from pathlib import Path

from sqlalchemy import Connection, literal_column, select

from tests.databases import make_store


def was_compiled(connection: Connection, name: str) -> bool:
    """Execute a statement that no other test has; True when it had to be compiled."""
    context = connection.execute(select(literal_column(f"'{name}'"))).context
    return bool(context.cache_hit.name == "CACHE_MISS")


def test_what_a_reader_compiled_serves_the_writer_and_other_stores(tmp_path: Path) -> None:
    """Each engine compiled all of its statements again: a tenth of a command's time."""
    compiled = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        store = make_store(tmp_path / name)
        for transaction in (store.read, store.write):
            with transaction() as connection:
                compiled.append(was_compiled(connection, tmp_path.name))
        store.close()
    assert compiled == [True, False, False, False]
