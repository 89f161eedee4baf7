"""Progress of long commands: one line on stderr while it is a terminal, nothing otherwise.

Rich is imported only where it draws. Results go to stdout, so a pipe never sees a progress line.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn

T = TypeVar("T")


def track(items: Iterable[T], label: str, total: int) -> Iterator[T]:
    """Yield the items, showing how many of the total are done."""
    with step(label, total) as advance:
        for item in items:
            yield item
            advance()


@contextmanager
def step(label: str, total: int | None = None) -> Iterator[Callable[[], None]]:
    """Give a function to be called once an item; without a total only the count is shown."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.progress import MofNCompleteColumn, TextColumn

    with _open(TextColumn("{task.completed}") if total is None else MofNCompleteColumn()) as progress:
        task = progress.add_task(label, total=total)
        yield lambda: progress.advance(task)


@contextmanager
def watch_file(path: Path, label: str, source: Path) -> Iterator[None]:
    """Show how far a file has grown that something else writes; source: a file of about the size it will have."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.progress import DownloadColumn, Task
    from rich.text import Text

    class GrowthColumn(DownloadColumn):
        """The size of the file now."""

        max_refresh = None  # the task itself never changes: always look at the file

        def render(self, task: Task) -> Text:
            """Draw the size, read from the file system."""
            task.completed = path.stat().st_size if path.exists() else 0
            return super().render(task)

    with _open(GrowthColumn(binary_units=True)) as progress:
        progress.add_task(label, total=source.stat().st_size)
        yield


def _open(*columns: "ProgressColumn") -> "Progress":
    """Make a line of label, bar, the given columns and the time, which is erased at the end."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    shown = (TextColumn("{task.description}"), BarColumn(), *columns, TimeElapsedColumn())
    return Progress(*shown, console=Console(stderr=True), transient=True)
