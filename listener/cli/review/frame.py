"""The frame of `review`: a list above, everything about one reply below, and a line that says what was done."""

import asyncio
import signal
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from rich.text import Text
from textual.app import App, ComposeResult
from textual.await_complete import AwaitComplete
from textual.containers import VerticalScroll
from textual.events import Event, Key, Resize
from textual.widgets import Static

from listener.cli import output, render
from listener.cli.review import draw
from listener.cli.review.actions import Question
from listener.cli.review.dialogs import QuestionDialog, line
from listener.cli.review.key_guard import MIN_VISIBLE_S, Drawn, KeyGuard
from listener.cli.review.session import Session
from listener.cli.review.write import EditDialog
from listener.desk.views import ReplyDetail as Json
from listener.errors import EarshotError

LOOK = 1.0  # seconds between two looks for what is new
ANYWAY = 15  # looks after which the list is read again: leases and snoozes end without an event
REST = 0.4  # seconds on a line before it counts as opened: passing by takes no lease
FOOT = "a approve  e edit  v variant  r reject  x escalate  z snooze  u undo  ? all keys"


class ReviewFrame(App[None]):
    """What is shown, and how it stays true while colleagues work. The keys are Review's."""

    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = "screen.tcss"

    def __init__(self, session: Session, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(ansi_color=True)
        self.clock, self.sight, self.pressed = clock, KeyGuard(), clock()
        self.end, self.read = 0, 0  # lines up to the end of our text, and how far down they have been in sight
        self.theme = "ansi-dark"
        self.session = session
        self.lines: list[Json] = []
        self.at = 0
        self.open: Json | None = None
        self.changed = ""  # what changed in sight
        self.known: frozenset[str] = frozenset()  # doubts that were told: the next `a` means it
        self.marked: set[int] = set()
        self.stamp, self.looks = -1, 0
        self.drawn: dict[str, Text] = {}

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield Static(id="head")
        yield Static(id="rows")
        with VerticalScroll(id="page", can_focus=False):
            yield Static(id="detail")
        yield Static(id="message")
        yield Static(Text(FOOT, "reverse", no_wrap=True, overflow="ellipsis"), id="foot")

    def on_mount(self) -> None:
        """Open the first one, and go on listening."""
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self.exit)
        self.rest = self.set_timer(REST, self._take)
        self._read(go_on=True)
        self.set_interval(LOOK, self._live)

    def on_resize(self, event: Resize) -> None:
        """A quarter of the height is the list's."""
        self.query_one("#rows").styles.height = max(4, event.size.height // 4)
        self.read = 0
        self.call_after_refresh(self._draw)

    async def on_event(self, event: Event) -> None:
        """A key's action follows within; it asks when the key was pressed."""
        if isinstance(event, Key):
            self.pressed = self.when(event)
        await super().on_event(event)

    def when(self, event: Key) -> float:
        """When a key was pressed, by our clock: it may have waited while the screen stood still."""
        return self.clock() - (time.monotonic() - event.time)

    def pop_screen(self) -> AwaitComplete:
        """A dialog closes: keys that were meant for it decide nothing on what it covered."""
        popped = super().pop_screen()
        self._unseen()
        return popped

    def _unseen(self, needs: float = MIN_VISIBLE_S) -> None:
        """It has to be drawn once more, and to stand for so long, before a key decides on it."""
        self.sight.lost(needs)
        for page in self.query("#detail"):
            page.refresh()

    async def action_quit(self) -> None:
        """Not while a text is being written."""
        writes = next((one for one in self.screen_stack if isinstance(one, EditDialog)), None)
        if writes is None:
            await super().action_quit()
        else:
            writes.tell("Ctrl+S keeps the text, Escape drops it; then q quits")

    def on_key(self, event: Key) -> None:
        """Somebody types faster than a dialog opens: what came too early is its first letter, not lost."""
        if isinstance(self.screen, QuestionDialog | EditDialog) and event.is_printable:
            self.screen.typed_ahead(event)

    def _now(self) -> datetime:
        return self.session.desk.clock()

    def _read(self, *, go_on: bool = False) -> None:
        """Read the list again. The cursor stays on its reply; where that is gone, what follows comes in its place.

        go_on: the next one is opened, the first that no colleague works on.
        """
        self.lines, self.totals = self.session.lines()
        ids = [one["id"] for one in self.lines]
        self.marked &= set(ids)
        if self.open is not None and self.open["id"] in ids:
            self.at = ids.index(self.open["id"]) + go_on
        if go_on:
            free = (at for at in range(self.at, len(ids)) if self.lines[at]["claimed_by"] in (None, self.session.by))
            self.at = next(free, self.at)
        self._open()

    def _open(self) -> None:
        """Show the one under the cursor. What changes under somebody's eyes needs a second look."""
        self.at = max(0, min(self.at, len(self.lines) - 1))
        before, self.open = self.open, self.session.show(self.lines[self.at]["id"]) if self.lines else None
        if self.open is None:
            self.session.leave()
        elif before is None or before["id"] != self.open["id"]:
            self.changed, self.known = "", frozenset()
            self.rest.stop()
            self.rest = self.set_timer(REST, self._take)
            self.query_one("#page", VerticalScroll).scroll_home(animate=False)
        elif before["revision"] != self.open["revision"]:
            self.changed, self.known = "the text changed while you looked", frozenset()
        if draw.exactly(before) != draw.exactly(self.open):
            self.sight.lost()
            self.read = 0
        self._draw()

    def _take(self) -> None:
        """It has been looked at for a moment: it is taken. Who else has it stands in its title."""
        with self._told():
            if self.open is not None:
                self.session.take(self.open)

    def _live(self) -> None:
        """New mentions, and what colleagues do, appear by themselves."""
        if not self.query("#detail"):  # the page is being taken down, and the timer ticks once more
            return
        self.looks += 1
        with self._told():
            stamp = self.session.stamp()
            if stamp != self.stamp or self.looks % ANYWAY == 0:
                self.stamp = stamp
                self._read_live()
            else:
                self._draw_list()

    def _read_live(self) -> None:
        """A colleague may settle what somebody reads: what comes in its place must not meet a key meant for it."""
        before = self.open
        self._read()
        if before is not None and self.open is not None and before["id"] != self.open["id"]:
            self.changed = f"{before['id']} was settled by somebody else, this is {self.open['id']}"
            self._say(self.changed)

    def _draw(self) -> None:
        now = self._now()
        part = self.session.filter or self.session.page.words
        nothing = "Nothing in this part of the queue: f shows another, / searches." if part else ""
        message = Text(output.safe(nothing or render.nothing(self.totals, now)))
        shown = (
            message if self.open is None else draw.reply_detail(self.open, self.session.by, now, self._room, self._ends)
        )
        self.query_one("#detail", Static).update(Drawn(shown, told=lambda: self.sight.drawn(self.clock())))
        self._draw_list()

    def _room(self) -> int:
        """So many lines of the page are in sight."""
        return self.query_one("#page", VerticalScroll).scrollable_content_region.height

    def _ends(self, lines: int) -> None:
        self.end = lines

    def _draw_list(self) -> None:
        now, by = self._now(), self.session.by
        parts = [self.session.filter, f"'{self.session.page.words}'" if self.session.page.words else ""]
        parts += [f"{len(self.marked)} marked" if self.marked else ""]
        self._show("#head", draw.head(by, self.totals, " · ".join(filter(None, parts)), now))
        height = max(self.query_one("#rows").size.height, 1)
        listed = draw.rows(self.lines, self.at, height, self.size.width, marked=self.marked, by=by, now=now)
        self._show("#rows", listed)

    def _show(self, where: str, text: Text) -> None:
        """Only what has changed goes over the wire."""
        if self.drawn.get(where) != text:
            self.drawn[where] = text
            self.query_one(where, Static).update(text)

    def _say(self, *message: str) -> None:
        self.query_one("#message", Static).update(line(" · ".join(message), "bold"))

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What the desk refuses is one line, and nothing has changed."""
        try:
            yield
        except EarshotError as error:
            self._say(str(error))

    def _do(self, work: Callable[[], Sequence[str]], *, go_on: bool = False, writes: bool = False) -> bool:
        """Make a move, tell it, and show how the queue stands after it. Returns True when it was made.

        go_on: open the next one; writes: the text changes, and that is no surprise.
        """
        done = False
        with self._told():
            self._say(*work())
            done = True
        with self._told():
            self.session.keep()
        with self._told():
            self._read(go_on=go_on and done)
            if done and writes:
                self.changed = ""
        return done

    def _ask(self, question: Question, then: Callable[[str], None]) -> None:
        def answered(answer: str | None) -> None:
            if answer is not None and answer in question.then:
                self._ask(question.then[answer], then)
            elif answer is not None:
                then(answer)

        self.push_screen(QuestionDialog(question), answered)

    def _go_to(self, wanted: Collection[int]) -> None:
        """Open the first of these that is in the list."""
        with self._told():
            self.at = next((at for at, one in enumerate(self.lines) if one["id"] in wanted), self.at)
            self._open()

    def _fatal_error(self) -> None:
        """A fault of ours ends the screen; `review` raises it again, so that it is told in one line."""
        self._close_messages_no_wait()
