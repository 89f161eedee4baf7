"""A text to edit, on the screen or in $EDITOR. What the desk refuses goes on on the screen, with the reason."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key, Resize
from textual.widgets import Static, TextArea

from listener.cli import editor
from listener.cli.review.actions import ask_kind
from listener.cli.review.dialogs import FRAME_LINES, Dialog, QuestionDialog
from listener.cli.review.draw import line
from listener.cli.review.key_guard import KeyClock
from listener.cli.review.key_info import EDIT, KeyInfo
from listener.cli.review.presenter import Presenter
from listener.cli.review.question import Question
from listener.cli.review.screen import ReviewScreen
from listener.cli.review.writing import Writing
from listener.desk.views import ReplyDetail
from listener.errors import EarshotError
from listener.model import Mention


class EditDialog(Dialog):
    """A text, edited in place, with its length as it will count and what is wrong with it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "", priority=True),
        Binding("ctrl+s,f2", "save", "", priority=True),
        Binding("ctrl+t,f3", "insert", "", priority=True),
    ]

    def __init__(
        self,
        keys: KeyClock,
        title: str,
        text: str,
        mention: str,
        measure: Callable[[str], tuple[str, str]],
        saved: Sequence[tuple[str, str]],
        save: Callable[[str], None],
        refusal: tuple[str, str] = ("", ""),
    ) -> None:
        """save: stores the text or raises EarshotError; refusal: a text that was refused, and why."""
        super().__init__(keys)
        self.heading, self.present, self.mention = title, text, mention
        self.measure, self.saved, self.save, self.refusal = measure, saved, save, refusal

    def compose(self) -> ComposeResult:
        """Lay out the mention, the text, and its length."""
        with Vertical(classes="box"):
            yield Static(line(self.heading, "bold"))
            yield Static(line(self.mention, "dim"), classes="mention")
            text = self.refusal[0] or self.present
            yield TextArea(text, soft_wrap=True, show_line_numbers=False, tab_behavior="focus")
            yield Static(id="stands")
            yield Static(line("Ctrl+S: save  Ctrl+T: saved replies  Esc: discard", "dim"))

    def on_resize(self, event: Resize) -> None:
        """Keep the text and its length in sight, however small the window."""
        self.query_one(TextArea).styles.height = max(min(event.size.height - FRAME_LINES - 6, 7), 2)
        self.query_one(".mention").display = event.size.height > FRAME_LINES + 8

    def on_mount(self) -> None:
        """Put the cursor at the end of the text."""
        area = self.query_one(TextArea)
        area.move_cursor(area.document.end)
        area.focus()
        self._measure()

    def type_ahead(self, event: Key) -> None:
        """Take a key that came before there was a place to type it."""
        self.query_one(TextArea).insert(event.character or "")

    def on_text_area_changed(self) -> None:
        """Measure with every key."""
        self._measure()

    def _measure(self) -> str:
        """Show the length, and return what is wrong with the text."""
        text = self.query_one(TextArea).text
        length, problem = self.measure(text)
        message = self.refusal[1] if text == self.refusal[0] and self.refusal[1] else problem
        self.query_one("#stands", Static).update(line(f"{length}   {message}", "bold yellow" if message else ""))
        return problem

    def refuse(self, message: str) -> None:
        """Show a message under the text until that changes."""
        self.refusal = (self.query_one(TextArea).text, message)
        self._measure()

    def action_save(self) -> None:
        """Save the text; one that the desk refuses stays here, with the reason."""
        if self._measure():
            return
        text = self.query_one(TextArea).text
        try:
            self.save(text)
        except EarshotError as error:
            self.refuse(str(error))
        else:
            self.dismiss(text)

    def action_insert(self) -> None:
        """Pick a saved reply; it is inserted at the cursor."""
        if not self.saved:
            self.refuse("No saved replies in replies.toml")
            return
        names = tuple(f"{name}: {text}" for name, text in self.saved)
        self.app.push_screen(
            QuestionDialog(self.clock, Question("Insert which reply?", names, takes_text=False)), self._insert
        )

    def _insert(self, chosen: str | None) -> None:
        for name, text in self.saved:
            if chosen in (name, f"{name}: {text}"):
                area = self.query_one(TextArea)
                before = area.get_text_range((0, 0), area.cursor_location)
                area.insert(f" {text}" if before and not before[-1].isspace() else text)


class EditingScreen(ReviewScreen):
    """The two keys that edit a text."""

    def __init__(self, presenter: Presenter, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(presenter, now)
        self.unsaved: dict[int, str] = {}  # texts that the desk refused, by reply: leaving the editor loses none

    def action_edit(self) -> None:
        """Edit the text in place; for an escalation, ask for the kind first."""
        self._in_kind(self._edit)

    def action_edit_outside(self) -> None:
        """Edit the text in $VISUAL or $EDITOR."""
        self._in_kind(self._edit_outside)

    def is_free(self, reply: ReplyDetail, info: KeyInfo) -> bool:
        """Return False, and report who, when a colleague works on the reply."""
        try:
            self.presenter.require_free(reply, info)
        except EarshotError as error:
            self.say(str(error))
            return False
        return True

    def _in_kind(self, then: Callable[[ReplyDetail, str | None], None]) -> None:
        reply = self.presenter.selected
        if reply is None or not self.is_free(reply, EDIT):
            return
        if reply.known_kind is not None:
            then(reply, reply.known_kind)
            return
        question = ask_kind(self.presenter)
        unknown = f"no kind of that name; choose {', '.join(question.choices)}"
        self.ask(question, lambda kind: then(reply, kind) if kind in question.choices else self.say(unknown))

    def _edit(self, reply: ReplyDetail, kind: str | None) -> None:
        with self.reporting():
            text, mention = self.presenter.text_of(reply.reply_id)
            self._open_editor(reply, kind, text, mention, self._find_offer(reply, text))

    def _find_offer(self, reply: ReplyDetail, text: str) -> tuple[str, str]:
        """Return a text to go on with, and why: one that was not saved, or that the reply had before."""
        if reply.reply_id in self.unsaved:
            return self.unsaved[reply.reply_id], "your text of before, not saved yet"
        if not text and reply.offered_text and reply.earlier_text is not None:
            return reply.offered_text, f"the text {reply.earlier_text.until}"
        return "", ""

    def _edit_outside(self, reply: ReplyDetail, kind: str | None) -> None:
        with self.reporting():
            text, mention = self.presenter.text_of(reply.reply_id)
            words = self._ask_editor(text)
            if words is None:
                self.say(f"Reply {reply.id} unchanged")
                return
            try:
                report = self.presenter.write(reply, words, kind)
            except EarshotError as error:  # the text is not lost: editing goes on in place
                self._open_editor(reply, kind, text, mention, (words, str(error)))
            else:
                self.run_act(lambda: [report], writes=True)

    def _ask_editor(self, text: str) -> str | None:
        """Return what $EDITOR leaves. What it raises must not pass `suspend`, which would leave a dead terminal."""
        editor.command()
        words, refusal = None, None
        with self.suspend():
            try:
                words = editor.ask(text, self.presenter.claim.renew)
            except EarshotError as error:
                refusal = error
        self.require_redraw()
        if refusal is not None:
            raise refusal
        return words

    def _open_editor(
        self, reply: ReplyDetail, kind: str | None, text: str, mention: Mention, refusal: tuple[str, str] = ("", "")
    ) -> None:
        reports: list[str] = []
        writing = Writing(self.presenter, reply, kind)

        def save(words: str) -> None:
            self.unsaved[reply.reply_id] = words
            if words.strip() != text.strip():
                reports.append(writing.save(words))
            del self.unsaved[reply.reply_id]

        def close(words: str | None) -> None:
            is_kept = reply.reply_id in self.unsaved
            otherwise = f"Reply {reply.id} unchanged" + ("; e: go on with your text" if is_kept else "")
            self.run_act(lambda: reports or [otherwise], writes=bool(reports))

        saved, title = (
            self.presenter.saved_replies(kind or reply.kind, is_private=mention.is_private),
            f"Reply {reply.id} to {reply.mention.author.label}",
        )
        measure = lambda words: self._measure(words, mention)  # noqa: E731
        page = EditDialog(self.clock, title, text, reply.mention.text, measure, saved, save, refusal)
        self.push_screen(page, close)

    def _measure(self, words: str, mention: Mention) -> tuple[str, str]:
        """Measure the text. A database that another process holds is reported, and disturbs nobody who writes."""
        with suppress(EarshotError):
            self.presenter.claim.renew()
        length, problem = self.presenter.measure(words, mention)
        return f"{length}   {self.presenter.claim.trouble}".rstrip(), problem
