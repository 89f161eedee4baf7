"""What opens on top of the list: a question, a page to read, and a text to write."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from rich.console import Group
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.events import Key, Resize
from textual.screen import ModalScreen
from textual.widgets import Input, Static, TextArea

from listener.cli import output
from listener.cli.review.acts import Question
from listener.cli.review.sight import Drawn, Sight
from listener.errors import EarshotError

if TYPE_CHECKING:
    from listener.cli.review.frame import Frame

AROUND = 6  # lines of a box that are always needed: its frame, the question, what was typed, the keys


def line(text: str, style: str = "") -> Text:
    """A text that is never read as markup and never moves the cursor."""
    return Text(output.safe(text), style)


def cut(text: str) -> Text:
    """A line that ends at the edge."""
    made = line(text)
    made.no_wrap, made.overflow = True, "ellipsis"
    return made


class Over(ModalScreen[str | None]):
    """What opens on top: it knows whether it had been seen when a key was pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.sight = Sight()

    def noted(self, *parts: Any) -> Drawn:
        """Parts whose drawing counts."""
        return Drawn(*parts, told=lambda: self.sight.drawn(self.frame.clock()))

    @property
    def frame(self) -> "Frame":
        """What it opens on top of."""
        return cast("Frame", self.app)

    def action_leave(self) -> None:
        """Nothing is done."""
        self.dismiss(None)


class Answer(Input):
    """Where an answer is typed; a key at its start may pick a choice."""

    def on_key(self, event: Key) -> None:
        """Before the digit is typed."""
        if cast("Ask", self.screen).picked(event):
            event.stop()
            event.prevent_default()

    async def action_submit(self) -> None:
        """Enter counts only when the question had been seen."""
        ask = cast("Ask", self.screen)
        if not ask.sight.early(ask.frame.pressed):
            await super().action_submit()


class Ask(Over):
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


class Read(Over):
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
                yield Static(self.noted(*self.parts))
            told = "   ".join(f"{key}: {says}" for key, says in self.keys.items())
            yield Static(line(f"{told}   Escape: back   PgUp PgDn: scroll".strip(), "dim"))

    def on_mount(self) -> None:
        """Keys scroll at once."""
        self.query_one(VerticalScroll).focus()

    def on_key(self, event: Key) -> None:
        """One of its keys was pressed; it counts when all of the page has been in sight."""
        if event.character in self.keys:
            event.stop()
            page = self.query_one(VerticalScroll)
            if self.sight.early(self.frame.when(event)):
                return
            if page.scroll_offset.y < page.max_scroll_y:
                page.scroll_page_down(animate=False)
            else:
                self.dismiss(event.character)


class Write(Over):
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
        says = self.refused[1] if text == self.refused[0] and self.refused[1] else wrong
        self.query_one("#stands", Static).update(line(f"{length}   {says}", "bold yellow" if says else ""))
        return wrong

    def tell(self, says: str) -> None:
        """Say it under the text, until that changes."""
        self.refused = (self.query_one(TextArea).text, says)
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
        self.app.push_screen(Ask(Question("Insert which text?", names, own=False)), self._insert)

    def _insert(self, chosen: str | None) -> None:
        for name, text in self.saved:
            if chosen in (name, f"{name}: {text}"):
                area = self.query_one(TextArea)
                before = area.get_text_range((0, 0), area.cursor_location)
                area.insert(f" {text}" if before and not before[-1].isspace() else text)
