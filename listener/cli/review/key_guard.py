"""Whether what is on the screen was seen when a key was pressed: a key meant for one reply must not meet the next.

Keys wait in a queue while the screen stands still. Each carries the time at which it was pressed, and counts only for
what had been drawn by then. Times are seconds of one monotonic clock.
"""

import time
from collections.abc import Callable
from math import inf

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from textual.events import Key

MIN_VISIBLE_S = 0.05  # how long a drawing has stood before a key can be meant for it: eight approvals a second pass
KEY_BOUNCE_S = 0.1  # presses closer together are a key that is held down, or one that bounces
REREAD_S = 0.5  # nobody reads a question faster, so a double press does not answer it


class KeyClock:
    """The clock of the keys, and when the last one was pressed."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now, self.pressed = now, now()

    def pressed_at(self, event: Key) -> float:
        """Return when a key was pressed, by our clock: it may have waited while the screen stood still."""
        return self.now() - (time.monotonic() - event.time)


class KeyGuard:
    """Since when what is to be decided on has been in sight."""

    def __init__(self) -> None:
        self.since: float | None = None
        self.needs, self._last = MIN_VISIBLE_S, -inf

    def lost(self, needs: float = MIN_VISIBLE_S) -> None:
        """Wait for something else to be drawn, and to stand for so long."""
        self.since, self.needs = None, needs

    def drawn(self, now: float) -> None:
        """Note that it is on the screen."""
        if self.since is None:
            self.since = now

    def is_too_early(self, pressed: float) -> bool:
        """Return True for a key pressed before anybody can have seen what it would decide on, or held down."""
        is_held, self._last = pressed - self._last < KEY_BOUNCE_S, pressed
        return is_held or self.since is None or pressed - self.since < self.needs


class ReadingGuard:
    """How far down the page has been in sight, and where our text ends. In lines from its top."""

    def __init__(self) -> None:
        self.end = self.seen = 0

    def show(self, bottom: int) -> None:
        """Note that the page is in sight down to this line."""
        self.seen = max(self.seen, bottom)

    @property
    def below(self) -> int:
        """Lines of our text that have not been in sight."""
        return max(self.end - self.seen, 0)


class Drawn(Group):
    """Parts of a page, with a call when they are drawn."""

    def __init__(self, *parts: RenderableType, on_draw: Callable[[], None]) -> None:
        super().__init__(*parts)
        self._on_draw = on_draw

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw them."""
        self._on_draw()
        yield from self.renderables
