"""A text to write, on top of the list."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key, Resize
from textual.widgets import Static, TextArea

from listener.cli.review.actions import Question
from listener.cli.review.dialogs import AROUND, Dialog, QuestionDialog, line
from listener.errors import EarshotError


class EditDialog(Dialog):
    """A text, edited in place, with its length as it will count and what is wrong with it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "", priority=True),
        Binding("ctrl+s,f2", "keep", "", priority=True),
        Binding("ctrl+t,f3", "insert", "", priority=True),
    ]

    def __init__(
        self,
        title: str,
        text: str,
        measure: Callable[[str], tuple[str, str]],
        saved: Sequence[tuple[str, str]],
        said: str,
        keep: Callable[[str], None],
        refused: tuple[str, str] = ("", ""),
    ) -> None:
        """keep: puts the text where it belongs, or raises EarshotError; refused: a text that was, and why."""
        super().__init__()
        self.heading, self.present, self.measure, self.saved, self.said = title, text, measure, saved, said
        self.keep, self.refused = keep, refused

    def compose(self) -> ComposeResult:
        """What it answers, the text, and how it stands."""
        with Vertical(classes="box"):
            yield Static(line(self.heading, "bold"))
            yield Static(line(self.said, "dim"), classes="said")
            yield TextArea(
                self.refused[0] or self.present, soft_wrap=True, show_line_numbers=False, tab_behavior="focus"
            )
            yield Static(id="stands")
            yield Static(line("Ctrl+S: keep   Ctrl+T: saved texts   Escape: leave it as it was", "dim"))

    def on_resize(self, event: Resize) -> None:
        """However small the window, the text and how it stands are in sight."""
        self.query_one(TextArea).styles.height = max(min(event.size.height - AROUND - 6, 7), 2)
        self.query_one(".said").display = event.size.height > AROUND + 8

    def on_mount(self) -> None:
        """Write at its end."""
        area = self.query_one(TextArea)
        area.move_cursor(area.document.end)
        area.focus()
        self._stand()

    def typed_ahead(self, event: Key) -> None:
        """A key that came before there was a place to type it."""
        if event.is_printable and event.character:
            self.query_one(TextArea).insert(event.character)

    def on_text_area_changed(self) -> None:
        """Count with every key."""
        self._stand()

    def _stand(self) -> str:
        text = self.query_one(TextArea).text
        length, wrong = self.measure(text)
        message = self.refused[1] if text == self.refused[0] and self.refused[1] else wrong
        self.query_one("#stands", Static).update(line(f"{length}   {message}", "bold yellow" if message else ""))
        return wrong

    def tell(self, message: str) -> None:
        """Say it under the text, until that changes."""
        self.refused = (self.query_one(TextArea).text, message)
        self._stand()

    def action_keep(self) -> None:
        """Keep the text, if it may go out; what the desk refuses stays here, with the reason."""
        if self._stand():
            return
        text = self.query_one(TextArea).text
        try:
            self.keep(text)
        except EarshotError as error:
            self.tell(str(error))
        else:
            self.dismiss(text)

    def action_insert(self) -> None:
        """Pick a saved text; it comes where the cursor stands."""
        if not self.saved:
            self.tell("no saved texts: [[saved]] in replies.toml keeps them")
            return
        names = tuple(f"{name}: {text}" for name, text in self.saved)
        self.app.push_screen(QuestionDialog(Question("Insert which text?", names, own=False)), self._insert)

    def _insert(self, chosen: str | None) -> None:
        for name, text in self.saved:
            if chosen in (name, f"{name}: {text}"):
                area = self.query_one(TextArea)
                before = area.get_text_range((0, 0), area.cursor_location)
                area.insert(f" {text}" if before and not before[-1].isspace() else text)
