"""The keys of `review` on the whole screen: each action asks what it has to, and makes one move of the desk."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from listener.cli import editor, render
from listener.cli import screen as pages
from listener.cli.review import draw
from listener.cli.review.acts import ACTS, Act, Question, filters, pick
from listener.cli.review.dialogs import Ask, Read, Write, line
from listener.cli.review.frame import Frame
from listener.cli.review.sight import AGAIN, SEEN
from listener.desk import people
from listener.errors import EarshotError
from listener.model import Json, Mention

OWN = (
    ("a", "approve", "exactly the text shown goes out"),
    ("e", "edit", "writes another text in place; Ctrl+T inserts a saved one"),
    ("E", "editor", "the same in $EDITOR"),
    ("s", "skip", "the next one; also Down and j"),
    ("k", "back", "the one before; also Up"),
    ("u", "undo", "takes the last approval back; U all that have not gone out"),
    ("space", "mark", "marks it; A approves all that is marked after one preview"),
    ("/", "search", "only what holds these words"),
    ("f", "filter", "only a part of the queue"),
    ("p", "person", "all exchanges with this person"),
    ("?", "help", "this page"),
    ("q", "quit", "gives your lease back"),
)
SMALL = 4  # lines of a page in which nothing can be read


class Review(Frame):
    """The queue under one person's hands."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "approve", ""),
        Binding("A", "approve_marked", ""),
        Binding("e", "edit", ""),
        Binding("E", "edit_outside", ""),
        Binding("s,j,down", "move(1)", ""),
        Binding("k,up", "move(-1)", ""),
        Binding("home", "move(-100000)", ""),
        Binding("end", "move(100000)", ""),
        Binding("pagedown", "scroll(1)", ""),
        Binding("pageup", "scroll(-1)", ""),
        Binding("u", "undo(False)", ""),
        Binding("U", "undo(True)", ""),
        Binding("space", "mark", ""),
        Binding("slash", "search", ""),
        Binding("f", "filter", ""),
        Binding("p", "person", ""),
        Binding("question_mark", "help", ""),
        Binding("q,ctrl+c", "quit", "", priority=False),
        *(Binding(act.key, f"act('{act.key}')", "") for act in ACTS),
    ]

    def action_move(self, by: int) -> None:
        """Up and down the list."""
        self.at += by
        self._say("")
        with self._told():
            self._open()

    def action_scroll(self, pages: int) -> None:
        """Up and down the page."""
        self._seen()
        page = self.query_one("#page", VerticalScroll)
        (page.scroll_page_down if pages > 0 else page.scroll_page_up)(animate=False)
        with self._told():
            self.session.keep()

    def action_approve(self) -> None:
        """What is shown goes out, in the revision that is shown."""
        one = self.open
        if one is None or self._early(one) or self._unread(one) or self._doubted(one):
            return
        self._do(lambda: [self.session.approve(one)], go_on=True)

    def _early(self, one: Json) -> bool:
        """A key that came before anybody can have seen what it decides on does nothing."""
        early = self.sight.early(self.pressed)
        if early and self.sight.needs == SEEN:
            self._say(f"{one['id']} had hardly been seen: press it again")
        return early

    def _seen(self) -> int:
        """So many lines of the page have been in sight."""
        page = self.query_one("#page", VerticalScroll)
        self.read = max(self.read, page.scroll_offset.y + self._room())
        return self.read

    def _unread(self, one: Json) -> bool:
        """Our text must have been in sight to its last line: scroll on, and say so."""
        if self._room() < SMALL:
            self._say("the window is too small to read a reply in")
            return True
        below = self.end - self._seen()
        if below <= 0 or not one["text"]:
            return False
        page = self.query_one("#page", VerticalScroll)
        page.scroll_to(y=self.read - self._room() + min(below, self._room() - 1), animate=False)
        self._say("the text went on below: now it is in sight, a approves" if below < self._room() else "it goes on: a")
        self._again()
        return True

    def _doubted(self, one: Json) -> bool:
        """Whether there is a doubt that has not been told yet: tell it."""
        doubts = [*self.session.doubts(one), *[self.changed] * bool(self.changed)]
        if self.known.issuperset(doubts):
            return False
        self.known = frozenset(doubts)
        self._say(f"look again: {', '.join(doubts)}; then a approves it")
        self._again()
        return True

    def _again(self) -> None:
        """Something else is to be read before the next key: a double press does not pass it."""
        self.sight.lost(AGAIN)
        self.query_one("#detail").refresh()

    def action_mark(self) -> None:
        """For a batch."""
        if self.open is not None:
            self.marked ^= {self.open["id"]}
            self.action_move(1)

    def action_approve_marked(self) -> None:
        """All that is marked, after one preview of every text."""
        with self._told():
            shown = [self.session.show(one["id"]) for one in self.lines if one["id"] in self.marked]
            if not shown:
                self._say("nothing is marked; space marks")
                return
            page = Read(
                f"{draw.several(len(shown))}: exactly these texts", list(draw.batch(shown)), {"a": "approve all"}
            )
            self.push_screen(page, lambda key: self._approve_batch(shown) if key else None)

    def _approve_batch(self, shown: Sequence[Json]) -> None:
        def work() -> list[str]:
            self.marked.clear()
            return self.session.approve_batch(shown)

        self._do(work)

    def action_undo(self, all_of_them: bool) -> None:
        """Take back what was approved here."""
        undone: dict[int, str] = {}

        def work() -> list[str]:
            undone.update(self.session.undo(all_of_them=all_of_them))
            return self.session.told(undone)

        if self._do(work):
            self._go_to(undone)

    def action_act(self, key: str) -> None:
        """A move of the desk, after what it asks."""
        one, act = self.open, next(each for each in ACTS if each.key == key)
        if one is None:
            return
        if key == "b":
            self._visit(one["link"])
        with self._told():
            if act.ask is None:
                if self._early(one):
                    return
                self._do(lambda: [act.do(self.session, one, "")], go_on=act.goes_on, writes=True)
            else:
                self._ask(act.ask(self.session, one), lambda answer: self._answered(act, one, answer))

    def _answered(self, act: Act, one: Json, answer: str) -> None:
        self._do(lambda: [act.do(self.session, one, answer)], go_on=act.goes_on)

    def _ask(self, question: Question, then: Callable[[str], None]) -> None:
        def answered(answer: str | None) -> None:
            if answer is not None and answer in question.then:
                self._ask(question.then[answer], then)
            elif answer is not None:
                then(answer)

        self.push_screen(Ask(question), answered)

    def _visit(self, link: str | None) -> None:
        """Open a link where there is a browser to open it; in a container there is none."""
        shown = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
        if link and link.startswith(("https://", "http://")) and shown:
            self.open_url(link)

    def action_edit(self) -> None:
        """Write another text in place; of an escalation, the kind is asked first."""
        self._in_kind(self._write)

    def action_edit_outside(self) -> None:
        """Write it in $VISUAL or $EDITOR."""
        self._in_kind(self._write_outside)

    def _in_kind(self, then: Callable[[Json, str | None], None]) -> None:
        one = self.open
        if one is None:
            return
        if one["kind"] is None:
            kinds = tuple(each.kind for each in self.session.desk.policy.responders)
            self._ask(Question("A reply of which kind?", kinds, own=False), lambda kind: then(one, kind))
        else:
            then(one, None)

    def _write(self, one: Json, kind: str | None) -> None:
        with self._told():
            self._open_editor(one, kind, *self.session.text_of(one["id"]))

    def _write_outside(self, one: Json, kind: str | None) -> None:
        with self._told():
            text, mention = self.session.text_of(one["id"])
            words = self._outside(text)
            if words is None:
                self._say(f"{one['id']} is as it was")
                return
            try:
                said = self.session.write(one, words, kind)
            except EarshotError as error:  # the words are not lost: they go on in place
                self._open_editor(one, kind, text, mention, (words, str(error)))
            else:
                self._do(lambda: [said], writes=True)

    def _outside(self, text: str) -> str | None:
        """What comes back from $EDITOR. What it raises must not pass `suspend`, which would leave a dead terminal."""
        editor.command()
        refused: EarshotError | None = None
        with self.suspend():
            try:
                words = editor.ask(text, self.session.keep)
            except EarshotError as error:
                refused = error
        if refused is not None:
            raise refused
        return words

    def _open_editor(
        self, one: Json, kind: str | None, text: str, mention: Mention, refused: tuple[str, str] = ("", "")
    ) -> None:
        told: list[str] = []

        def keep(words: str) -> None:
            if words.strip() != text.strip():
                told.append(self.session.write(one, words, kind))

        title, saved = f"Reply {one['id']} to {render.who(one)}", self.session.saved(kind or one["kind"])
        page = Write(
            title, text, lambda words: self._measure(words, mention), saved, one["mention"]["text"], keep, refused
        )
        self.push_screen(page, lambda _: self._written(one, told))

    def _written(self, one: Json, told: Sequence[str]) -> None:
        self._do(lambda: told or [f"{one['id']} is as it was"], writes=bool(told))

    def _measure(self, words: str, mention: Mention) -> tuple[str, str]:
        """How the text stands. A database that somebody else holds is told, and takes nothing from who writes."""
        with suppress(EarshotError):
            self.session.keep()
        length, wrong = self.session.measure(words, mention)
        return f"{length}   {self.session.trouble}".rstrip(), wrong

    def action_search(self) -> None:
        """Only what holds these words."""
        self._ask(Question("Search", may_be_empty=True, text=self.session.page.words or ""), self._search)

    def _search(self, words: str) -> None:
        self.session.look_for(words)
        self.open, self.at = None, 0
        with self._told():
            self._read(go_on=True)
            self._say(f"{draw.several(len(self.lines))} found" if words.strip() else "")

    def action_filter(self) -> None:
        """Only a part of the queue."""
        self._ask(Question("Show what?", tuple(filters(self.session)), own=False), self._filter)

    def _filter(self, name: str) -> None:
        with self._told():
            chosen, changes = pick(self.session, name)
            self.session.narrow(chosen, **changes)
            self._say("")
            self.open, self.at = None, 0
            self._read(go_on=True)

    def action_person(self) -> None:
        """Every exchange with who wrote."""
        with self._told():
            if self.open is not None:
                found = people.person(self.session.store, self.session.person(self.open))
                self.push_screen(Read("Person", list(pages.person(found))))

    def action_help(self) -> None:
        """All keys."""
        keys = [*OWN, *((act.key, act.word, act.says) for act in ACTS)]
        self.push_screen(Read("Keys", [line(f"{key:<6} {word:<9} {says}") for key, word, says in keys]))
