"""What commands print: JSON as the contract has it, or tables and lines for people, with hostile text made harmless."""

import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from listener.errors import InputError

ZWJ = 0x200D  # joins emoji; harmless between them


def iso(value: datetime) -> str:
    """ISO 8601 in UTC with Z."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _default(value: object) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


def dumps(value: object, *, indent: int | None = 2) -> str:
    """JSON text; control and bidi characters are escaped, so that a terminal shows it safely."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=_default)
    return "".join(_escaped(char) for char in text)


def _escaped(char: str) -> str:
    if char == "\n" or not _dangerous(char):
        return char
    code = ord(char)
    return f"\\u{code:04x}" if code < 0x10000 else char


def _dangerous(char: str) -> bool:
    """Characters that move a cursor, hide text or turn its direction."""
    code = ord(char)
    if code < 0x20 or 0x7F <= code < 0xA0:
        return True
    return (
        code in (0x061C, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029, 0xFEFF)
        or 0x202A <= code <= 0x202E
        or 0x2060 <= code <= 0x2069
    )


def safe(text: object) -> str:
    """A stranger's text for a terminal: nothing in it moves the cursor or hides anything; one line."""
    shown = str(text).replace("\r\n", "\n").replace("\n", " ⏎ ").replace("\t", " ")
    return "".join(f"\\x{ord(char):02x}" if _dangerous(char) else char for char in shown)


def write(text: str) -> None:
    """Print a line of results to stdout."""
    sys.stdout.write(text + "\n")


def emit_json(value: object) -> None:
    """Print a value as JSON."""
    write(dumps(value))


def emit_lines(rows: Iterable[object]) -> None:
    """Print one JSON object a line."""
    for row in rows:
        write(dumps(row, indent=None))


def tell(text: str) -> None:
    """Print a remark to stderr."""
    sys.stderr.write(text + "\n")


def parse_limit(limit: int) -> int | None:
    """`--limit 0` is all. Raises InputError."""
    if limit < 0:
        raise InputError(f"--limit {limit} is negative", "0 shows all")
    return limit or None
