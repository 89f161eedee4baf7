"""Lines for people: wrapped under their text on a terminal, left whole in a pipe, where `grep` reads them."""

import shutil
import sys
import textwrap
from datetime import datetime

LABEL = 11  # columns of the label that begins a line


def wrap(line: str, indent: int = LABEL) -> str:
    """Wrap a line at the terminal's edge; what follows is indented by so many columns."""
    if not sys.stdout.isatty():
        return line
    width = max(shutil.get_terminal_size().columns, 2 * indent)
    return textwrap.fill(line, width, subsequent_indent=" " * indent, break_on_hyphens=False)


def place(scope: str) -> str:
    """Return where a pause or a notice holds: `everywhere` for `*`, else `on x`."""
    return "everywhere" if scope == "*" else f"on {scope}"


def clock(value: datetime) -> str:
    """Format a time as 2026-11-22 09:00 UTC."""
    return f"{value:%Y-%m-%d %H:%M} UTC"
