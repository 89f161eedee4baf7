"""The keys of `review` on the whole screen: each action asks what it has to, and makes one move of the desk."""

import os
from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from listener.cli import detail as pages
from listener.cli.review import draw
from listener.cli.review.actions import ACTS, Question, ReviewAction, filters, pick
from listener.cli.review.approving import ApprovalKeys
from listener.cli.review.dialogs import PageDialog, line
from listener.cli.review.writing import EditingKeys
from listener.desk import people
from listener.desk.views import ReplyDetail as Json

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


class Review(ApprovalKeys, EditingKeys):
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
            page = PageDialog(
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
            return self.session.undo_summary(undone)

        if self._do(work):
            self._go_to(undone)

    def action_act(self, key: str) -> None:
        """A move of the desk, after what it asks."""
        one, act = self.open, next(each for each in ACTS if each.key == key)
        if one is None:
            return
        if key == "b":
            self._visit(one["reply_url"])
        with self._told():
            if act.ask is None:
                if self._early(one):
                    return
                self._do(lambda: [act.do(self.session, one, "")], go_on=act.advances, writes=True)
            else:
                self._ask(act.ask(self.session, one), lambda answer: self._answered(act, one, answer))

    def _answered(self, act: ReviewAction, one: Json, answer: str) -> None:
        self._do(lambda: [act.do(self.session, one, answer)], go_on=act.advances)

    def _visit(self, link: str | None) -> None:
        """Open a link where there is a browser to open it; in a container there is none."""
        shown = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
        if link and link.startswith(("https://", "http://")) and shown:
            self.open_url(link)

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
                self.push_screen(PageDialog("Person", list(pages.person(found))))

    def action_help(self) -> None:
        """All keys."""
        keys = [*OWN, *((act.key, act.word, act.message) for act in ACTS)]
        self.push_screen(PageDialog("Keys", [line(f"{key:<6} {word:<9} {message}") for key, word, message in keys]))
