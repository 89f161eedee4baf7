"""The page of one reply, made for its window: what would go out stands in sight, a long mention is cut."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.segment import Segment
from rich.text import Text

from listener.cli import detail

LEAST = 3  # lines of a mention that stand above our text, however small the window


@dataclass(frozen=True)
class Page:
    """above, mention, below: parts up to the end of our text; rest: what is there for who scrolls.

    room: how many lines are in sight; told: is given the number of lines up to the end of our text when it is drawn.
    """

    above: tuple[Any, ...]
    mention: detail.Quoted | None
    below: tuple[Any, ...]
    rest: tuple[Any, ...]
    room: Callable[[], int]
    told: Callable[[int], None]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it, the mention cut to what is left beside the rest."""
        above, below = _lines(console, options, self.above), _lines(console, options, self.below)
        said = [] if self.mention is None else _lines(console, options, [self.mention])
        left = max(self.room() - len(above) - len(below), LEAST)
        shown = said if len(said) <= left else said[: left - 1]
        cut = [] if shown is said else [Text(f"{detail.BAR}… all {len(said)} lines stand below: PgDn", "bold")]
        self.told(len(above) + len(shown) + len(cut) + len(below))
        yield from _drawn(above, shown)
        yield from cut
        yield from _drawn(below)
        yield from self.rest
        if cut:
            yield Text("\nAll that was said", "bold")
            yield from _drawn(said)


def _lines(console: Console, options: ConsoleOptions, parts: Iterable[Any]) -> list[list[Segment]]:
    return console.render_lines(Group(*parts), options.update(height=None), pad=False) if parts else []


def _drawn(*blocks: list[list[Segment]]) -> Iterator[Segment]:
    for block in blocks:
        for line in block:
            yield from (*line, Segment.line())


def whole(quoted: detail.Quoted) -> Iterator[detail.Quoted]:
    """A text of any number of lines: what goes out is never cut."""
    lines = quoted.text.replace("\r\n", "\n").split("\n")
    for start in range(0, len(lines), detail.LINES):
        yield replace(quoted, text="\n".join(lines[start : start + detail.LINES]))
