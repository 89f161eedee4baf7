"""Whether what stands on the screen was seen when a key was pressed: a key meant for one reply must not meet the next.

Keys wait in a queue while the screen stands still. Each carries the time at which it was pressed, and counts only for
what had been drawn by then. Times are seconds of one monotonic clock.
"""

from collections.abc import Callable
from math import inf

from rich.console import Console, ConsoleOptions, Group, RenderResult

MIN_VISIBLE_S = (
    0.05  # so long a drawing has stood before a key can be meant for it; eight approvals a second still pass
)
KEY_BOUNCE_S = 0.1  # presses closer together are a key that is held down, or one that bounces
REREAD_S = 0.5  # nobody reads a question faster, so a double press does not answer it


class KeyGuard:
    """Since when what is to be decided on has been in sight."""

    def __init__(self) -> None:
        self.since: float | None = None
        self.needs, self._last = MIN_VISIBLE_S, -inf

    def lost(self, needs: float = MIN_VISIBLE_S) -> None:
        """Something else is to be drawn, and has to stand for so long."""
        self.since, self.needs = None, needs

    def drawn(self, now: float) -> None:
        """It is on the screen."""
        if self.since is None:
            self.since = now

    def is_too_early(self, pressed: float) -> bool:
        """True for a key that was pressed before anybody can have seen what it would decide on, or is held down."""
        held, self._last = pressed - self._last < KEY_BOUNCE_S, pressed
        return held or self.since is None or pressed - self.since < self.needs


class Drawn(Group):
    """Parts of a page, and word of it when they are drawn."""

    def __init__(self, *parts: object, told: Callable[[], None]) -> None:
        super().__init__(*parts)  # type: ignore[arg-type]
        self._told = told

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw them."""
        self._told()
        yield from self.renderables
