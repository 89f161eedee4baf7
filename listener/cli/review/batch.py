"""The preview of a batch: everything that one key would approve."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from listener.cli import detail
from listener.cli.review.draw import line, notices, uncut
from listener.cli.review.listing import Listing
from listener.desk.views import ReplyView

LINES_BESIDE = 6  # of a reply in the preview, beside its mention


@dataclass(frozen=True)
class Clipped:
    """A mention, wrapped, of so many lines at most."""

    text: str
    max_lines: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it; the last line ends with … where there is more."""
        lines = line(" ".join(self.text.split()), "dim").wrap(console, options.max_width)
        shown = [*lines[: self.max_lines - 1], Text(" ", style="dim").join(lines[self.max_lines - 1 :])]
        yield from (Text.assemble(part, no_wrap=True, overflow="ellipsis") for part in shown if part)


def preview(listing: Listing, shown: Sequence[ReplyView], height: int) -> Iterator[RenderableType]:
    """Everything that one key would approve: to whom, the exact text, and what is still to be done after it.

    height: lines of the window; where they suffice, the mentions are wrapped, else cut to a line.
    """
    room = max(height // len(shown) - LINES_BESIDE, 1)
    yield from [notices(listing.notices)] * bool(listing.notices)
    for number, reply in enumerate(shown):
        problems = [*(warning.message for warning in listing.own_warnings(reply)), *_not_sent_yet(reply)]
        if any(reply.text == other.text for other in shown[:number]):
            problems.append("the same text as above")
        flags = "".join(f" ! {problem}" for problem in problems)
        yield line(f"{reply.id} {reply.kind or reply.state} to {reply.mention.author.label}{flags}", "bold")
        yield Clipped(reply.mention.text, room)
        yield from uncut(detail.Quoted(reply.text or "(no text: it cannot be approved)", "green"))


def _not_sent_yet(reply: ReplyView) -> Iterator[str]:
    """Why an approval alone does not send it."""
    if reply.needs_second_approval and not reply.approvals:
        yield "a second person must approve too"
    elif not reply.eligibility.can_reply:
        yield "to be posted by hand"
