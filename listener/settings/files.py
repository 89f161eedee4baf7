"""Read the TOML files of a configuration folder."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from listener.errors import Problem
from listener.settings.environment import starter
from listener.settings.scalars import ConfigLocation

LARGEST_FILE = 5_000_000  # bytes


@dataclass(frozen=True)
class Source:
    """A TOML file: its text, its table (None if it is not valid), and whether the operator wrote it."""

    location: ConfigLocation
    text: str
    table: Mapping[str, object] | None
    is_own: bool


def read(folder: Path, name: str, faults: list[Problem]) -> Source:
    """Read the folder's file of this name, or the starter's; add faults to the list."""
    own = os.path.lexists(folder / name)  # a link that leads nowhere is a fault, no reason for the starter's file
    path = (folder if own else starter()) / name
    try:
        text = _read_text(path)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        faults.append(Problem(name, f"cannot be read: {why}", f"correct {path}"))
        return Source(ConfigLocation(name, path.parent), "", None, own)
    source, of_file = parse(name, text, path.parent, own)
    faults += of_file
    return source


def parse(name: str, text: str, folder: Path = Path(), own: bool = True) -> tuple[Source, list[Problem]]:
    """Return the Source of a file's text, and the fault if it is not valid TOML."""
    location = ConfigLocation(name, folder)
    try:
        return Source(location, text, tomllib.loads(text), own), []
    except (ValueError, RecursionError) as error:  # ValueError: also a number of more than 4,300 digits
        message = str(error) if isinstance(error, ValueError) else "it is nested too deeply"
        line = re.search(r" \(at (line \d+), column \d+\)$", message)
        where = f"{name} {line[1]}" if line else name
        what = f"is not valid TOML: {message[: line.start()] if line else message}"
        return Source(location, text, None, own), [
            Problem(where, what, "correct this line" if line else "correct the file")
        ]


def _read_text(path: Path) -> str:
    """Return the file's text without a byte order mark. Raises OSError, ValueError with the reason."""
    if path.exists() and not path.is_file():
        raise ValueError("it is not a file")
    raw = path.read_bytes()
    if len(raw) > LARGEST_FILE:
        raise ValueError(f"it is larger than {LARGEST_FILE:,} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ValueError(f"it is not UTF-8 text (line {line})") from None
