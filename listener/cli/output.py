"""Print JSON as the contract has it, or lines for people, with hostile text made harmless."""

import json
import re
import sys
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime

# Characters that move a cursor, hide text, turn its direction or look like nothing. The joiner inside emoji (200D) is
# harmless, and so is the line end, which only our own indentation puts into JSON.
_HIDDEN = (
    "\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u00ad\ufff9-\ufffb"
    "\u115f\u1160\u2800\u3164\uffa0\U000e0000-\U000e007f"
)
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0610-\u061a\u064b-\u065f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\ufe20-\ufe2f"
)  # combine with the letter before; more than a few grow over the lines around
_VARIED = "#*0-9\u00a9\u00ae\u203c-\u33ff\u3400-\u9fff\U0001f000-\U0003ffff"  # have variants: emoji and ideographs
DANGEROUS = re.compile(
    f"[{_HIDDEN}]|(?<=[{_MARKS}]{{4}})[{_MARKS}]|(?<![{_VARIED}])[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)


def iso(value: datetime) -> str:
    """Return ISO 8601 in UTC, with Z."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def as_json(value: object) -> object:
    """Give json what it cannot write itself: a dataclass as its fields, a time as ISO 8601. Raises TypeError."""
    if isinstance(value, datetime):
        return iso(value)
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def dumps(value: object, *, indent: int | None = 2) -> str:
    """Return JSON text; control and bidi characters are escaped, so that a terminal shows it safely."""
    return DANGEROUS.sub(_escape, json.dumps(value, ensure_ascii=False, indent=indent, default=as_json))


def _escape(match: re.Match[str]) -> str:
    """Escape a character as JSON does: beyond the basic plane by a pair."""
    return json.dumps(match[0])[1:-1] if ord(match[0]) > 0xFF else f"\\u{ord(match[0]):04x}"


def safe(text: object) -> str:
    """Make a stranger's text safe for a terminal: one line in which nothing moves the cursor or hides anything."""
    return visible(str(text).replace("\r\n", "\n").replace("\n", " ⏎ ").replace("\t", " "))


def visible(text: str) -> str:
    """Make visible what moves a cursor or turns the writing round; for files that people open."""
    return DANGEROUS.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def write(text: str) -> None:
    """Print a line of results to stdout."""
    sys.stdout.write(text + "\n")


def emit_json(value: object) -> None:
    """Print a value as JSON; of a list one item a line, which is quick (indentation is made by Python, not by C)."""
    if isinstance(value, list) and value:
        write("[" + ",\n ".join(dumps(item, indent=None) for item in value) + "]")
    else:
        write(dumps(value))


def emit_lines(rows: Iterable[object]) -> None:
    """Print one JSON object a line."""
    for row in rows:
        write(dumps(row, indent=None))


def print_error(text: str) -> None:
    """Print a remark to stderr."""
    sys.stderr.write(text + "\n")
