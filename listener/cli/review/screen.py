"""The review on the whole screen: a list, the open reply, and a line that reports what was done. See `Presenter`."""

import asyncio
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar

from rich.text import Text
from textual.app import App, ComposeResult
from textual.await_complete import AwaitComplete
from textual.containers import VerticalScroll
from textual.events import Event, Key, Resize
from textual.widgets import Static

from listener.cli import output, render
from listener.cli.review import draw
from listener.cli.review.actions import footer
from listener.cli.review.dialogs import Dialog, QuestionDialog
from listener.cli.review.key_guard import MIN_VISIBLE_S, Drawn, KeyClock, KeyGuard, ReadingGuard
from listener.cli.review.key_info import KeyInfo
from listener.cli.review.presenter import Presenter
from listener.cli.review.question import Question
from listener.desk.views import ReplyDetail
from listener.errors import EarshotError

POLL_S = 1.0  # between two looks for what is new
REST_S = 0.4  # on a line before it counts as opened: passing by claims nothing


class ReviewScreen(App[None]):
    """The keys and the drawing."""

    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = "screen.tcss"
    footer_keys: ClassVar[Sequence[KeyInfo]] = ()

    def __init__(self, presenter: Presenter, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(ansi_color=True)
        self.presenter, self.clock = presenter, KeyClock(now)
        self.guard, self.reading = KeyGuard(), ReadingGuard()
        self.theme = "ansi-dark"
        self.shown: dict[str, Text] = {}

    def compose(self) -> ComposeResult:
        """Lay out the screen from top to bottom."""
        yield Static(id="head")
        yield Static(id="notices")
        yield Static(id="rows")
        with VerticalScroll(id="page", can_focus=False):
            yield Static(id="detail")
        yield Static(id="message")
        yield Static(id="foot")

    def on_mount(self) -> None:
        """Open the first reply, and go on listening."""
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self.exit)
        self.rest = self.set_timer(REST_S, self._claim)
        self.change(lambda: self.presenter.refresh(advance=True))
        self.set_interval(POLL_S, self._poll)

    def on_resize(self, event: Resize) -> None:
        """Give the list a quarter of the height."""
        self.query_one("#rows").styles.height = max(4, event.size.height // 4)
        self.reading.seen = 0
        self.call_after_refresh(self.redraw)

    async def on_event(self, event: Event) -> None:
        """Note when a key was pressed, before its action runs."""
        if isinstance(event, Key):
            self.clock.pressed = self.clock.pressed_at(event)
        await super().on_event(event)

    def on_key(self, event: Key) -> None:
        """Hand a key that came before a dialog had its field to that dialog: it is its first letter."""
        if isinstance(self.screen, Dialog) and event.is_printable:
            self.screen.type_ahead(event)

    def pop_screen(self) -> AwaitComplete:
        """Close a dialog: keys that were meant for it decide nothing on what it covered."""
        popped = super().pop_screen()
        self.require_redraw()
        return popped

    def require_redraw(self, needs: float = MIN_VISIBLE_S) -> None:
        """Let no key decide on the page until it was drawn again and stood for so long."""
        self.guard.lost(needs)
        for page in self.query("#detail"):
            page.refresh()

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """Report what the desk refuses in one line; nothing has changed then."""
        try:
            yield
        except EarshotError as error:
            self.say(str(error))

    def say(self, *messages: str) -> None:
        """Show messages in the line above the keys."""
        self.query_one("#message", Static).update(draw.line(" · ".join(messages), "bold"))

    def run_act(self, act: Callable[[], Sequence[str]], *, advance: bool = False, writes: bool = False) -> bool:
        """Act, report it, and show how the queue stands after it. Returns True when it was done.

        advance: open the next reply; writes: the text changes, and that is no surprise.
        """
        is_done = False
        with self.reporting():
            self.say(*act())
            is_done = True
        with self.reporting():
            self.presenter.claim.renew()
        with self.reporting():
            self.change(lambda: self.presenter.refresh(advance=advance and is_done))
            if is_done and writes:
                self.presenter.changed = ""
        return is_done

    def ask(self, question: Question, then: Callable[[str], None]) -> None:
        """Ask, and go on with the answer; a choice may have a question of its own."""

        def answered(answer: str | None) -> None:
            if answer is not None and answer in question.follow_ups:
                self.ask(question.follow_ups[answer], then)
            elif answer is not None:
                then(answer)

        self.push_screen(QuestionDialog(self.clock, question), answered)

    def change(self, work: Callable[[], object]) -> None:
        """Change what is listed or open, and draw it. What is new has to be seen before a key decides on it."""
        before = self.presenter.selected
        work()
        self._adopt(before)

    def _adopt(self, before: ReplyDetail | None) -> None:
        after = self.presenter.selected
        if after is not None and (before is None or before.id != after.id):
            self.rest.stop()
            self.rest = self.set_timer(REST_S, self._claim)
            self.query_one("#page", VerticalScroll).scroll_home(animate=False)
        if draw.approvable(before) != draw.approvable(after):
            self.guard.lost()
            self.reading.seen = 0
        self.redraw()

    def _claim(self) -> None:
        """Claim what has been open for a moment. Who else has it is in its title."""
        with self.reporting():
            if self.presenter.selected is not None:
                self.presenter.claim.take(self.presenter.selected)

    def _poll(self) -> None:
        """Show new mentions and what colleagues do. A reply in the place of another needs a second look."""
        if not self.query("#detail"):  # the page is being taken down, and the timer ticks once more
            return
        with self.reporting():
            before, news = self.presenter.selected, self.presenter.poll()
            if news is None:
                self._draw_list()
                return
            self._adopt(before)
            if news:
                self.say(news)

    def redraw(self) -> None:
        """Draw everything that has changed."""
        presenter, now = self.presenter, self.presenter.desk.clock()
        nothing = (
            "No match; f: filter, /: search, Esc: all" if presenter.is_part() else render.nothing(presenter.totals, now)
        )
        reply = presenter.selected
        shown = Text(output.safe(nothing)) if reply is None else self._page(presenter.personal(reply))
        drawn = Drawn(shown, on_draw=lambda: self.guard.drawn(self.clock.now()))
        self.query_one("#detail", Static).update(drawn)
        self._draw_list()

    def _page(self, reply: ReplyDetail) -> draw.Page:
        def on_end(line: int) -> None:
            self.reading.end = line

        return draw.reply_page(reply, self.presenter.desk.clock(), self.page_height, on_end)

    def page_height(self) -> int:
        """Return how many lines of the page are in sight."""
        return self.query_one("#page", VerticalScroll).scrollable_content_region.height

    def _draw_list(self) -> None:
        presenter, now = self.presenter, self.presenter.desk.clock()
        self._show("#head", draw.head(presenter, now))
        self._show("#notices", draw.notices(presenter.notices))
        self.query_one("#notices").display = bool(presenter.notices)
        height = max(self.query_one("#rows").size.height, 1)
        self._show("#rows", draw.rows(presenter, height, self.size.width, now))
        self._show("#foot", draw.cut(self._footer(), "reverse"))

    def _footer(self) -> str:
        also = self.presenter.fitting_keys()
        return footer(self.footer_keys, self.presenter.selected_state(), also, self.size.width)

    def _show(self, where: str, text: Text) -> None:
        """Update a part of the screen only if it has changed: the line may be slow."""
        if self.shown.get(where) != text:
            self.shown[where] = text
            self.query_one(where, Static).update(text)

    def _fatal_error(self) -> None:
        """End the screen on a fault of ours; `review` raises it again, so that it is reported in one line."""
        self._close_messages_no_wait()
