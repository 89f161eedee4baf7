"""What opens on top of the list: a question, and a page to read."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from rich.console import Group
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.events import Key, Resize
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from listener.cli import output
from listener.cli.review.actions import Question
from listener.cli.review.key_guard import Drawn, KeyGuard

if TYPE_CHECKING:
    from listener.cli.review.frame import ReviewFrame

AROUND = 6  # lines of a box that are always needed: its frame, the question, what was typed, the keys


def line(text: str, style: str = "") -> Text:
    """A text that is never read as markup and never moves the cursor."""
    return Text(output.safe(text), style)


def cut(text: str) -> Text:
    """A line that ends at the edge."""
    made = line(text)
    made.no_wrap, made.overflow = True, "ellipsis"
    return made


class Dialog(ModalScreen[str | None]):
    """What opens on top: it knows whether it had been seen when a key was pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.sight = KeyGuard()

    def noted(self, *parts: Any) -> Drawn:
        """Parts whose drawing counts."""
        return Drawn(*parts, told=lambda: self.sight.drawn(self.frame.clock()))

    @property
    def frame(self) -> "ReviewFrame":
        """What it opens on top of."""
        return cast("ReviewFrame", self.app)

    def action_leave(self) -> None:
        """Nothing is done."""
        self.dismiss(None)


class Answer(Input):
    """Where an answer is typed; a key at its start may pick a choice."""

    def on_key(self, event: Key) -> None:
        """Before the digit is typed."""
        if cast("QuestionDialog", self.screen).picked(event):
            event.stop()
            event.prevent_default()

    async def action_submit(self) -> None:
        """Enter counts only when the question had been seen."""
        ask = cast("QuestionDialog", self.screen)
        if not ask.sight.is_too_early(ask.frame.pressed):
            await super().action_submit()


class QuestionDialog(Dialog):
    """A question: a key picks a choice, Enter gives what was typed, Escape nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "", priority=True),
        Binding("pagedown", "scroll(1)", "", priority=True),
        Binding("pageup", "scroll(-1)", "", priority=True),
    ]

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question

    def compose(self) -> ComposeResult:
        """What is to be read, the question, and the choices, above the place to type."""
        asked = self.question
        choices = zip(asked.keys, asked.choices, strict=False)
        listed = [cut(f" {key} {each}") for key, each in choices]
        with Vertical(classes="box"):
            with VerticalScroll(can_focus=False):
                yield from (Static(Text("\n").join(map(line, each.split("\n")))) for each in asked.page)
            yield Static(self.noted(line(asked.title, "bold")))
            yield Static(Group(*listed), id="choices")
            yield Answer(asked.text, placeholder=_hint(asked))
            scrolls = "   PgUp PgDn: scroll" if asked.page else ""
            yield Static(line(f"Enter: do it   Escape: leave it{scrolls}", "dim"))

    def on_resize(self, event: Resize) -> None:
        """However small the window, the question and the place to type are in sight."""
        most = max(event.size.height - AROUND, 1)
        listed = self.query_one("#choices")
        listed.styles.max_height = most
        self.query_one(VerticalScroll).styles.max_height = max(most - len(self.question.choices), 1)
        listed.display = bool(self.question.choices)
        self.query_one(VerticalScroll).display = bool(self.question.page)

    def action_scroll(self, pages: int) -> None:
        """Up and down what is to be read."""
        page = self.query_one(VerticalScroll)
        (page.scroll_page_down if pages > 0 else page.scroll_page_up)(animate=False)

    def picked(self, event: Key) -> bool:
        """Take the choice that a key alone means, unless something is being typed. Returns False when it means none."""
        choice = self.question.choice(event.character or "")
        if choice is None or self.question.own or self.query_one(Input).value:
            return False
        self.dismiss(choice)
        return True

    def typed_ahead(self, event: Key) -> None:
        """A key that came before there was a place to type it."""
        if not self.picked(event) and event.is_printable and event.character:
            self.query_one(Input).insert_text_at_cursor(event.character)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take what was typed."""
        if event.value.strip() or self.question.may_be_empty:
            self.dismiss(self.question.meant(event.value))


def _hint(asked: Question) -> str:
    if not asked.choices:
        return ""
    return "one of these keys, or your own words; then Enter" if asked.own else "one of these keys"


class PageDialog(Dialog):
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
                yield Static(self.noted(*self.parts), id="read")
            told = "   ".join(f"{key}: {message}" for key, message in self.keys.items())
            yield Static(line(f"{told}   Escape: back   PgUp PgDn: scroll".strip(), "dim"))

    def on_mount(self) -> None:
        """Keys scroll at once."""
        self.query_one(VerticalScroll).focus()

    def on_key(self, event: Key) -> None:
        """One of its keys was pressed; it counts when all of the page has been in sight."""
        if event.character in self.keys:
            event.stop()
            page = self.query_one(VerticalScroll)
            if self.sight.is_too_early(self.frame.when(event)):
                return
            if page.scroll_offset.y < page.max_scroll_y:
                page.scroll_page_down(animate=False)
                self.sight.lost()
                self.query_one("#read").refresh()
            else:
                self.dismiss(event.character)
