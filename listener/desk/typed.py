"""What staff type: refused where no database takes it (a NUL, a lone surrogate), corrected where it is misspelled."""

import difflib
import re
from collections.abc import Iterable

from listener.errors import DeskError

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def require_storable(text: str | None, what: str) -> None:
    """Raise DeskError for a text that cannot be stored. what: its name, such as `the reason`."""
    if text is not None and (unfit := _UNSTORABLE.search(text)):
        raise DeskError(f"{what} contains a character that cannot be stored (U+{ord(unfit[0]):04X})", "remove it")


def find_closest(name: str, known: Iterable[str]) -> str | None:
    """Return which of the known names is probably meant, whatever its capitals; None where none is like it."""
    by_lower = {other.casefold(): other for other in known}
    close = difflib.get_close_matches(name.casefold(), by_lower, 1, 0.6)
    return by_lower[close[0]] if close else None
