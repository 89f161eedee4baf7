"""What opens on top of the list: a question, a page to read, and a text to write."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from rich.console import Group
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Input, Static, TextArea

from listener.cli import output
from listener.cli.review.acts import Question


def line(text: str, style: str = "") -> Text:
    """A text that is never read as markup and never moves the cursor."""
    return Text(output.safe(text), style)


class Answer(Input):
    """Where an answer is typed; a key at its start picks a choice."""

    def on_key(self, event: Key) -> None:
        """Before the digit is typed."""
        ask = self.screen
        if isinstance(ask, Ask) and ask.picked(event):
            event.stop()
            event.prevent_default()


class Ask(ModalScreen[str | None]):
    """A question: a key picks a choice, Enter gives what was typed, Escape nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "", priority=True)]

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question

    def compose(self) -> ComposeResult:
        """The choices, numbered, above the place to type."""
        with Vertical(classes="box"):
            yield from (Static(Text("\n").join(map(line, each.split("\n")))) for each in self.question.page)
            yield Static(line(self.question.title, "bold"))
            choices = zip(self.question.keys, self.question.choices, strict=False)
            if listed := [line(f" {key} {each}") for key, each in choices]:
                yield Static(Text("\n").join(listed))
            yield Answer(self.question.text, placeholder="one of these keys, or your own words" if listed else "")
            yield Static(line("Enter: do it   Escape: leave it", "dim"))

    def picked(self, event: Key) -> bool:
        """Take the choice that a key means, unless something is being typed. Returns False when it means none."""
        place = self.question.keys.find(event.character or " ")
        there = not self.query_one(Input).value and 0 <= place < len(self.question.choices)
        if there:
            self.dismiss(self.question.choices[place])
        return there

    def typed_ahead(self, event: Key) -> None:
        """A key that came before there was a place to type it."""
        if not self.picked(event) and event.is_printable and event.character:
            self.query_one(Input).insert_text_at_cursor(event.character)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take what was typed."""
        if event.value.strip() or self.question.may_be_empty:
            self.dismiss(event.value)

    def action_leave(self) -> None:
        """Nothing is done."""
        self.dismiss(None)


class Read(ModalScreen[str | None]):
    """A page to read. keys: what may be pressed besides Escape -> what comes of it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter", "leave", "")]

    def __init__(self, title: str, parts: Sequence[Any], keys: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.heading, self.parts, self.keys = title, parts, keys or {}

    def compose(self) -> ComposeResult:
        """The title, the page, and what may be pressed."""
        with Vertical(classes="page"):
            yield Static(line(self.heading, "bold"))
            with VerticalScroll():
                yield Static(Group(*self.parts))
            told = "   ".join(f"{key}: {says}" for key, says in self.keys.items())
            yield Static(line(f"{told}   Escape: back   PgUp PgDn: scroll".strip(), "dim"))

    def on_mount(self) -> None:
        """Keys scroll at once."""
        self.query_one(VerticalScroll).focus()

    def on_key(self, event: Key) -> None:
        """One of its keys was pressed."""
        if event.character in self.keys:
            event.stop()
            self.dismiss(event.character)

    def action_leave(self) -> None:
        """Back to the list."""
        self.dismiss(None)


class Write(ModalScreen[str | None]):
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
    ) -> None:
        super().__init__()
        self.heading, self.present, self.measure, self.saved, self.said = title, text, measure, saved, said

    def compose(self) -> ComposeResult:
        """What it answers, the text, and how it stands."""
        with Vertical(classes="box"):
            yield Static(line(self.heading, "bold"))
            yield Static(line(self.said, "dim"), classes="said")
            yield TextArea(self.present, soft_wrap=True, show_line_numbers=False, tab_behavior="focus")
            yield Static(id="stands")
            yield Static(line("Ctrl+S: keep   Ctrl+T: saved texts   Escape: leave it as it was", "dim"))

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
        length, wrong = self.measure(self.query_one(TextArea).text)
        self.query_one("#stands", Static).update(line(f"{length}   {wrong}", "bold yellow" if wrong else ""))
        return wrong

    def action_keep(self) -> None:
        """Give the text back, if it may go out."""
        if not self._stand():
            self.dismiss(self.query_one(TextArea).text)

    def action_leave(self) -> None:
        """Nothing is changed."""
        self.dismiss(None)

    def action_insert(self) -> None:
        """Pick a saved text; it comes where the cursor stands."""
        if not self.saved:
            self.query_one("#stands", Static).update(line("no saved texts: [[saved]] in replies.toml keeps them"))
            return
        names = tuple(f"{name}: {text}" for name, text in self.saved)
        self.app.push_screen(Ask(Question("Insert which text?", names)), self._insert)

    def _insert(self, chosen: str | None) -> None:
        for name, text in self.saved:
            if chosen in (name, f"{name}: {text}"):
                area = self.query_one(TextArea)
                before = area.get_text_range((0, 0), area.cursor_location)
                area.insert(f" {text}" if before and not before[-1].isspace() else text)
