"""A database for each process of the suite on the server of `make test-postgres`.

What is deleted stays in the files while an older transaction of the same database is open, also one of another schema.
A suite of several processes in one database therefore saw its words after they were erased, as brands that share a
database do for a moment.
"""

import os
from contextlib import suppress

NAME = "earshot_{}"


def address(url: str) -> str:
    """Return the URL of this process's database; it is made by whoever comes first. "" without a server."""
    if not url:
        return ""
    import psycopg
    from psycopg.errors import DuplicateDatabase, UniqueViolation

    name = NAME.format(os.environ.get("PYTEST_XDIST_WORKER", "main"))
    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            with suppress(DuplicateDatabase, UniqueViolation):  # a process that this one has started was quicker
                connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    return f"{url.rpartition('/')[0]}/{name}"
