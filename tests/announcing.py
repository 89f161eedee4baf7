"""An announcement, for tests of what else it touches."""

from listener.desk import announcements
from listener.model import Preview
from tests.line import Line

SALE = "Ten per cent off all notebooks today."


def shown(text: str, platform: str) -> Preview:
    """280 code points, as they are."""
    return Preview(text, len(text), 280)


def announce(line: Line, text: str = SALE, *, is_approved: bool = True) -> int:
    """Announce something now. Returns its number."""
    number = announcements.add(line.store, line.desk(), shown, text, line.now, ["memory"])
    if is_approved:
        announcements.approve(line.store, line.desk(), shown, number)
    return number
