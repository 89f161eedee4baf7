"""What opens on top of the list: a question, a page to read, and a text to edit."""

from collections.abc import Iterable, Mapping
from typing import ClassVar, cast

from rich.console import Group, RenderableType
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.events import Key, Resize
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from listener.cli.review.draw import cut, line
from listener.cli.review.key_guard import Drawn, KeyClock, KeyGuard
from listener.cli.review.question import Question

FRAME_LINES = 6  # of a box, always needed: its frame, the question, the answer, the keys
SCROLL_KEYS: list[BindingType] = [
    Binding("pagedown", "scroll(1)", "", priority=True),
    Binding("pageup", "scroll(-1)", "", priority=True),
]


class Dialog(ModalScreen[str | None]):
    """What opens on top: it knows whether it had been seen when a key was pressed."""

    def __init__(self, keys: KeyClock) -> None:
        super().__init__()
        self.clock, self.guard = keys, KeyGuard()

    def guarded(self, *parts: RenderableType) -> Drawn:
        """Return parts that have to be drawn before a key counts."""
        return Drawn(*parts, on_draw=lambda: self.guard.drawn(self.clock.now()))

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss(None)

    def action_scroll(self, pages: int) -> None:
        """Scroll what is to be read."""
        page = self.query_one(VerticalScroll)
        (page.scroll_page_down if pages > 0 else page.scroll_page_up)(animate=False)

    def type_ahead(self, event: Key) -> None:
        """Take a key that came before there was a place to type it."""


class Answer(Input):
    """Where an answer is typed; a key at its start may pick a choice."""

    def on_key(self, event: Key) -> None:
        """Pick a choice before the key is typed."""
        if cast(QuestionDialog, self.screen).pick(event):
            event.stop()
            event.prevent_default()

    async def action_submit(self) -> None:
        """Submit only when the question had been seen."""
        question = cast(QuestionDialog, self.screen)
        if not question.guard.is_too_early(question.clock.pressed):
            await super().action_submit()


class QuestionDialog(Dialog):
    """A question: a key picks a choice, Enter gives what was typed, Escape nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "", priority=True), *SCROLL_KEYS]

    def __init__(self, keys: KeyClock, question: Question) -> None:
        super().__init__(keys)
        self.question = question

    def compose(self) -> ComposeResult:
        """Lay out what is to be read, the question, and the choices, above the place to type."""
        question = self.question
        choices = [cut(f" {key} {choice}") for key, choice in zip(question.keys, question.choices, strict=False)]
        hint = "a key or your own answer, then Enter" if question.takes_text else "press one of these keys"
        scrolls = "   PgUp PgDn: scroll" if question.intro else ""
        with Vertical(classes="box"):
            with VerticalScroll(can_focus=False):
                yield from (Static(Text("\n").join(map(line, part.split("\n")))) for part in question.intro)
            yield Static(self.guarded(line(question.title, "bold")))
            yield Static(Group(*choices), id="choices")
            yield Answer(question.text, placeholder=hint if choices else "")
            confirm = "" if choices and not question.takes_text else "Enter: confirm   "
            yield Static(line(f"{confirm}Esc: cancel{scrolls}", "dim"))

    def on_resize(self, event: Resize) -> None:
        """Keep the question and the place to type in sight, however small the window."""
        room = max(event.size.height - FRAME_LINES, 1)
        choices, intro = self.query_one("#choices"), self.query_one(VerticalScroll)
        choices.styles.max_height = room
        intro.styles.max_height = max(room - len(self.question.choices), 1)
        choices.display, intro.display = bool(self.question.choices), bool(self.question.intro)

    def pick(self, event: Key) -> bool:
        """Take the choice that a key alone means. Returns False when it means none, or something is being typed."""
        choice = self.question.choice_of(event.character or "")
        if choice is None or self.question.takes_text or self.query_one(Input).value:
            return False
        self.dismiss(choice)
        return True

    def type_ahead(self, event: Key) -> None:
        """Take a key that came before there was a place to type it."""
        if not self.pick(event) and event.character:
            self.query_one(Input).insert_text_at_cursor(event.character)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take what was typed."""
        if event.value.strip() or self.question.may_be_empty:
            self.dismiss(self.question.resolve(event.value))


class PageDialog(Dialog):
    """A page to read. choices: what may be pressed besides Escape, and what it does."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter", "leave", "")]

    def __init__(
        self, keys: KeyClock, title: str, parts: Iterable[RenderableType], choices: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(keys)
        self.heading, self.parts, self.choices = title, parts, choices or {}

    def compose(self) -> ComposeResult:
        """Lay out the title, the page, and what may be pressed."""
        with Vertical(classes="page"):
            yield Static(line(self.heading, "bold"))
            with VerticalScroll():
                yield Static(self.guarded(*self.parts), id="read")
            choices = "   ".join(f"{key}: {word}" for key, word in self.choices.items())
            yield Static(line(f"{choices}   Esc: back   PgUp PgDn: scroll".strip(), "dim"))

    def on_mount(self) -> None:
        """Let keys scroll at once."""
        self.query_one(VerticalScroll).focus()

    def on_key(self, event: Key) -> None:
        """Take one of its keys, which counts when all of the page has been in sight."""
        if event.character not in self.choices:
            return
        event.stop()
        page = self.query_one(VerticalScroll)
        if self.guard.is_too_early(self.clock.pressed_at(event)):
            return
        if page.scroll_offset.y < page.max_scroll_y:
            page.scroll_page_down(animate=False)
            self.guard.lost()
            self.query_one("#read").refresh()
        else:
            self.dismiss(event.character)
