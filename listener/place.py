"""Where the database is: a file of SQLite, given by its path, or a server of PostgreSQL."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

SCHEMES = ("postgresql", "postgres")
OWN_SCHEMA = "earshot"  # the schema of PostgreSQL that holds the tables, unless the URL names another
LONGEST_SCHEMA = 55  # characters: PostgreSQL cuts names at 63, and that of a role or channel is up to eight longer


@dataclass(frozen=True, slots=True)
class Server:
    """A database on a server of PostgreSQL. url: for the driver, perhaps with a password; str() shows none."""

    url: str = field(repr=False)
    schema: str = OWN_SCHEMA

    def __str__(self) -> str:
        parts = urlsplit(self.url)
        user = f"{unquote(parts.username)}@" if parts.username else ""
        shown = f"postgresql://{user}{parts.netloc.rpartition('@')[2]}{parts.path}"
        return shown if self.schema == OWN_SCHEMA else f"{shown}?schema={quote(self.schema)}"

    @property
    def password(self) -> str:
        """The password in the URL, or nothing."""
        query = dict(parse_qsl(urlsplit(self.url).query))
        return unquote(urlsplit(self.url).password or "") or query.get("password", "")


Place: TypeAlias = Path | Server


def parse_server(url: str) -> Server:
    """Read postgresql://USER:PASSWORD@HOST:PORT/DATABASE?schema=NAME&OPTION=VALUE, with libpq's options.

    Raises ValueError, whose words hold nothing of the URL.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port, parse_qsl(parts.query, strict_parsing=bool(parts.query))
    except ValueError:
        raise ValueError("is not a URL that can be read") from None  # its own words show a part of the URL
    query = parse_qsl(parts.query)
    if parts.path in ("", "/") and "dbname" not in dict(query):
        raise ValueError("names no database")
    if "options" in dict(query):
        raise ValueError("sets `options`, which Earshot sets itself")
    if "@" in parts.path + parts.query + parts.fragment:  # the address would be a piece of the password
        raise ValueError("has an @ behind its address; write / ? # @ in a password as %2F %3F %23 %40")
    schema = dict(query).get("schema", OWN_SCHEMA)
    if not schema.isidentifier() or not schema.isascii() or schema != schema.lower() or schema.startswith("pg_"):
        raise ValueError("names a schema that is not made of small letters, digits and _")
    if len(schema) > LONGEST_SCHEMA:
        raise ValueError(f"names a schema of more than {LONGEST_SCHEMA} characters")
    rest = urlencode([(name, value) for name, value in query if name != "schema"], quote_via=quote)
    return Server(parts._replace(scheme="postgresql", query=rest, fragment="").geturl(), schema)
