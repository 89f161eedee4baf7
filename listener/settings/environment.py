"""Read the environment: folders, database, secrets. Every function takes the mapping that it reads."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from listener.errors import ConfigError, Problem
from listener.messages import remember_secret
from listener.place import SCHEMES, Place, Server, parse_server

LARGEST_SECRET = 64 * 1024  # bytes
TO_REDACT = re.compile(r"((KEY|SECRET|TOKEN|PASSWORD)|ALERT_.*_URL|HEARTBEAT_URL)$")
"""The name of a value that no message may show: no handle."""


def starter() -> Path:
    """Return the folder of the starter configuration: inside a built wheel, else beside the package."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "_starter"
    return inside if inside.is_dir() else package.parent / "config"


def find_folder(env: Mapping[str, str]) -> Path:
    """Return $EARSHOT_CONFIG (whether or not it exists), else ./config if it exists, else the starter set."""
    if chosen := env.get("EARSHOT_CONFIG"):
        return Path(chosen)
    return Path("config") if Path("config").is_dir() else starter()


def data_folder(env: Mapping[str, str]) -> Path:
    """Return $EARSHOT_DATA, else ./data. Create nothing."""
    return Path(env.get("EARSHOT_DATA") or "data")


def database_place(env: Mapping[str, str]) -> Place:
    """Return where the database is, by $EARSHOT_DATABASE_URL or the file that this name with _FILE names.

    A path or sqlite:///PATH is a file; a relative path is relative to the working directory. postgresql://... is a
    server; its password is redacted in every message from now on. Create nothing. Raises ConfigError.
    """
    secrets = EnvSecrets(env)
    given = (secrets.get("EARSHOT_DATABASE_URL") or "").strip()
    if not given and secrets.is_named("EARSHOT_DATABASE_URL"):
        raise ConfigError([secrets.problem("EARSHOT_DATABASE_URL")])
    return parse_place(given) if given else data_folder(env) / "earshot.db"


def parse_place(given: str, where: str = "EARSHOT_DATABASE_URL") -> Place:
    """Read a path or a URL of a database. where: what it was given by, for a message. Raises ConfigError."""
    scheme, separator, rest = given.partition("://")
    if separator and scheme in SCHEMES:
        return _read_server(given, where)
    path = rest.removeprefix("/") if separator else given
    if separator and (scheme != "sqlite" or not rest.startswith("/")):
        hidden = f"{scheme}://..."  # the rest may hold a password
        raise _database_error(where, f"is neither an SQLite database nor PostgreSQL: {hidden}")
    if path in ("", ":memory:") or "?" in path or "\0" in path or path.endswith("/"):
        raise _database_error(where, "does not name a file")
    return Path(path)


def _read_server(url: str, where: str) -> Server:
    try:
        server = parse_server(url)
    except ValueError as error:
        raise _database_error(where, str(error)) from None
    remember_secret(server.password)
    return server


class EnvSecrets:
    """Secrets from NAME, else from the file that NAME_FILE names; both are read again at every call."""

    def __init__(self, env: Mapping[str, str] | None = None) -> None:
        self._env: Mapping[str, str] = os.environ if env is None else env

    def get(self, name: str, /) -> str | None:
        """Return the secret without surrounding line ends; None if neither is set, or the file cannot be read.

        From then on it is redacted in every message, also after it was replaced.
        """
        value = self._env.get(name, "").strip("\r\n") or self._read_file(name)[0]
        if TO_REDACT.search(name):
            remember_secret(value)
        return value or None

    def missing(self, names: Iterable[str]) -> list[str]:
        """Return those of the names that have no value."""
        return [name for name in names if self.get(name) is None]

    def is_named(self, name: str) -> bool:
        """Return whether the secret, or a file that holds it, is named, whether or not it can be read."""
        return bool(self._env.get(name) or self._env.get(f"{name}_FILE"))

    def problem(self, name: str) -> Problem:
        """Explain why a secret is missing, and what to do."""
        why = self._read_file(name)[1]
        if why:
            return Problem(f"{name}_FILE", why, "mount the secret, readable by the user Earshot runs as")
        return Problem(name, "this secret is not set", f"set {name}, or {name}_FILE to a file that holds it")

    def remember_all(self) -> None:
        """Redact from now on every secret of Earshot's that is set."""
        for name in {name.removesuffix("_FILE") for name in self._env if name.startswith("EARSHOT_")}:
            if TO_REDACT.search(name):
                self.get(name)

    def _read_file(self, name: str) -> tuple[str, str]:
        """Return the value, and why there is none; both empty if NAME_FILE is not set."""
        path = self._env.get(f"{name}_FILE")
        if not path:
            return "", ""
        try:
            with Path(path).open("rb") as file:
                value = file.read(LARGEST_SECRET + 1).decode("utf-8").strip("\r\n")
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            return "", f"cannot read {path}: {why}"
        if not value or len(value) > LARGEST_SECRET:
            return "", f"cannot use {path}: it is {'too large' if value else 'empty'}"
        return value, ""


def _database_error(where: str, what: str) -> ConfigError:
    return ConfigError([Problem(where, what, "write a path, sqlite:///PATH or postgresql://USER@HOST/DATABASE")])
