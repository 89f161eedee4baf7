"""The roles of docs/postgres/grants.sql on the server of a test."""

import subprocess
from pathlib import Path

import psycopg

from listener.place import Server, parse_server

GRANTS = Path(__file__).parent.parent / "docs" / "postgres" / "grants.sql"


def grant(server: Server) -> None:
    """Run the file as docs/scale.md says."""
    command = ["psql", server.url, "-q", "-v", f"schema={server.schema}", "-f", str(GRANTS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def as_role(server: Server, role: str) -> Server:
    """Return the same database for a login of a role of this schema: `owner`, `daemon`, `staff`, `analyst`."""
    group, login = f"{server.schema}_{role}", f"{server.schema}_{role}_login"
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"DROP ROLE IF EXISTS {login}")
        connection.execute(f"CREATE ROLE {login} LOGIN IN ROLE {group}")
        if role == "owner":
            connection.execute(f"ALTER ROLE {login} SET role = {group}")
    return parse_server(f"{server.url.replace('earshot@', f'{login}@')}?schema={server.schema}")
