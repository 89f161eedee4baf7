"""What staff type is refused where no database takes it: a NUL, or half a character (a lone surrogate)."""

import re

from listener.errors import DeskError

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def require_storable(text: str | None, what: str) -> None:
    """Raise DeskError for a text that cannot be stored. what: its name, such as `the reason`."""
    if text is not None and (unfit := _UNSTORABLE.search(text)):
        raise DeskError(f"{what} contains a character that cannot be stored (U+{ord(unfit[0]):04X})", "remove it")
